"""Handle the updates of many users at once, and the messages of each user one after another.

The order of a user's messages holds between processes too. Button presses and inline queries do not wait for
messages, because they change nothing that the messages depend on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

received_at: ContextVar[float] = ContextVar("received_at")
"""When the update at hand was received, by the clock of `time.perf_counter`."""

_MAX_WAITING = 10_000
_POLL_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 30.0
"""After this time a message waits no longer for another process, which may hang."""


class PerUserProcessor(BaseUpdateProcessor):
    """Handles many updates at once, but the messages of one user in the order they were received."""

    def __init__(
        self,
        max_concurrent: int,
        handled: Callable[[int], None] = lambda _: None,
        must_wait: Callable[[int], bool] = lambda _: False,
    ) -> None:
        """Handle at most `max_concurrent` updates at once.

        Args:
            handled: Called with the number of each update that was handled.
            must_wait: Returns whether another process still handles an earlier message of the user who
                sent the update of this number.
        """
        super().__init__(_MAX_WAITING)
        self._concurrent = asyncio.Semaphore(max_concurrent)
        self._locks: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        self._handled = handled
        self._must_wait = must_wait

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait until the user's earlier updates are handled, then await `coroutine`."""
        received_at.set(time.perf_counter())
        queue = _queue(update)
        if queue is None:
            async with self._concurrent:
                await coroutine
        else:
            # The semaphore is taken last, so that the waiting messages of one user hold up nobody else.
            async with self._locks.setdefault(queue, asyncio.Lock()):
                await self._wait_for_other_processes(update)
                async with self._concurrent:
                    await coroutine
        if isinstance(update, Update):
            self._handled(update.update_id)

    async def _wait_for_other_processes(self, update: object) -> None:
        assert isinstance(update, Update)  # only these have a queue
        until = time.monotonic() + _LONGEST_WAIT_SECONDS
        while self._must_wait(update.update_id) and time.monotonic() < until:
            await asyncio.sleep(_POLL_SECONDS)

    async def initialize(self) -> None:
        """Do nothing: no resource is held."""

    async def shutdown(self) -> None:
        """Do nothing: no resource is held."""


def _queue(update: object) -> tuple[str, int] | None:
    """Return the queue in which an update waits, by kind and user; None if it waits for no other."""
    if not isinstance(update, Update) or update.effective_user is None:
        return None
    if update.callback_query:
        return "press", update.effective_user.id
    if update.inline_query:
        return "inline", update.effective_user.id
    return "message", update.effective_user.id
