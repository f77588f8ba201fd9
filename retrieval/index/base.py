"""Define the protocols through which ranking reads an index, and a refresh reads and writes it.

Two backends implement them: a folder (`index.local`) and Milvus (`index.milvus`). A snapshot never changes;
a refresh publishes a new one.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from corpus import Article, Passage
from corpus.text.duplicates import Signature
from retrieval.index.address import Address
from retrieval.index.filter import Filter
from retrieval.index.late_interaction import TokenMatches
from retrieval.index.ledger import Seen
from retrieval.index.manifest import Manifest
from retrieval.index.records import CopyRecord, DocumentRef, StoredPassage
from retrieval.index.update import Changes, Update
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import WORD_FIELDS

Scope = Any
"""Which passages a search may return. Only the snapshot that made a scope knows its type."""


class Snapshot(Protocol):
    """One state of an index, opened for reading. Passages are identified by numbers."""

    @property
    def manifest(self) -> Manifest:
        """The number of the generation, its model, and its counts."""

    def require_model(self, model: str) -> None:
        """Raise `OtherModel` unless the index was made by `model`."""

    def articles(self, wanted: Filter | None = None) -> tuple[Article, ...]:
        """Return the articles that a filter keeps, ordered by id."""

    def scope(self, wanted: Filter | None = None) -> Scope | None:
        """Return which passages a filter keeps, or None where it keeps no article."""

    def search_vectors(self, vector: Floats, limit: int, scope: Scope) -> list[int]:
        """Return the passages with the nearest vectors, nearest first."""

    def search_terms(
        self, terms: Sequence[str], limit: int, scope: Scope, fields: Mapping[int, float] = WORD_FIELDS
    ) -> list[int]:
        """Return the passages with the highest BM25, best first; `fields` gives the weight of each field."""

    def bm25(
        self, terms: Sequence[str], passages: Sequence[int], fields: Mapping[int, float] = WORD_FIELDS
    ) -> Floats:
        """Return the BM25 of passages, (P,), see `index.bm25`."""

    def match_tokens(self, question: Floats, passages: Sequence[int]) -> list[TokenMatches]:
        """Compare a question's tokens, (Q, D), with those of passages."""

    def cosines(self, vector: Floats, passages: Sequence[int]) -> Floats:
        """Return the cosines of a vector, (D,), with those of passages: (P,)."""

    def passage(self, number: int) -> Passage:
        """Return one passage."""

    def article_of(self, passage: int) -> Article:
        """Return the article that a passage belongs to."""

    def sort_key(self, passage: int) -> tuple[str, int]:
        """Return what breaks ties between passages: the article's id and where the passage starts in it."""

    def term_codes(self, passage: int) -> set[int]:
        """Return the codes of the terms of a passage and of its header, see `tokenize.code`."""

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term over texts and headers."""

    def passage_frequency(self, term: str) -> int:
        """Count the live passages with a term in their text or, if these are more, in their header."""

    def frequency(self, term: str, field: int) -> int:
        """Count the live passages with a term in one field."""


class Documents(Protocol):
    """The documents of a snapshot, as a refresh reads them. A document is an article with its copies."""

    def copies(self) -> Iterable[tuple[DocumentRef, CopyRecord]]:
        """Return the copies of all live documents, each with its document."""

    def copies_of(self, document: DocumentRef) -> Sequence[CopyRecord]:
        """Return the copies of one document."""

    def duplicates_of(self, signature: Signature) -> set[DocumentRef]:
        """Return the live documents with a copy that duplicates an article of this signature."""

    def passages(self, documents: Iterable[DocumentRef]) -> Iterable[StoredPassage]:
        """Return the passages of documents with their vectors."""


class IndexStore(Protocol):
    """A backend that stores an index."""

    @property
    def location(self) -> Path | Address:
        """The folder or address; `str()` shows it without credentials."""

    def number(self) -> int | None:
        """Return the number of the current snapshot; None where none was published."""

    def current(self) -> Snapshot:
        """Open the current snapshot. Raises an `IndexError_`."""

    def documents(self, snapshot: Snapshot) -> Documents:
        """Return the documents of a snapshot of this backend."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to write during a block. Raises `IndexBusy`, `IndexUnwritable`."""

    def publish(
        self, before: Snapshot | None, changes: Changes, update: Update, model: str, keep: int
    ) -> Manifest:
        """Write the new documents, remove the dead ones, and make the result current."""

    def read_ledger(self, generation: int) -> dict[str, Seen]:
        """Return the files that a snapshot was made from, or nothing where they are unknown."""

    def write_ledger(self, generation: int, files: Mapping[str, Seen]) -> None:
        """Replace the ledger by the files that a generation was made from."""

    def rollback(self, number: int | None = None) -> int:
        """Make an earlier snapshot the current one; returns its number. Raises `IndexMissing`."""

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        """Describe what is wrong with the current snapshot, one sentence for each problem."""
