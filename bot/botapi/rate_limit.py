"""Flood limits: kept to where they are known, and waited out where Telegram names them.

PTB's own limiter knows no limit of a private chat, and lets one chat's flood hold up all others.
Each process keeps to the limits by itself: several together can be too fast, upon which Telegram tells them
to wait, and they do.
"""

import asyncio
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
PER_SECOND = 30.0
PRIVATE = (30.0, 30.0)
"""Thirty messages within thirty seconds: one a second over time, and bursts as Telegram lets them pass."""

GROUP = (20.0, 60.0)
LONGEST_WAIT_SECONDS = 15 * 60.0
"""How long a message waits in all before it is given up."""

FEW_CHATS = 3
"""So many chats told to wait at once mean that the bot as a whole is too fast."""

_AT_STOP_SECONDS = 10.0
_MOST_CHATS = 2_000
_log = logging.getLogger("bot")


@dataclass(slots=True)
class _Lane:
    """One chat: what is sent to it goes one after another."""

    pace: AsyncLimiter
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: float = 0.0


class Pace(BaseRateLimiter[int]):
    """Sends each request when its turn has come; what a chat is to wait, no other chat waits."""

    def __init__(
        self, is_stopping: Callable[[], bool] = lambda: False, per_second: float = PER_SECOND
    ) -> None:
        """`is_stopping` tells when nothing that takes long is waited for any more."""
        # By this PTB chooses the type of `retry_after`; without it every flood limit warns of the old one.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self.is_stopping = is_stopping
        self._all = AsyncLimiter(per_second, 1)
        self._lanes: OrderedDict[Any, _Lane] = OrderedDict()
        self._all_until = 0.0

    async def initialize(self) -> None:
        """Nothing is held open."""

    async def shutdown(self) -> None:
        """Nothing is held open."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make the request in its turn, and again after each flood limit that Telegram names."""
        chat = data.get("chat_id")
        if chat is None:
            return await self._patiently(callback, args, kwargs, None)
        lane = self._lane(chat)
        if endpoint == "sendChatAction":  # of no use later; it takes no room from messages
            if max(lane.until, self._all_until) > _now():
                return True
            return await callback(*args, **kwargs)
        async with lane.turn:
            return await self._patiently(callback, args, kwargs, lane)

    async def _patiently(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        lane: _Lane | None,
    ) -> Any:
        patience = LONGEST_WAIT_SECONDS
        while True:
            if lane:
                await self._wait(lane)
                async with lane.pace, self._all:
                    pass
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as flood:
                seconds = _seconds(flood)
                patience -= seconds
                if patience < 0:
                    raise
                _log.info("Telegram asks for a pause of %.0f s.", seconds)
                if lane:
                    lane.until = _now() + seconds
                    paused = [one.until for one in self._lanes.values() if one.until > _now()]
                    if len(paused) >= FEW_CHATS:
                        self._all_until = max(self._all_until, lane.until)
                await self._sleep(seconds, flood)

    async def _wait(self, lane: _Lane) -> None:
        while (left := max(lane.until, self._all_until) - _now()) > 0:
            await self._sleep(left, RetryAfter(timedelta(seconds=left)))

    async def _sleep(self, seconds: float, flood: RetryAfter) -> None:
        """Wait, unless the bot is stopping and this would keep it from it."""
        until = _now() + seconds
        while (left := until - _now()) > 0:
            if left > _AT_STOP_SECONDS and self.is_stopping():
                raise flood
            await asyncio.sleep(min(left, 1.0))

    def _lane(self, chat: Any) -> _Lane:
        known = self._lanes.get(chat)
        if known is None:
            group = isinstance(chat, str) or chat < 0
            known = self._lanes[chat] = _Lane(AsyncLimiter(*(GROUP if group else PRIVATE)))
            for old in list(self._lanes)[: max(0, len(self._lanes) - _MOST_CHATS)]:
                if not self._lanes[old].turn.locked():
                    del self._lanes[old]
        self._lanes.move_to_end(chat)
        return known


def _now() -> float:
    return asyncio.get_running_loop().time()


def _seconds(flood: RetryAfter) -> float:
    waited = flood.retry_after
    return waited.total_seconds() if isinstance(waited, timedelta) else float(waited)
