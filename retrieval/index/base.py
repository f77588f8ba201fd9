"""Where an index lies: what ranking reads of it, what a refresh reads and writes, and the two homes.

The local home is a folder of generations (`generation`, `local`); the other is Milvus (`milvus`). A snapshot
never changes: what a refresh writes shows in the next one. Data flows one way all the same: a question reads
a `Snapshot`, a refresh reads `Stories` and publishes through its `Store`.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from corpus import Article, Passage
from corpus.text.duplicates import Signature
from retrieval.index.address import Address, is_address, parse_address
from retrieval.index.filter import Filter
from retrieval.index.late_interaction import Met
from retrieval.index.ledger import Seen
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import WORD_FIELDS

if TYPE_CHECKING:
    from retrieval.index.local.segment import ReceivedIn, StoredPassage
    from retrieval.index.manifest import Manifest
    from retrieval.index.update import Telling
    from retrieval.indexing.diff import Plan

Place = tuple[int, int]
"""A story of a snapshot: the number of its segment there, 0 where there are none, and of its article."""

Scope = Any
"""What may be found, as the snapshot that made it understands it; nobody else looks into it."""

Where = Path | str | Address
"""Where an index lies: a folder, or the address of a Milvus (see `milvus.address`)."""


class Snapshot(Protocol):
    """One state of an index, opened for reading: what ranking reads. Passages are known by numbers."""

    @property
    def manifest(self) -> "Manifest":
        """Which state it is, which model made it, and how much it holds."""

    def require_model(self, model: str) -> None:
        """Raise `OtherModel` unless it was made by `model`."""

    def articles(self, wanted: Filter | None = None) -> tuple[Article, ...]:
        """The articles that a filter keeps, by id."""

    def scope(self, wanted: Filter | None = None) -> Scope | None:
        """What may be found where a filter is set; None where it keeps no article."""

    def nearest(self, vector: Floats, limit: int, scope: Scope) -> list[int]:
        """The passages with the nearest vectors, nearest first."""

    def sharing(
        self, terms: Sequence[str], limit: int, scope: Scope, fields: Mapping[int, float] = WORD_FIELDS
    ) -> list[int]:
        """The passages that come first by BM25, best first."""

    def bm25(
        self, terms: Sequence[str], passages: Sequence[int], fields: Mapping[int, float] = WORD_FIELDS
    ) -> Floats:
        """BM25 of passages, (P,), see `statistics`."""

    def meet(self, question: Floats, passages: Sequence[int]) -> list[Met]:
        """A question's tokens, (Q, D), with those of passages."""

    def cosines(self, vector: Floats, passages: Sequence[int]) -> Floats:
        """Of a vector, (D,), with those of passages: (P,)."""

    def passage(self, number: int) -> Passage:
        """One passage."""

    def article_of(self, passage: int) -> Article:
        """The article a passage belongs to."""

    def key(self, passage: int) -> tuple[str, int]:
        """What breaks ties between passages, however they are numbered: article id and start."""

    def codes(self, passage: int) -> set[int]:
        """The terms of a passage and of its header, as `terms.code` gives them."""

    def rarity(self, term: str) -> float:
        """Inverse document frequency over texts and headers."""

    def holders(self, term: str) -> int:
        """The number of live passages whose text holds a term, or whose header if that is more."""

    def frequency(self, term: str, field: int) -> int:
        """The number of live passages that hold a term in a field."""


class Stories(Protocol):
    """What a refresh reads of the snapshot before."""

    def received(self) -> Iterable[tuple[Place, "ReceivedIn"]]:
        """The articles as received, by the live story that each tells."""

    def told_by(self, place: Place) -> Sequence["ReceivedIn"]:
        """The articles as received that tell a story."""

    def tellers(self, signature: Signature) -> set[Place]:
        """The live stories that an article of this signature tells too."""

    def passages(self, places: Iterable[Place]) -> Iterable["StoredPassage"]:
        """The passages of stories, with all that was computed from them."""


class Store(Protocol):
    """A home of an index."""

    @property
    def where(self) -> Path | Address:
        """What messages call it; an `Address` shows no credentials."""

    def number(self) -> int | None:
        """The number of the snapshot that serves; None where none was published."""

    def current(self) -> Snapshot:
        """Open the snapshot that serves. Raises `IndexError_`."""

    def stories(self, snapshot: Snapshot) -> Stories:
        """What a refresh reads of a snapshot of this home."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to write. Raises `IndexBusy`, `IndexUnwritable`."""

    def publish(
        self, before: Snapshot | None, todo: "Plan", telling: "Telling", model: str, keep: int
    ) -> "Manifest":
        """Write what is told anew, drop what is dead, and make that the snapshot that serves."""

    def read_ledger(self, generation: int) -> dict[str, Seen]:
        """What is known of the files a snapshot was made from; nothing where that is not sure."""

    def write_ledger(self, generation: int, files: Mapping[str, Seen]) -> None:
        """Replace the ledger."""

    def rollback(self, number: int | None = None) -> int:
        """Make a snapshot that is kept serve again; returns its number. Raises `IndexMissing`."""

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        """Say what is wrong with the snapshot that serves, a sentence each."""


def locate(where: Where) -> Path | Address:
    """Read where an index lies. Raises `SettingsError` for an address that is none."""
    if isinstance(where, str) and is_address(where):
        return parse_address(where)
    return Path(where) if isinstance(where, str) else where


def open_store(where: Where) -> Store:
    """Open the home that an index lies in.

    Raises `SettingsError`, `MissingPackage` where Milvus is named and pymilvus not installed, and
    `IndexUnreachable` where it does not answer.
    """
    located = locate(where)
    if isinstance(located, Path):
        from retrieval.index.local.store import LocalStore

        return LocalStore(located)
    from retrieval.index.milvus.store import MilvusStore

    return MilvusStore(located)
