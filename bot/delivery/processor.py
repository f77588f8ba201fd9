"""Who is answered when: many people at once, each in turn; nobody's many questions hold up another's.

Turns of messages hold between processes too. Presses and inline queries change nothing that others wait for.
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

_MOST_WAITING = 10_000
_LOOK_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 30.0
"""After this time a message waits no longer for another process, which may hang."""


class InTurn(BaseUpdateProcessor):
    """Handles many updates at once, but the messages of one person in turn, in the order they came.

    Presses of buttons and inline queries do not wait behind messages. `handled` gets the number of each
    update that was handled; `must_wait` tells whether the same person's earlier message is still at another
    process.
    """

    def __init__(
        self,
        at_once: int,
        handled: Callable[[int], None] = lambda _: None,
        must_wait: Callable[[int], bool] = lambda _: False,
    ) -> None:
        super().__init__(_MOST_WAITING)
        self._slots = asyncio.Semaphore(at_once)
        self._turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        self._handled = handled
        self._must_wait = must_wait

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the person's turn, then for `coroutine`."""
        received_at.set(time.perf_counter())
        lane = _lane(update)
        if lane is None:
            async with self._slots:
                await coroutine
        else:
            # Who waits for a turn holds no slot: one person's many questions keep nobody else waiting.
            async with self._turns.setdefault(lane, asyncio.Lock()):
                await self._wait_for_others(update)
                async with self._slots:
                    await coroutine
        if isinstance(update, Update):
            self._handled(update.update_id)

    async def _wait_for_others(self, update: object) -> None:
        assert isinstance(update, Update)  # only these have a lane
        until = time.monotonic() + _LONGEST_WAIT_SECONDS
        while self._must_wait(update.update_id) and time.monotonic() < until:
            await asyncio.sleep(_LOOK_SECONDS)

    async def initialize(self) -> None:
        """Nothing is held open."""

    async def shutdown(self) -> None:
        """Nothing is held open."""


def _lane(update: object) -> tuple[str, int] | None:
    if not isinstance(update, Update) or update.effective_user is None:
        return None
    if update.callback_query:
        return "press", update.effective_user.id
    if update.inline_query:
        return "inline", update.effective_user.id
    return "message", update.effective_user.id
