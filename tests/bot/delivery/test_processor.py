"""Many people at once."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from bot.delivery.processor import PerUserProcessor

Make = Callable[..., Any]


def person(number: int) -> dict[str, Any]:
    return {
        "chat": {"id": number, "type": "private"},
        "from": {"id": number, "is_bot": False, "first_name": "人", "language_code": "zh-hans"},
    }


def test_a_hundred_people_at_once_are_all_answered_once(conversation: Any, update: Make):
    asked = [update(f"{n}号的问题", **person(n)) for n in range(1, 101)]

    messages = conversation.at_once(*asked, ended=lambda: len(conversation.api.messages) >= 100)

    assert sorted(message.sent["chat_id"] for message in messages) == list(range(1, 101))


def test_one_persons_many_questions_hold_up_nobody(conversation: Any, update: Make):
    conversation.library.delays = {f"第{n}问": 0.02 for n in range(12)}
    many = [update(f"第{n}问", **person(1)) for n in range(12)]
    others = [update("一问", **person(n)) for n in range(2, 12)]

    conversation.at_once(
        *many, *others,
        ended=lambda: {m.sent["chat_id"] for m in conversation.api.messages} >= set(range(1, 12)),
    )  # fmt: skip

    first_others = [m.sent["chat_id"] for m in conversation.api.messages][:20]
    assert set(range(2, 12)) <= set(first_others)


def test_a_poisonous_question_stops_no_other(conversation: Any, update: Make):
    conversation.library.answers = {"毒": MemoryError()}
    asked = [update(text, **person(n)) for n, text in enumerate(("毒", "问", "毒", "问"), start=1)]

    conversation.at_once(*asked, ended=lambda: len(conversation.api.messages) == 4)

    answered = {m.sent["chat_id"]: bool(m.quotes) for m in conversation.api.messages}
    assert answered == {1: False, 2: True, 3: False, 4: True}


def test_a_press_does_not_wait_behind_the_same_persons_question(update: Make):
    """A question waits until the press behind it is done: were they in one line, neither would ever end."""
    from telegram import Update

    pressed = asyncio.Event()
    turns = PerUserProcessor(10)
    question = Update.de_json(update("问"), None)
    query = {"id": "1", "from": update("")["message"]["from"], "chat_instance": "1", "data": "x"}
    press = Update.de_json({"update_id": 2, "callback_query": query}, None)

    async def press_it() -> None:
        pressed.set()

    async def run() -> None:
        await asyncio.wait_for(
            asyncio.gather(
                turns.process_update(question, pressed.wait()), turns.process_update(press, press_it())
            ),
            5,
        )

    asyncio.run(run())

    assert pressed.is_set()


def test_a_message_waits_until_another_process_is_done_with_the_same_persons_earlier_one(update: Make):
    from telegram import Update

    elsewhere = [True, True, False]
    order = []

    async def handle() -> None:
        order.append("handled")

    def must_wait(_number: int) -> bool:
        order.append("looked")
        return elsewhere.pop(0)

    turns = PerUserProcessor(10, must_wait=must_wait)
    asyncio.run(turns.process_update(Update.de_json(update("问"), None), handle()))

    assert order == ["looked"] * 3 + ["handled"]


def test_asking_runs_in_several_threads_but_never_on_the_loop(conversation: Any, update: Make):
    asked = [update(f"{n}号的问题", **person(n)) for n in range(1, 30)]

    conversation.at_once(*asked, ended=lambda: len(conversation.api.messages) >= 29)

    assert threading.get_ident() not in conversation.library.threads
