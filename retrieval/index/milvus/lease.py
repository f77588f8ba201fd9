"""Give one process at a time the right to write an index in Milvus, which has no locks.

A process that wants to write inserts a row, then reads the rows of other processes, and gives up if there is
one. If two processes start together, at least the one that reads last sees the row of the other. A process
renews its row regularly. A row that was not renewed for LEASE_SECONDS expires, and the next writer deletes
it. If its process still runs, that process finds its row missing and publishes nothing; the rows it wrote
belong to a generation that no snapshot shows.
"""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from retrieval.errors import IndexBusy, IndexDamaged, IndexUnreachable, OtherFormat
from retrieval.index.milvus.connection import Connection
from retrieval.index.milvus.schema import NAME, NO_VECTOR, built_generations
from retrieval.index.milvus.state import read_number, read_state

LEASE_SECONDS = 60.0

_ROWS = 'id like "writer/%"'


class Lease:
    """The right of one process to write an index.

    Attributes:
        number: The generation to write.
        abandoned: Generations that other processes began and did not publish.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._id = f"writer/{uuid.uuid4().hex}"
        self.number = 0
        self.abandoned: tuple[int, ...] = ()

    def acquire(self) -> None:
        """Acquire the lease. Raises `IndexBusy` where another process holds it."""
        self._write()
        others = self._rows()
        others.pop(self._id, None)
        now = time.time()
        if any(now < row["until"] for row in others.values()):
            self.release()
            raise IndexBusy(
                f"another refresh is writing the index in {self._connection.address}, or was killed less "
                f"than {LEASE_SECONDS:.0f} s ago. Wait until it has ended, then refresh again."
            )
        try:
            state = read_state(self._connection)
            current = state.manifest.generation if state else 0
        except OtherFormat:
            current = read_number(self._connection) or 0
        except IndexDamaged:  # the index is rebuilt in new collections
            current = max(built_generations(self._connection).values(), default=0)
        begun = sorted(row["number"] for row in others.values() if row["number"] > current)
        self.number, self.abandoned = max([current, *begun]) + 1, tuple(begun)
        self._write()
        for id in others:
            self._connection.delete(NAME, f'id == "{id}"')

    def require(self) -> None:
        """Raise `IndexBusy` unless the lease is still held."""
        if self._id not in self._rows():
            raise IndexBusy(
                f"another refresh has begun to write the index in {self._connection.address}, because this "
                f"one did not renew its lease for {LEASE_SECONDS:.0f} s: refresh again."
            )

    def renew(self, done: threading.Event) -> None:
        """Renew the lease regularly until `done` is set or the lease is lost."""
        while not done.wait(LEASE_SECONDS / 4):
            try:
                self.require()
                self._write()
            except IndexBusy:
                return  # the writer calls `require` before it publishes
            except IndexUnreachable:
                continue  # the writer gets the same error

    def release(self) -> None:
        """Release the lease."""
        self._connection.delete(NAME, f'id == "{self._id}"')

    def _write(self) -> None:
        record = json.dumps({"until": time.time() + LEASE_SECONDS, "number": self.number})
        self._connection.upsert(NAME, {"id": self._id, "said": record, "none": NO_VECTOR})

    def _rows(self) -> dict[str, dict[str, Any]]:
        rows = self._connection.query(NAME, _ROWS, ["id", "said"])
        return {row["id"]: json.loads(row["said"]) for row in rows}


@contextmanager
def lease(connection: Connection) -> Iterator[Lease]:
    """Hold the lease during a block. Raises `IndexBusy` where another process holds it."""
    held = Lease(connection)
    held.acquire()
    done = threading.Event()
    renewing = threading.Thread(target=held.renew, args=(done,), daemon=True)
    renewing.start()
    try:
        yield held
    finally:
        done.set()
        renewing.join()
        held.release()
