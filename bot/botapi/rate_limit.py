"""Keep requests within Telegram's flood limits, and wait where Telegram asks for a pause.

The rate limiter of python-telegram-bot knows no limit of a private chat, and lets the pause of one chat hold
up all others. Each process keeps the limits by itself. Several together can be too fast; then Telegram asks
them to wait, and they do.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from aiolimiter import AsyncLimiter
from cachetools import LRUCache
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
PER_SECOND = 30.0
PRIVATE = (30.0, 30.0)
"""Messages and seconds: one message a second over time, and bursts as Telegram accepts them."""

GROUP = (20.0, 60.0)
LONGEST_WAIT_SECONDS = 15 * 60.0
"""How long a message waits in all before it is given up."""

FEW_CHATS = 3
"""If this many chats have to pause at once, the bot as a whole is too fast."""

_LONGEST_WAIT_AT_STOP_SECONDS = 10.0
_MAX_CHATS = 2_000
_log = logging.getLogger("bot")


@dataclass(slots=True, weakref_slot=True)
class _ChatLimit:
    """The limit of one chat, whose messages are sent one after another."""

    limiter: AsyncLimiter
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    paused_until: float = 0.0


class ChatRateLimiter(BaseRateLimiter[int]):
    """Limits the requests of each chat by themselves, so that no chat waits for another's pause."""

    def __init__(
        self, is_stopping: Callable[[], bool] = lambda: False, per_second: float = PER_SECOND
    ) -> None:
        """Limit the messages of one bot.

        Args:
            is_stopping: Returns whether the bot stops, and long pauses are no longer waited for.
            per_second: Messages per second to all chats together.
        """
        # By this PTB chooses the type of `retry_after`; without it every flood limit warns of the old one.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self.is_stopping = is_stopping
        self._all_chats = AsyncLimiter(per_second, 1)
        self._all_paused_until = 0.0
        self._recent: LRUCache[Any, _ChatLimit] = LRUCache(_MAX_CHATS)
        # A chat that has a request waiting must not be forgotten, however many chats came after it.
        self._limits: WeakValueDictionary[Any, _ChatLimit] = WeakValueDictionary()

    async def initialize(self) -> None:
        """Do nothing: no resource is held."""

    async def shutdown(self) -> None:
        """Do nothing: no resource is held."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a request when the limits of its chat allow it, and again after each pause."""
        chat = data.get("chat_id")
        if chat is None:
            return await self._request(callback, args, kwargs, None)
        limit = self._limit(chat)
        if endpoint == "sendChatAction":  # useless later, and not to be counted against messages
            if max(limit.paused_until, self._all_paused_until) > _now():
                return True
            return await callback(*args, **kwargs)
        async with limit.lock:
            return await self._request(callback, args, kwargs, limit)

    async def _request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        limit: _ChatLimit | None,
    ) -> Any:
        seconds_left = LONGEST_WAIT_SECONDS
        while True:
            if limit:
                await self._wait_for_pause(limit)
                async with limit.limiter, self._all_chats:
                    pass
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as flood:
                seconds = _seconds(flood)
                seconds_left -= seconds
                if seconds_left < 0:
                    raise
                _log.info("Telegram asks for a pause of %.0f s.", seconds)
                if limit:
                    self._pause(limit, seconds)
                await self._sleep(seconds, flood)

    def _pause(self, limit: _ChatLimit, seconds: float) -> None:
        limit.paused_until = _now() + seconds
        paused = [one for one in self._limits.values() if one.paused_until > _now()]
        if len(paused) >= FEW_CHATS:
            self._all_paused_until = max(self._all_paused_until, limit.paused_until)

    async def _wait_for_pause(self, limit: _ChatLimit) -> None:
        while (left := max(limit.paused_until, self._all_paused_until) - _now()) > 0:
            await self._sleep(left, RetryAfter(timedelta(seconds=left)))

    async def _sleep(self, seconds: float, flood: RetryAfter) -> None:
        """Sleep; raise `flood` if the bot stops and the rest of the pause would delay that."""
        until = _now() + seconds
        while (left := until - _now()) > 0:
            if left > _LONGEST_WAIT_AT_STOP_SECONDS and self.is_stopping():
                raise flood
            await asyncio.sleep(min(left, 1.0))

    def _limit(self, chat: Any) -> _ChatLimit:
        limit = self._limits.get(chat)
        if limit is None:
            is_group = isinstance(chat, str) or chat < 0
            limit = self._limits[chat] = _ChatLimit(AsyncLimiter(*(GROUP if is_group else PRIVATE)))
        self._recent[chat] = limit
        return limit


def _now() -> float:
    return asyncio.get_running_loop().time()


def _seconds(flood: RetryAfter) -> float:
    waited = flood.retry_after
    return waited.total_seconds() if isinstance(waited, timedelta) else float(waited)
