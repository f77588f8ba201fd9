"""A lock that urgent work takes before background work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class PriorityLock:
    """A lock with two ways to take it: background work waits while urgent work holds it or waits for it."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._held = False
        self._urgent_waiting = 0

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """Hold the lock, before any background work that waits for it."""
        with self._condition:
            self._urgent_waiting += 1
            try:
                self._condition.wait_for(lambda: not self._held)
                self._held = True
            finally:
                self._urgent_waiting -= 1
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def background(self) -> Iterator[None]:
        """Hold the lock, after all urgent work that waits for it."""
        with self._condition:
            self._condition.wait_for(lambda: not self._held and not self._urgent_waiting)
            self._held = True
        try:
            yield
        finally:
            self._release()

    def _release(self) -> None:
        with self._condition:
            self._held = False
            self._condition.notify_all()
