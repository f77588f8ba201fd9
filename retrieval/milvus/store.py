"""The home of an index in Milvus; see `store.Store`.

Who refreshes holds the row `writer` and renews it as it goes; another one waits or does without. Milvus has
no compare-and-swap: of two that begin within the same second the one that wrote the row last goes on. Should
both, held up for longer than that, the later one's generation serves, and the other's is what a killed
refresh leaves.
"""

import json
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from corpus.stories import Signature, same_story
from retrieval.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexUnreachable,
    IndexUnwritable,
    OtherFormat,
    refresh_command,
)
from retrieval.generation import Manifest
from retrieval.ledger import Seen, read_ledger, write_ledger
from retrieval.milvus.address import Address
from retrieval.milvus.collections import NAME, NO_VECTOR, Collections, create_state, unpacked
from retrieval.milvus.connection import connect
from retrieval.milvus.snapshot import Known, MilvusSnapshot, article_key
from retrieval.milvus.state import read_number, read_state, write_state
from retrieval.milvus.writer import Writer, rows_of, signed
from retrieval.plan import Plan
from retrieval.segment import ReceivedIn, StoredPassage
from retrieval.store import Place, Snapshot
from retrieval.telling import Telling

LEASE_SECONDS = 60.0
"""Who holds the right to write and was not heard of for so long, is gone."""

SETTLE_SECONDS = 0.5
"""Between writing the row `writer` and reading whether it is still one's own; not in a file, which one process
has for itself."""


class MilvusStore:
    """See `store.Store` for what its methods do."""

    def __init__(self, address: Address) -> None:
        self.where = address
        self._connection = connect(address)
        self._known = Known()
        self._mine = uuid.uuid4().hex

    def number(self) -> int | None:
        return read_number(self._connection)

    def current(self) -> MilvusSnapshot:
        state = read_state(self._connection)
        if state is None:
            raise IndexMissing(f"there is no index in {self.where}. Make one: {refresh_command(self.where)}")
        return MilvusSnapshot.open(state, Collections(self._connection, state.built), self._known)

    def stories(self, snapshot: Snapshot) -> "MilvusStories":
        assert isinstance(snapshot, MilvusSnapshot)
        return MilvusStories(snapshot)

    @contextmanager
    def writing(self) -> Iterator[None]:
        create_state(self._connection)
        self._take()
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(done,), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()
            self._leave()

    def publish(
        self, before: Snapshot | None, todo: Plan, telling: Telling, model: str, keep: int
    ) -> Manifest:
        assert before is None or isinstance(before, MilvusSnapshot)
        try:
            serving, number = read_state(self._connection), (read_number(self._connection) or 0) + 1
        except OtherFormat:
            serving, number = None, (read_number(self._connection) or 0) + 1
        except IndexDamaged:  # which a rebuild mends
            serving, number = None, 1
        # A story's number is never used twice: what is remembered of it stays true, whatever is rebuilt.
        first = serving.stories if serving else number << 24 | 1
        state = Writer(self._connection, before, number, first).write(todo, telling, model)
        if self._writer()[0] != self._mine:
            raise IndexBusy(f"another refresh has begun to write the index in {self.where}: refresh again.")
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
            f"no generation before the current one is kept in {self.where}. Bring the reports back to what they "
            f"were, and refresh: {refresh_command(self.where)}"
        )

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        from retrieval.milvus.verify import problems

        return problems(self.current(), quick=quick)

    def _beside(self) -> Path:
        """Where this machine keeps what it knows of its files."""
        if self.where.file is not None:
            return self.where.file.with_name(f"{self.where.file.name}.ledger")
        return user_cache_path("wenbao") / "ledgers" / self.where.key

    def _writer(self) -> tuple[str, float]:
        rows = self._connection.query(NAME, 'id == "writer"', ["said"], limit=1)
        said = json.loads(rows[0]["said"]) if rows else {"who": "", "until": 0.0}
        return said["who"], said["until"]

    def _take(self) -> None:
        busy = IndexBusy(
            f"another refresh is writing the index in {self.where}, or was killed less than "
            f"{LEASE_SECONDS:.0f} s ago. Wait until it has ended, then refresh again."
        )
        who, until = self._writer()
        if who and time.time() < until:
            raise busy
        self._write_writer(self._mine, LEASE_SECONDS)
        if self.where.file is None:
            time.sleep(SETTLE_SECONDS)
        if self._writer()[0] != self._mine:
            raise busy

    def _renew(self, done: threading.Event) -> None:
        while not done.wait(LEASE_SECONDS / 4):
            try:
                if self._writer()[0] != self._mine:
                    return  # another one has it; `publish` says so
                self._write_writer(self._mine, LEASE_SECONDS)
            except IndexUnreachable:
                continue  # whoever is writing is told so too

    def _leave(self) -> None:
        if self._writer()[0] == self._mine:
            self._write_writer("", 0.0)

    def _write_writer(self, who: str, seconds: float) -> None:
        said = json.dumps({"who": who, "until": time.time() + seconds})
        self._connection.upsert(NAME, {"id": "writer", "said": said, "none": NO_VECTOR})


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
            if same_story(signature, dict(other))
        }

    def passages(self, places: Iterable[Place]) -> Iterator[StoredPassage]:
        stories = [story for _, story in places]
        found = rows_of(self._connection, self._collections.passages, stories, ["id"])
        numbers = sorted(int(row["id"]) for row in found)
        vectors, tokens = self._snapshot.vectors(numbers), self._snapshot.tokens(numbers)
        for number in numbers:
            yield StoredPassage(self._snapshot.passage(number), vectors[number], tokens[number])
