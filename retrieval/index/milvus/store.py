"""The home of an index in Milvus; see `store.Store`.

See `lease` for who may write.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from corpus.text.duplicates import Signature, are_duplicates
from retrieval.errors import (
    IndexMissing,
    IndexUnwritable,
    refresh_command,
)
from retrieval.index.address import Address
from retrieval.index.base import Place, Snapshot
from retrieval.index.ledger import Seen, read_ledger, write_ledger
from retrieval.index.local.segment import ReceivedIn, StoredPassage
from retrieval.index.manifest import Manifest
from retrieval.index.milvus.connection import connect
from retrieval.index.milvus.lease import Lease, lease
from retrieval.index.milvus.schema import Collections, create_state, unpacked
from retrieval.index.milvus.snapshot import Known, MilvusSnapshot, article_key
from retrieval.index.milvus.state import read_number, read_state, write_state
from retrieval.index.milvus.writer import Writer, rows_of, signed
from retrieval.index.update import Telling
from retrieval.indexing.diff import Plan

SETTLE_SECONDS = 6.0
"""Between writing all rows and the one that makes them serve. Questions read with bounded staleness, which is
that of 5 s if the server is not told otherwise: so they never see a state before its rows."""


class MilvusStore:
    """See `store.Store` for what its methods do."""

    def __init__(self, address: Address) -> None:
        self.where = address
        self._connection = connect(address)
        self._known = Known(0)
        self._lease: Lease | None = None

    def number(self) -> int | None:
        return read_number(self._connection)

    def current(self) -> MilvusSnapshot:
        state = read_state(self._connection)
        if state is None:
            raise IndexMissing(f"there is no index in {self.where}. Make one: {refresh_command(self.where)}")
        if state.built != self._known.built:
            self._known = Known(state.built)
        return MilvusSnapshot.open(state, Collections(self._connection, state.built), self._known)

    def stories(self, snapshot: Snapshot) -> "MilvusStories":
        assert isinstance(snapshot, MilvusSnapshot)
        return MilvusStories(snapshot)

    @contextmanager
    def writing(self) -> Iterator[None]:
        create_state(self._connection)
        with lease(self._connection) as self._lease:
            yield

    def publish(
        self, before: Snapshot | None, todo: Plan, telling: Telling, model: str, keep: int
    ) -> Manifest:
        assert before is None or isinstance(before, MilvusSnapshot)
        assert self._lease is not None  # `writing` is around it
        skipped = (*before.state.skipped, *self._lease.abandoned) if before else ()
        state = Writer(self._connection, before, self._lease.number, skipped).write(todo, telling, model)
        if self.where.file is None:
            time.sleep(SETTLE_SECONDS)
        self._lease.require()
        write_state(self._connection, state)
        return state.manifest

    def read_ledger(self, generation: int) -> dict[str, Seen]:
        return read_ledger(self._beside(), generation)

    def write_ledger(self, generation: int, files: Mapping[str, Seen]) -> None:
        folder = self._beside()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_ledger(folder, generation, files)
        except OSError as error:
            raise IndexUnwritable(f"{folder} cannot be written: {error}. Make it writable.") from error

    def rollback(self, number: int | None = None) -> int:
        raise IndexMissing(
            f"no generation before the current one is kept in {self.where}. Bring the reports back to what "
            f"they were, and refresh: {refresh_command(self.where)}"
        )

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        from retrieval.index.milvus.verify import problems

        return problems(self.current(), quick=quick)

    def _beside(self) -> Path:
        """Where this machine keeps what it knows of its files."""
        if self.where.file is not None:
            return self.where.file.with_name(f"{self.where.file.name}.ledger")
        return user_cache_path("wenbao") / "ledgers" / self.where.key


class MilvusStories:
    """What a refresh reads of a snapshot; see `store.Stories`. The first number of each place is 0."""

    def __init__(self, snapshot: MilvusSnapshot) -> None:
        self._snapshot = snapshot
        self._collections = snapshot.collections
        self._connection = snapshot.collections.connection

    def received(self) -> Iterator[tuple[Place, ReceivedIn]]:
        for row in self._connection.query(self._collections.members, self._snapshot.live, ["story", "told"]):
            story = int(row["story"])
            yield (0, story), ReceivedIn(story, *json.loads(row["told"]))

    def told_by(self, place: Place) -> Sequence[ReceivedIn]:
        rows = rows_of(self._connection, self._collections.members, [place[1]], ["id", "told"])
        ordered = sorted(rows, key=lambda row: int(row["id"].rpartition("/")[2]))
        return [ReceivedIn(place[1], *json.loads(row["told"])) for row in ordered]

    def tellers(self, signature: Signature) -> set[Place]:
        hashes = [signed(sentence) for sentence in sorted(signature)]
        sharing = f"{self._snapshot.live} and array_contains_any(sentences, {hashes})"
        rows = self._connection.query(self._collections.members, sharing, ["story"]) if hashes else []
        stories = sorted({int(row["story"]) for row in rows})
        contents = self._collections.contents([article_key(story) for story in stories])
        return {
            (0, story)
            for story in stories
            for other in unpacked(contents[article_key(story)])["signatures"]
            if are_duplicates(signature, dict(other))
        }

    def passages(self, places: Iterable[Place]) -> Iterator[StoredPassage]:
        stories = [story for _, story in places]
        found = rows_of(self._connection, self._collections.passages, stories, ["id"])
        numbers = sorted(int(row["id"]) for row in found)
        vectors, tokens = self._snapshot.vectors(numbers), self._snapshot.tokens(numbers)
        for number in numbers:
            yield StoredPassage(self._snapshot.passage(number), vectors[number], tokens[number])
