"""Give each process that shares one state file a numbered slot while it runs.

A slot is a locked file beside the state file. The system releases the lock when the process ends, however it
ends, so a slot that can be locked belongs to no running process.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from bot.storage.database import StateError

_FIRST = 1
_NEWS = "news"


class ProcessSlots:
    """The slots beside one state file, of which this process holds one in a `with` block."""

    def __init__(self, state: Path | None = None) -> None:
        """Name the state file; without one the process runs alone."""
        self._state = state
        self._held = ExitStack()
        self.own = _FIRST

    def __enter__(self) -> Self:
        """Lock the first free slot.

        Raises:
            StateError: No file can be made beside the state file.
        """
        try:
            for slot in count(_FIRST):
                if self._held.enter_context(self._locked(str(slot))):
                    self.own = slot
                    break
        except OSError as error:
            raise StateError(
                f"No file can be locked beside {self._state} ({error.strerror or error}): name another "
                "file in STATE_FILE, in a folder of this machine that can be written."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    @contextmanager
    def claim(self, slot: int) -> Iterator[bool]:
        """Lock another process's slot during a `with` block; yield False if that process still runs."""
        with self._locked(str(slot)) as is_locked:
            yield is_locked

    @contextmanager
    def claim_news(self) -> Iterator[bool]:
        """Lock the sending of news during a `with` block; yield False if another process sends news."""
        with self._locked(_NEWS) as is_locked:
            yield is_locked

    @contextmanager
    def _locked(self, name: str) -> Iterator[bool]:
        if self._state is None:
            yield True
            return
        lock = FileLock(f"{self._state}.{name}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
