"""Segments: the parts of the index on disk, each written once and never changed.

```
SEGMENT/
    segment.json              counts; size and SHA-256 of each file
    catalog.jsonl             an article a line, without its text
    members.json              the articles as received that tell the stories: [article, id, file, hash]
    texts.utf16 texts.int64   the texts one behind the other, Chinese taking two bytes a character, and where
                              each begins, in bytes
    passages.int32            (P, 4): article, start, end, section (-1: none)
    vectors.faiss             a unit vector a passage (see `codec`)
    tokens.uint8 …            token vectors for late interaction (see `tokens`)
    postings.uint8 …          which passages hold a term, in which field (see `postings`)
    sentences.uint64 …        what stories are compared by (see `corpus.text.duplicates`)
```

Numbers count from 0 within a segment.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

from corpus import Article, Passage, Reprint, Section
from corpus.text.duplicates import Signature
from retrieval.errors import IndexDamaged, mending
from retrieval.index.late_interaction import StoredTokens, TokenStore
from retrieval.index.local.mapped import mapped
from retrieval.index.local.postings import PostingStore
from retrieval.index.local.signatures import SentenceStore
from retrieval.index.quantization import Codec, reach

Ints = npt.NDArray[np.int64]

HELD = 1_024
"""Texts kept in memory, those read last: a question reads the same ones again and again."""


@dataclass(frozen=True, slots=True)
class StoredMember:
    """One article as received, among those that tell a story: its file, and what it is compared by."""

    id: str
    file: str
    hash: str  # of the article as read: equal hashes, equal articles
    signature: Signature


class ReceivedIn(NamedTuple):
    """An article as received, by the story of this segment that it tells."""

    article: int
    id: str
    file: str
    hash: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with all that was computed from it; what a merge copies."""

    passage: Passage
    vector: npt.NDArray[np.float32]
    tokens: StoredTokens


@dataclass(frozen=True, slots=True)
class Story:
    """What a segment holds of one story: the article that tells it, who else told it, its passages."""

    article: Article
    members: tuple[StoredMember, ...]
    passages: tuple[StoredPassage, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a segment holds."""

    articles: int
    passages: int
    tokens: int
    dimension: int
    bits: int  # of a component of a token vector; 0: none are stored


class Segment:
    """A segment opened for reading; its parts are opened as they are needed."""

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
        self._text = lru_cache(HELD)(self._read_text)

    def check_sizes(self) -> None:
        """Raise `IndexDamaged` where a file is missing or has another size than `segment.json` says."""
        for name, wanted in self.files.items():
            path = self.folder / name
            size = path.stat().st_size if path.is_file() else None
            if size != wanted["bytes"]:
                found = "is missing" if size is None else f"has {size} bytes"
                raise IndexDamaged(f"{path} {found}, it was written with {wanted['bytes']} bytes")

    @cached_property
    def heads(self) -> list[Article]:
        """What is known of each article but its text, which is left empty."""
        with self._opening("catalog.jsonl") as path, path.open(encoding="utf-8") as file:
            return [article_of_record(json.loads(line), "") for line in file]

    @cached_property
    def received(self) -> list[ReceivedIn]:
        """The articles as received that tell the stories of this segment."""
        with self._opening("members.json") as path:
            return [ReceivedIn(*member) for member in json.loads(path.read_text(encoding="utf-8"))]

    @cached_property
    def passages(self) -> npt.NDArray[np.int32]:
        """(P, 4): article, start, end, section."""
        with self._opening("passages.int32") as path:
            return np.fromfile(path, np.int32).reshape(-1, 4)

    @cached_property
    def dense(self) -> Any:
        """The FAISS index of passage vectors."""
        with self._opening("vectors.faiss") as path:
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)  # mapped, not loaded

    @property
    def codec(self) -> Codec:
        """How its vectors are coded."""
        return Codec(self.tokens.quantiser, reach(self.dense))

    @cached_property
    def tokens(self) -> TokenStore:
        """The token vectors of passages."""
        with self._opening("tokens.uint8"):
            return TokenStore(self.folder, self.counts.bits)

    @cached_property
    def postings(self) -> PostingStore:
        """The terms of passages and headers, and how they are spelled."""
        with self._opening("postings.uint8"):
            return PostingStore(self.folder)

    @cached_property
    def sentences(self) -> SentenceStore:
        """The signatures of all members of all stories."""
        with self._opening("sentences.uint64"):
            return SentenceStore(self.folder)

    @contextmanager
    def _opening(self, name: str) -> Iterator[Path]:
        """Whatever a library says of a file that is not what it was, it is damage to the index."""
        try:
            yield self.folder / name
        except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
            raise IndexDamaged(
                f"{self.folder / name} cannot be opened ({error}). {mending(self.folder.parent.parent)}"
            ) from error

    def article(self, number: int) -> Article:
        """One article with its text."""
        return replace(self.heads[number], text=self._text(number))

    def passage(self, number: int) -> Passage:
        """One passage."""
        owner, start, end, section = map(int, self.passages[number])
        article = self.article(owner)
        heading = article.sections[section].heading if section >= 0 else None
        return Passage(article.id, heading, start, end, article.text[start:end])

    def told_by(self, number: int) -> Sequence[ReceivedIn]:
        """The articles as received that tell an article's story."""
        begin = bisect_left(self.received, (number,))  # written in this order
        return self.received[begin : bisect_left(self.received, (number + 1,))]

    def members(self, number: int) -> tuple[StoredMember, ...]:
        """Who tells the story of an article."""
        signatures = self.sentences.signatures(number)
        return tuple(
            StoredMember(member.id, member.file, member.hash, signatures.get(place, {}))
            for place, member in enumerate(self.told_by(number))
        )

    def story(self, number: int) -> Story:
        """All that is held of an article's story."""
        begin, end = np.searchsorted(self.passages[:, 0], [number, number + 1])  # written in this order
        passages = tuple(self.stored(row) for row in range(begin, end))
        return Story(self.article(number), self.members(number), passages)

    def stored(self, number: int) -> StoredPassage:
        """A passage with its vectors."""
        return StoredPassage(self.passage(number), self.dense.reconstruct(number), self.tokens.stored(number))

    @cached_property
    def _text_starts(self) -> Ints:
        return np.fromfile(self.folder / "texts.int64", np.int64)

    def _read_text(self, number: int) -> str:
        begin, end = (int(start) for start in self._text_starts[number : number + 2])
        return self._texts[begin:end].tobytes().decode("utf-16-le", "surrogatepass")

    @cached_property
    def _texts(self) -> npt.NDArray[np.uint8]:
        with self._opening("texts.utf16") as path:
            return mapped(path, np.uint8)


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of each file below a folder, but locks and `segment.json`, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".lock" and path.name != "segment.json":
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": digest}
    return found


def catalog_record(article: Article) -> dict[str, Any]:
    """An article without its text, as JSON; `article_of_record` turns it back."""
    record = asdict(article)
    del record["text"]
    for dated in (record, *record["reprints"]):
        dated["date"] = dated["date"] and dated["date"].isoformat()
    return record


def article_of_record(record: dict[str, Any], text: str) -> Article:
    """An article out of what `catalog_record` gave, and its text."""
    reprints = tuple(Reprint(**r | {"date": _day(r["date"])}) for r in record["reprints"])
    sections = tuple(Section(**section) for section in record["sections"])
    return Article(
        **record | {"text": text, "date": _day(record["date"]), "sections": sections, "reprints": reprints}
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
