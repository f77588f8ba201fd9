from collections.abc import Callable
from typing import Any

import pytest

from bot.storage.last_questions import FOLLOW_UP_SECONDS
from retrieval import FollowUp, Refusal

Make = Callable[..., Any]
BOT = {"id": 123456, "is_bot": True, "first_name": "问报", "username": "wenbao_bot"}
NEIGHBOUR = {"id": 31, "is_bot": False, "first_name": "邻", "language_code": "zh-hans"}


def taking_all(question: str, previous: str) -> FollowUp:
    return FollowUp(f"{previous}→{question}", (previous,))


@pytest.fixture
def chat(conversation: Any) -> Any:
    conversation.library.complete = taking_all
    return conversation


def reply_to(message: Any, update: Make, text: str, **more: Any) -> dict[str, Any]:
    """A reply in a group to a message of the bot's."""
    answered = {
        "message_id": message.number, "date": 1, "chat": {"id": -100200300, "type": "supergroup"}, "from": BOT
    }  # fmt: skip
    return update(text, group=True, reply_to_message=answered, **more)


def test_in_a_private_chat_a_question_goes_on_from_the_last(chat: Any, update: Make):
    chat.say(update("一"), update("二"), update("三"))

    assert chat.library.asked == ["一", "一→二", "一→二→三"]


def test_new_begins_afresh(chat: Any, update: Make):
    chat.say(update("一"), update("/new"), update("二"))

    assert chat.library.asked == ["一", "二"]


def test_after_a_while_the_last_question_is_forgotten(chat: Any, update: Make):
    chat.say(update("一"))
    chat.now += FOLLOW_UP_SECONDS + 1
    chat.say(update("二"))

    assert chat.library.asked == ["一", "二"]


def test_an_empty_question_is_not_gone_on_from(chat: Any, update: Make, answer: Make):
    good, chat.library.answer = chat.library.answer, answer(reason=Refusal.EMPTY)
    chat.say(update("？？"))
    chat.library.answer = good
    chat.say(update("二"))

    assert chat.library.asked == ["？？", "二"]


def test_in_a_group_only_a_reply_goes_on_from_the_question_it_answers(chat: Any, update: Make):
    message = chat.answer_to(update("/ask 一", group=True))
    chat.say(update("/ask 二", group=True), reply_to(message, update, "三"))

    assert chat.library.asked == ["一", "二", "一→三"]


def test_in_a_group_nobody_goes_on_from_anothers_question(chat: Any, update: Make):
    message = chat.answer_to(update("/ask 一", group=True))

    chat.say(reply_to(message, update, "二", **{"from": NEIGHBOUR}))

    assert chat.library.asked == ["一", "二"]


def test_new_in_a_group_ends_the_thread(chat: Any, update: Make):
    message = chat.answer_to(update("/ask 一", group=True))

    chat.say(update("/new@wenbao_bot", group=True), reply_to(message, update, "二"))

    assert chat.library.asked == ["一", "二"]
