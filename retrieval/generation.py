"""The index on disk: immutable generations, one of them current.

```
INDEX/current                     the number of the generation that serves
INDEX/generations/00000007/       one generation, written once
    manifest.json                 format, model, dimension, counts, size and SHA-256 of each file
    articles.jsonl passages.jsonl articles as read; passages by article number, start and end
    vectors.faiss                 a unit vector a passage
    tokens.int8 …                 token vectors for late interaction (see `tokens`)
    lexical/                      a tantivy index
```

A generation is built in a hidden folder beside the others, renamed into place, and published by
replacing `current`: a reader finds the old or the new one, whole, and keeps what it has open.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from filelock import FileLock, Timeout

from corpus import Article, Passage, Section
from retrieval.errors import IndexBusy, IndexDamaged, IndexMissing, OtherModel
from retrieval.lexical import Lexical
from retrieval.tokens import TokenStore

FORMAT = 1
"""The version of the layout above and of what is embedded; another one is built anew."""

KEPT = 2
"""Generations left on disk: the current one and its predecessor, which readers may still hold."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself."""

    format: int
    generation: int
    model: str
    dimension: int
    articles: int
    passages: int
    tokens: int
    fingerprint: str  # of articles and passages: equal fingerprints need no new generation
    files: dict[str, dict[str, Any]]  # path within the generation: {"bytes", "sha256"}


class Generation:
    """One published generation, opened for reading; its parts are opened as they are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = _read_manifest(folder)

    @classmethod
    def current(cls, index: Path) -> Self:
        """Open the generation that serves.

        Raises `IndexMissing`, or `IndexDamaged` when files are missing or have another size.
        """
        while True:
            number = current_number(index)
            if number is None:
                raise IndexMissing(f"there is no index in {index}. Make one: {refresh_command(index)}")
            try:
                generation = cls(folder_of(index, number))
                generation.check_sizes()
            except IndexDamaged:
                if current_number(index) != number:  # replaced and swept while it was opened
                    continue
                raise
            return generation

    def require_model(self, model: str, index: Path) -> None:
        """Raise `OtherModel` unless this generation was made by `model`."""
        if self.manifest.model != model:
            raise OtherModel(
                f"the index in {index} was made by the model {self.manifest.model}, but {model} is set. "
                f"Set EMBEDDING_MODEL to the former, or rebuild the index: "
                f"{refresh_command(index)} --model {model} --rebuild"
            )

    def check_sizes(self) -> None:
        """Raise `IndexDamaged` where a file is missing or has another size than the manifest says."""
        for name, wanted in self.manifest.files.items():
            path = self.folder / name
            size = path.stat().st_size if path.is_file() else None
            if size != wanted["bytes"]:
                found = "is missing" if size is None else f"has {size} bytes"
                raise IndexDamaged(
                    f"{path} {found}, its manifest says {wanted['bytes']} bytes. Build the index anew: "
                    f"{refresh_command(self.folder.parent.parent)} --rebuild"
                )

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """All articles, by number."""
        return tuple(_article(line) for line in _lines(self.folder / "articles.jsonl"))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, by number."""
        found = []
        for line in _lines(self.folder / "passages.jsonl"):
            article = self.articles[line["article"]]
            start, end = line["start"], line["end"]
            found.append(Passage(article.id, line["section"], start, end, article.text[start:end]))
        return tuple(found)

    @cached_property
    def article_numbers(self) -> dict[str, int]:
        """The number of each article by its id."""
        return {article.id: number for number, article in enumerate(self.articles)}

    @cached_property
    def passage_articles(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The article number of each passage: (P,)."""
        return np.asarray([self.article_numbers[p.article_id] for p in self.passages], np.int64)

    @cached_property
    def dense(self) -> Any:
        """The FAISS index of passage vectors."""
        return faiss.read_index(str(self.folder / "vectors.faiss"))

    @cached_property
    def lexical(self) -> Lexical:
        """The BM25 index of passages."""
        return Lexical(self.folder / "lexical")

    @cached_property
    def tokens(self) -> TokenStore:
        """The token vectors of passages."""
        return TokenStore(self.folder, self.manifest.dimension)


def current_number(index: Path) -> int | None:
    """The number of the generation that serves, or None where none was published."""
    try:
        content = (index / "current").read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not content.isdigit():
        raise IndexDamaged(
            f"{index / 'current'} does not hold a generation's number. Build the index anew: "
            f"{refresh_command(index)} --rebuild"
        )
    return int(content)


def folder_of(index: Path, number: int) -> Path:
    """Where a generation lies."""
    return index / "generations" / f"{number:08d}"


def refresh_command(index: Path) -> str:
    """The command that builds or mends the index in `index`."""
    return f"python -m retrieval refresh --index {index}"


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the right to publish. Raises `IndexBusy` when another process has it."""
    index.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(index / "lock", timeout=0):
            yield
    except Timeout:
        raise IndexBusy(
            f"another refresh is writing the index in {index}. Wait until it has ended, then refresh again."
        ) from None


@contextmanager
def building(index: Path) -> Iterator[Path]:
    """A folder to build a generation in; it is gone when the block ends, unless `publish` took it."""
    generations = index / "generations"
    generations.mkdir(exist_ok=True)
    for stale in generations.glob(".building-*"):  # of a refresh that was killed
        shutil.rmtree(stale)
    folder = generations / f".building-{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(index: Path, folder: Path, manifest: Manifest) -> None:
    """Make a built folder the current generation, by one atomic replacement; sweep old ones."""
    with (folder / "manifest.json").open("w") as file:
        json.dump(asdict(manifest), file, ensure_ascii=False, indent=1)
    folder.rename(folder_of(index, manifest.generation))
    pointer = index / ".current"
    pointer.write_text(f"{manifest.generation}\n")
    pointer.replace(index / "current")
    numbered = sorted(path for path in (index / "generations").iterdir() if path.name.isdigit())
    for old in numbered[:-KEPT]:
        shutil.rmtree(old)


def next_number(index: Path) -> int:
    """A number no generation has had."""
    taken = [int(path.name) for path in (index / "generations").glob("[0-9]*")]
    return max([current_number(index) or 0, *taken]) + 1


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of each file below a folder, but its manifest and locks, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json" and path.suffix != ".lock":
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": digest}
    return found


def article_record(article: Article) -> dict[str, Any]:
    """An article as JSON; `_article` turns it back."""
    return asdict(article) | {"date": article.date.isoformat() if article.date else None}


def _article(record: dict[str, Any]) -> Article:
    sections = tuple(Section(**section) for section in record["sections"])
    day = date.fromisoformat(record["date"]) if record["date"] else None
    return Article(**record | {"sections": sections, "date": day})


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _read_manifest(folder: Path) -> Manifest:
    command = f"{refresh_command(folder.parent.parent)} --rebuild"
    try:
        record = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged(
            f"the manifest of {folder} cannot be read ({error}). Build anew: {command}"
        ) from error
    if record.get("format") != FORMAT:
        raise IndexDamaged(
            f"{folder} has format {record.get('format')}, this program reads {FORMAT}. Build anew: {command}"
        )
    return Manifest(**record)
