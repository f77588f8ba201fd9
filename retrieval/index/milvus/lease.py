"""Who may write an index in Milvus, which has no locks and no compare-and-swap.

Whoever wants to write puts down a row of its own, then looks whether there is another's, and steps back if
there is: of two that come at once, the one that looks last sees the other's row. Rows are renewed; one that
is not for LEASE_SECONDS is that of a process that is gone. Should it come back, it has lost its row and
publishes nothing, and what it goes on writing bears a number that no snapshot shows.
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
from retrieval.index.milvus.schema import NAME, NO_VECTOR, buildings
from retrieval.index.milvus.state import read_number, read_state

LEASE_SECONDS = 60.0

_ROWS = 'id like "writer/%"'


class Lease:
    """The right to write, held. number: that of the generation to write. abandoned: numbers of generations
    that others have begun, and may still be writing, though they are taken to be gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._id = f"writer/{uuid.uuid4().hex}"
        self.number = 0
        self.abandoned: tuple[int, ...] = ()

    def take(self) -> None:
        """Take it. Raises `IndexBusy`."""
        self._write()
        others = self._rows()
        others.pop(self._id, None)
        now = time.time()
        if any(now < said["until"] for said in others.values()):
            self.leave()
            raise IndexBusy(
                f"another refresh is writing the index in {self._connection.address}, or was killed less "
                f"than {LEASE_SECONDS:.0f} s ago. Wait until it has ended, then refresh again."
            )
        try:
            state = read_state(self._connection)
            serving = state.manifest.generation if state else 0
        except OtherFormat:
            serving = read_number(self._connection) or 0
        except IndexDamaged:  # which is built anew, beside what is left
            serving = max(buildings(self._connection).values(), default=0)
        begun = sorted(said["number"] for said in others.values() if said["number"] > serving)
        self.number, self.abandoned = max([serving, *begun]) + 1, tuple(begun)
        self._write()
        for id in others:
            self._connection.delete(NAME, f'id == "{id}"')

    def require(self) -> None:
        """Raise `IndexBusy` unless it is still held."""
        if self._id not in self._rows():
            raise IndexBusy(
                f"another refresh has begun to write the index in {self._connection.address}, because this "
                f"one was not heard of for {LEASE_SECONDS:.0f} s: refresh again."
            )

    def renew(self, done: threading.Event) -> None:
        """Renew it again and again until `done`, or until it is lost."""
        while not done.wait(LEASE_SECONDS / 4):
            try:
                self.require()
                self._write()
            except IndexBusy:
                return  # whoever writes finds out before it publishes
            except IndexUnreachable:
                continue  # so does whoever writes

    def leave(self) -> None:
        """Give it back."""
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
    held.take()
    done = threading.Event()
    renewing = threading.Thread(target=held.renew, args=(done,), daemon=True)
    renewing.start()
    try:
        yield held
    finally:
        done.set()
        renewing.join()
        held.leave()
