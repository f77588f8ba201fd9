"""Read a segment: a part of the index on disk that is written once and never changed.

```
SEGMENT/
    segment.json              counts; size and SHA-256 of each file
    catalog.jsonl             one article a line, without its text
    members.json              the copies of the documents: [document, id, file, hash]
    texts.utf16 texts.int64   the texts one after the other, in UTF-16, which stores a Chinese character in
                              two bytes; the byte at which each text begins
    passages.int32            (P, 4): document, start, end, section (-1: none)
    vectors.faiss             a unit vector for each passage (see `quantization`)
    tokens.uint8 …            token vectors for late interaction (see `token_file`)
    postings.uint8 …          which passages contain a term, in which field (see `postings`)
    sentences.uint64 …        signatures, by which duplicates are found (see `signatures`)
```

Documents and passages are numbered from 0 within a segment.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from corpus import Article, Passage
from retrieval.errors import IndexDamaged, rebuild_hint
from retrieval.index.local.memory_map import map_array
from retrieval.index.local.postings import PostingStore
from retrieval.index.local.signatures import SignatureStore
from retrieval.index.local.token_file import TokenStore
from retrieval.index.quantization import Codec, largest_component
from retrieval.index.records import CopyRecord, Document, StoredCopy, StoredPassage, article_from_record

CACHED_TEXTS = 1_024
"""The number of texts kept in memory, because a question reads the same texts several times."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of what a segment stores."""

    articles: int
    passages: int
    tokens: int
    dimension: int
    bits: int  # of a component of a token vector; 0: none are stored


class Segment:
    """A segment opened for reading; its files are opened when they are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            info = json.loads((folder / "segment.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{folder / 'segment.json'} cannot be read ({error})") from error
        try:
            self.counts = Counts(**info["counts"])
            self.files: dict[str, dict[str, Any]] = info["files"]
        except (KeyError, TypeError) as error:
            raise IndexDamaged(f"{folder / 'segment.json'} is not whole ({error})") from error
        self._text = lru_cache(CACHED_TEXTS)(self._read_text)

    def check_sizes(self) -> None:
        """Raise `IndexDamaged` where a file is missing or has another size than `segment.json` says."""
        for name, wanted in self.files.items():
            path = self.folder / name
            size = path.stat().st_size if path.is_file() else None
            if size != wanted["bytes"]:
                found = "is missing" if size is None else f"has {size} bytes"
                raise IndexDamaged(f"{path} {found}, it was written with {wanted['bytes']} bytes")

    @cached_property
    def catalog(self) -> list[Article]:
        """The articles with empty texts."""
        with self._opening("catalog.jsonl") as path, path.open(encoding="utf-8") as file:
            return [article_from_record(json.loads(line), "") for line in file]

    @cached_property
    def copies(self) -> list[CopyRecord]:
        """The copies of all documents, ordered by document."""
        with self._opening("members.json") as path:
            return [CopyRecord(*member) for member in json.loads(path.read_text(encoding="utf-8"))]

    @cached_property
    def passages(self) -> npt.NDArray[np.int32]:
        """The passages, (P, 4): document, start, end, section."""
        with self._opening("passages.int32") as path:
            return np.fromfile(path, np.int32).reshape(-1, 4)

    @cached_property
    def dense(self) -> Any:
        """The FAISS index of passage vectors."""
        with self._opening("vectors.faiss") as path:
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)  # mapped, not loaded

    @property
    def codec(self) -> Codec:
        """How the vectors of this segment are coded."""
        return Codec(self.tokens.quantizer, largest_component(self.dense))

    @cached_property
    def tokens(self) -> TokenStore:
        """The token vectors of passages."""
        with self._opening("tokens.uint8"):
            return TokenStore(self.folder, self.counts.bits)

    @cached_property
    def postings(self) -> PostingStore:
        """The terms of the passages."""
        with self._opening("postings.uint8"):
            return PostingStore(self.folder)

    @cached_property
    def signatures(self) -> SignatureStore:
        """The signatures of all copies of all documents."""
        with self._opening("sentences.uint64"):
            return SignatureStore(self.folder)

    @contextmanager
    def _opening(self, name: str) -> Iterator[Path]:
        """Raise every error of a library that reads a damaged file as `IndexDamaged`."""
        try:
            yield self.folder / name
        except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
            raise IndexDamaged(
                f"{self.folder / name} cannot be opened ({error}). {rebuild_hint(self.folder.parent.parent)}"
            ) from error

    def article(self, number: int) -> Article:
        """Return an article with its text."""
        return replace(self.catalog[number], text=self._text(number))

    def passage(self, number: int) -> Passage:
        """Return a passage."""
        owner, start, end, section = map(int, self.passages[number])
        article = self.article(owner)
        heading = article.sections[section].heading if section >= 0 else None
        return Passage(article.id, heading, start, end, article.text[start:end])

    def copies_of(self, number: int) -> Sequence[CopyRecord]:
        """Return the copies of a document, without their signatures."""
        begin = bisect_left(self.copies, (number,))
        return self.copies[begin : bisect_left(self.copies, (number + 1,))]

    def stored_copies_of(self, number: int) -> tuple[StoredCopy, ...]:
        """Return the copies of a document with their signatures."""
        signatures = self.signatures.of_document(number)
        return tuple(
            StoredCopy(copy.id, copy.file, copy.hash, signatures.get(position, {}))
            for position, copy in enumerate(self.copies_of(number))
        )

    def document(self, number: int) -> Document:
        """Return a document with its copies and passages."""
        owners = self.passages[:, 0]  # ascending
        begin, end = np.searchsorted(owners, [number, number + 1])
        passages = tuple(self.stored_passage(row) for row in range(begin, end))
        return Document(self.article(number), self.stored_copies_of(number), passages)

    def stored_passage(self, number: int) -> StoredPassage:
        """Return a passage with its vectors."""
        return StoredPassage(self.passage(number), self.dense.reconstruct(number), self.tokens.stored(number))

    @cached_property
    def _text_starts(self) -> npt.NDArray[np.int64]:
        return np.fromfile(self.folder / "texts.int64", np.int64)

    def _read_text(self, number: int) -> str:
        begin, end = (int(start) for start in self._text_starts[number : number + 2])
        return self._texts[begin:end].tobytes().decode("utf-16-le", "surrogatepass")

    @cached_property
    def _texts(self) -> npt.NDArray[np.uint8]:
        with self._opening("texts.utf16") as path:
            return map_array(path, np.uint8)


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and SHA-256 of each file below a folder except locks and `segment.json`, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".lock" and path.name != "segment.json":
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": digest}
    return found
