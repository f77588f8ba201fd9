"""Define the records that an index stores: documents, their copies and their passages."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus import Article, Passage, Reprint, Section
from corpus.text.duplicates import Signature
from retrieval.index.quantization import StoredTokens


class DocumentRef(NamedTuple):
    """Identifies a document in a snapshot.

    Attributes:
        segment: The position of its segment in the snapshot; 0 in a backend without segments.
        number: Its number in that segment, or in the whole index of a backend without segments.
    """

    segment: int
    number: int


class CopyRecord(NamedTuple):
    """A copy as the catalog of a segment lists it, without its signature."""

    document: int  # number of the document in the segment
    id: str
    file: str
    hash: str  # see `article_hash`


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """One of the received articles that are duplicates of one another and form a document."""

    id: str
    file: str
    hash: str  # see `article_hash`
    signature: Signature


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its vectors, as it is written and as merged segments copy it.

    Attributes:
        vector: (D,), of unit length.
    """

    passage: Passage
    vector: npt.NDArray[np.float32]
    tokens: StoredTokens


@dataclass(frozen=True, slots=True)
class Document:
    """An article that answers quote, the copies it was chosen from, and its passages."""

    article: Article
    copies: tuple[StoredCopy, ...]
    passages: tuple[StoredPassage, ...]


def article_hash(article: Article) -> str:
    """Hash an article; equal hashes mean equal articles."""
    record = article_to_record(article) | {"text": article.text}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:32]


def article_to_record(article: Article) -> dict[str, Any]:
    """Convert an article, without its text, to a record for JSON."""
    record = asdict(article)
    del record["text"]
    for dated in (record, *record["reprints"]):
        dated["date"] = dated["date"] and dated["date"].isoformat()
    return record


def article_from_record(record: dict[str, Any], text: str) -> Article:
    """Convert a record and a text back to an article."""
    reprints = tuple(Reprint(**r | {"date": _parse_date(r["date"])}) for r in record["reprints"])
    sections = tuple(Section(**section) for section in record["sections"])
    fields = {"text": text, "date": _parse_date(record["date"]), "sections": sections, "reprints": reprints}
    return Article(**record | fields)


def _parse_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
