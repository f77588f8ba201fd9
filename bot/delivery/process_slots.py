"""The processes that answer for one bot from one memory: each has a numbered place while it runs.

A place is a locked file beside the memory. The system unlocks it when its process ends, however it ends, so
a place that can be locked is one whose process is gone.
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


class Peers:
    """This process among those that share a memory; without a file of memory it is alone."""

    def __init__(self, state: Path | None = None) -> None:
        """`state` is the file of the memory. Nothing is held before the block is entered."""
        self._state = state
        self._held = ExitStack()
        self.place = _FIRST

    def __enter__(self) -> Self:
        """Take the first free place. Raises `StateError` where no file can be made beside the memory."""
        try:
            for place in count(_FIRST):
                if self._held.enter_context(self._locked(str(place))):
                    self.place = place
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
    def in_place_of(self, place: int) -> Iterator[bool]:
        """Whether the process of another place is gone; if so, no other process has its place meanwhile."""
        with self._locked(str(place)) as gone:
            yield gone

    @contextmanager
    def telling_news(self) -> Iterator[bool]:
        """Whether this process is the one that tells news now."""
        with self._locked(_NEWS) as mine:
            yield mine

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
