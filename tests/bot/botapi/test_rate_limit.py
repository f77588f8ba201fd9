import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.botapi.rate_limit import LONGEST_WAIT_SECONDS, PRIVATE, ChatRateLimiter

SHORT = 0.2


class Telegram:
    """Takes requests; the first of each chat named in `floods` is told to wait so many seconds."""

    def __init__(self, **floods: float) -> None:
        self.floods = {int(chat.removeprefix("c")): seconds for chat, seconds in floods.items()}
        self.took: list[tuple[int, str]] = []

    def sender(self, rate_limiter: ChatRateLimiter) -> Callable[..., Awaitable[Any]]:
        async def send(chat: int, text: str = "", endpoint: str = "sendMessage") -> Any:
            async def request() -> bool:
                if chat in self.floods:
                    raise RetryAfter(self.floods.pop(chat))
                self.took.append((chat, text))
                return True

            return await rate_limiter.process_request(request, (), {}, endpoint, {"chat_id": chat}, None)

        return send


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(work())  # type: ignore[arg-type]


def test_a_flood_limit_is_waited_out_and_the_order_of_a_chat_is_kept():
    telegram = Telegram(c1=SHORT)
    send = telegram.sender(ChatRateLimiter())

    async def work() -> None:
        await asyncio.gather(*(send(1, text) for text in "一二三"))

    run(work)

    assert telegram.took == [(1, "一"), (1, "二"), (1, "三")]


def test_what_one_chat_is_to_wait_no_other_chat_waits():
    telegram = Telegram(c1=SHORT)
    send = telegram.sender(ChatRateLimiter())

    async def work() -> None:
        await asyncio.gather(send(1), send(2), send(3))

    run(work)

    assert [chat for chat, _ in telegram.took] == [2, 3, 1]


def test_floods_in_several_chats_at_once_hold_up_all():
    telegram = Telegram(c1=SHORT, c2=SHORT, c3=SHORT)
    send = telegram.sender(ChatRateLimiter())

    async def work() -> None:
        waiting = [asyncio.ensure_future(send(chat)) for chat in (1, 2, 3)]
        await asyncio.sleep(SHORT / 4)
        await asyncio.gather(send(4), *waiting)

    run(work)

    assert len(telegram.took) == 4
    assert telegram.took[0][0] != 4


def test_typing_neither_waits_nor_is_sent_where_a_chat_is_to_wait():
    telegram = Telegram(c1=SHORT)
    send = telegram.sender(ChatRateLimiter())

    async def work() -> None:
        waiting = asyncio.ensure_future(send(1, "answer"))
        await asyncio.sleep(SHORT / 4)
        await send(1, "typing", "sendChatAction")
        assert telegram.took == []
        await waiting

    run(work)

    assert telegram.took == [(1, "answer")]


def test_a_pause_that_would_never_end_is_not_waited_for():
    send = Telegram(c1=LONGEST_WAIT_SECONDS + 1).sender(ChatRateLimiter())

    async def work() -> None:
        with pytest.raises(RetryAfter):
            await send(1)

    run(work)


def test_a_bot_that_stops_waits_for_no_long_pause():
    stopping = False
    send = Telegram(c1=600).sender(ChatRateLimiter(lambda: stopping))

    async def work() -> None:
        nonlocal stopping
        waiting = asyncio.ensure_future(send(1))
        await asyncio.sleep(0.05)
        stopping = True
        with pytest.raises(RetryAfter):
            await asyncio.wait_for(waiting, 5)

    run(work)


def test_a_chat_is_forgotten_after_two_thousand_others():
    send = Telegram().sender(ChatRateLimiter(per_second=100_000))

    async def work() -> None:
        for _ in range(int(PRIVATE[0])):
            await send(1)
        for chat in range(2, 2_100):
            await send(chat)
        before = asyncio.get_running_loop().time()
        await send(1)
        assert asyncio.get_running_loop().time() - before < 0.1

    run(work)


def test_a_chat_whose_request_waits_is_not_forgotten():
    telegram = Telegram(c1=3 * SHORT)
    send = telegram.sender(ChatRateLimiter(per_second=100_000))

    async def work() -> None:
        waiting = asyncio.ensure_future(send(1, "first"))
        await asyncio.sleep(0)
        for chat in range(2, 2_100):
            await send(chat)
        await send(1, "second")
        await waiting

    run(work)

    assert [text for chat, text in telegram.took if chat == 1] == ["first", "second"]
