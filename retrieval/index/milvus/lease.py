"""A lease lets one process at a time write an index in Milvus, which has no locks and no compare-and-swap.

A process that wants to write inserts a row of its own, then looks for rows of others, and gives up if it
finds one: of two processes that start at once, the one that looks last sees the other's row. Rows are
renewed; one that was not renewed for LEASE_SECONDS is taken to belong to a process that has ended, and is
deleted. If that process still runs, it finds its row missing and publishes nothing, and what it still writes
belongs to a generation that no snapshot shows.
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
    """The right to write.

    Attributes:
        number: of the generation to write.
        abandoned: generations that other processes have begun and not published.
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
        if any(now < said["until"] for said in others.values()):
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
        except IndexDamaged:  # the index is built anew, beside the old collections
            current = max(built_generations(self._connection).values(), default=0)
        begun = sorted(said["number"] for said in others.values() if said["number"] > current)
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
                continue  # the writer meets the same error

    def release(self) -> None:
        """Release the lease."""
        self._connection.delete(NAME, f'id == "{self._id}"')

    def _write(self) -> None:
        said = json.dumps({"until": time.time() + LEASE_SECONDS, "number": self.number})
        self._connection.upsert(NAME, {"id": self._id, "said": said, "none": NO_VECTOR})

    def _rows(self) -> dict[str, dict[str, Any]]:
        rows = self._connection.query(NAME, _ROWS, ["id", "said"])
        return {row["id"]: json.loads(row["said"]) for row in rows}


@contextmanager
def lease(connection: Connection) -> Iterator[Lease]:
    """Hold the right to write. Raises `IndexBusy` where another process has it."""
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
