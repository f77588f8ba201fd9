"""The backend that stores an index in Milvus."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from corpus.text.duplicates import Signature, are_duplicates
from retrieval.errors import IndexMissing, IndexUnwritable, refresh_command
from retrieval.index.address import Address
from retrieval.index.base import Snapshot
from retrieval.index.ledger import Seen, read_ledger, write_ledger
from retrieval.index.manifest import Manifest
from retrieval.index.milvus.connection import connect
from retrieval.index.milvus.lease import Lease, lease
from retrieval.index.milvus.schema import Collections, create_state, decompress
from retrieval.index.milvus.snapshot import MilvusSnapshot, RowCaches, article_key
from retrieval.index.milvus.state import read_number, read_state, write_state
from retrieval.index.milvus.verify import problems
from retrieval.index.milvus.writer import Writer, rows_of_documents, to_signed
from retrieval.index.records import CopyRecord, DocumentRef, StoredPassage
from retrieval.index.update import Changes, Update

SETTLE_SECONDS = 6.0
"""The pause between writing the rows and replacing the state.

It is longer than the bounded staleness of readers, so no reader sees a state before its rows.
"""


class MilvusStore:
    """An index in Milvus; see `IndexStore` for the methods."""

    def __init__(self, address: Address) -> None:
        self.location = address
        self._connection = connect(address)
        self._caches = RowCaches(0)
        self._lease: Lease | None = None

    def number(self) -> int | None:
        return read_number(self._connection)

    def current(self) -> MilvusSnapshot:
        state = read_state(self._connection)
        if state is None:
            raise IndexMissing(
                f"there is no index in {self.location}. Make one: {refresh_command(self.location)}"
            )
        if state.built != self._caches.built:
            self._caches = RowCaches(state.built)
        return MilvusSnapshot.open(state, Collections(self._connection, state.built), self._caches)

    def documents(self, snapshot: Snapshot) -> "MilvusDocuments":
        assert isinstance(snapshot, MilvusSnapshot)
        return MilvusDocuments(snapshot)

    @contextmanager
    def writing(self) -> Iterator[None]:
        create_state(self._connection)
        with lease(self._connection) as self._lease:
            yield

    def publish(
        self, before: Snapshot | None, changes: Changes, update: Update, model: str, keep: int
    ) -> Manifest:
        assert before is None or isinstance(before, MilvusSnapshot)
        assert self._lease is not None, "publish is called within `writing`"
        skipped = (*before.state.skipped, *self._lease.abandoned) if before else ()
        state = Writer(self._connection, before, self._lease.number, skipped).write(changes, update, model)
        if self.location.file is None:
            time.sleep(SETTLE_SECONDS)
        self._lease.require()
        write_state(self._connection, state)
        return state.manifest

    def read_ledger(self, generation: int) -> dict[str, Seen]:
        return read_ledger(self._ledger_folder(), generation)

    def write_ledger(self, generation: int, files: Mapping[str, Seen]) -> None:
        folder = self._ledger_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_ledger(folder, generation, files)
        except OSError as error:
            raise IndexUnwritable(f"{folder} cannot be written: {error}. Make it writable.") from error

    def rollback(self, number: int | None = None) -> int:
        raise IndexMissing(
            f"no generation before the current one is kept in {self.location}. Bring the reports back to "
            f"what they were, and refresh: {refresh_command(self.location)}"
        )

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        return problems(self.current(), quick=quick)

    def _ledger_folder(self) -> Path:
        """Return the folder on this machine that holds the ledger."""
        if self.location.file is not None:
            return self.location.file.with_name(f"{self.location.file.name}.ledger")
        return user_cache_path("wenbao") / "ledgers" / self.location.key


class MilvusDocuments:
    """What a refresh reads of a snapshot; see `Documents` for the methods."""

    def __init__(self, snapshot: MilvusSnapshot) -> None:
        self._snapshot = snapshot
        self._collections = snapshot.collections
        self._connection = snapshot.collections.connection

    def copies(self) -> Iterator[tuple[DocumentRef, CopyRecord]]:
        for row in self._connection.query(self._collections.members, self._snapshot.live, ["story", "told"]):
            number = int(row["story"])
            yield DocumentRef(0, number), CopyRecord(number, *json.loads(row["told"]))

    def copies_of(self, document: DocumentRef) -> Sequence[CopyRecord]:
        numbers = [document.number]
        rows = rows_of_documents(self._connection, self._collections.members, numbers, ["id", "told"])
        ordered = sorted(rows, key=lambda row: int(row["id"].rpartition("/")[2]))
        return [CopyRecord(document.number, *json.loads(row["told"])) for row in ordered]

    def duplicates_of(self, signature: Signature) -> set[DocumentRef]:
        hashes = [to_signed(sentence) for sentence in sorted(signature)]
        sharing = f"{self._snapshot.live} and array_contains_any(sentences, {hashes})"
        rows = self._connection.query(self._collections.members, sharing, ["story"]) if hashes else []
        numbers = sorted({int(row["story"]) for row in rows})
        contents = self._collections.contents([article_key(number) for number in numbers])
        return {
            DocumentRef(0, number)
            for number in numbers
            for other in decompress(contents[article_key(number)])["signatures"]
            if are_duplicates(signature, dict(other))
        }

    def passages(self, documents: Iterable[DocumentRef]) -> Iterator[StoredPassage]:
        numbers = [document.number for document in documents]
        rows = rows_of_documents(self._connection, self._collections.passages, numbers, ["id"])
        passages = sorted(int(row["id"]) for row in rows)
        vectors, tokens = self._snapshot.vectors(passages), self._snapshot.tokens(passages)
        for passage in passages:
            yield StoredPassage(self._snapshot.passage(passage), vectors[passage], tokens[passage])
