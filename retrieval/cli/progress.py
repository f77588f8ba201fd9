"""Progress: one line on standard error that rewrites itself, on a terminal, for what takes long."""

import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

PATIENCE_SECONDS = 2.0
"""What ends sooner shows nothing."""

TICK_SECONDS = 0.2
_ERASE = "\r\x1b[K"


class ProgressLine:
    """Call it with what is being done, how much of it is done, and how much there is (0: not known)."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._state = ("", 0, 0)
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)

    def __call__(self, what: str, done: int, total: int) -> None:
        self._state = (what, done, total)

    def __enter__(self) -> Self:
        if self._terminal:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._terminal:
            self._thread.join()
            self._stream.write(_ERASE)
            self._stream.flush()

    def _draw(self) -> None:
        # A thread of its own: a step that says nothing for long is seen to go on.
        while not self._ended.wait(TICK_SECONDS):
            seconds = time.monotonic() - self._began
            what, done, total = self._state
            if seconds < PATIENCE_SECONDS or not what:
                continue
            count = f" {done}/{total}" if total else ""
            self._stream.write(f"{_ERASE}… {what}{count} ({seconds:.0f} s)")
            self._stream.flush()
