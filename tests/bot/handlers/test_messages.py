import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from telegram.error import NetworkError, TimedOut

from retrieval import Refusal

Make = Callable[..., Any]
QUESTION = "华新街建成了几个养老服务中心？"


def test_a_question_in_a_private_chat_is_answered_with_a_quote(conversation: Any, update: Make):
    (message,) = conversation.say(update(QUESTION))

    assert conversation.library.asked == [QUESTION]
    assert message.marked("blockquote") == [conversation.library.answer.results[0].text]
    assert message.marked("bold") == ["华新街街道建成养老服务中心2个，惠及老人三千名。"]


def test_an_answer_is_sent_without_parse_mode_and_without_link_preview(conversation: Any, update: Make):
    (message,) = conversation.say(update(QUESTION))

    assert "parse_mode" not in message.sent
    assert message.sent["link_preview_options"] == {"is_disabled": True}


def test_an_answer_in_a_private_chat_is_no_reply(conversation: Any, update: Make):
    (message,) = conversation.say(update(QUESTION))

    assert "reply_parameters" not in message.sent


def test_typing_is_shown_before_the_answer(conversation: Any, update: Make):
    conversation.say(update(QUESTION))

    methods = [call.method for call in conversation.api.calls if call.method.startswith("send")]
    assert methods == ["sendChatAction", "sendMessage"]


def test_an_answer_comes_even_when_typing_cannot_be_shown(conversation: Any, update: Make):
    conversation.api.answers["sendChatAction"] = [(404, {"ok": False, "description": "Not Found"})]

    (message,) = conversation.say(update(QUESTION))

    assert message.marked("blockquote")


def test_ranking_never_runs_on_the_event_loop(conversation: Any, update: Make):
    conversation.say(update(QUESTION))

    assert threading.get_ident() not in conversation.library.threads


def test_start_greets_and_offers_questions_made_from_the_reports(conversation: Any, update: Make):
    (message,) = conversation.say(update("/start"))

    assert "我是问报" in message.text
    assert "华新街街道建成养老服务中心有多少个？" in message.labels


def test_help_tells_the_commands_and_the_way_to_ask_in_groups(conversation: Any, update: Make):
    (message,) = conversation.say(update("/help"))

    assert all(word in message.text for word in ("/ask", "/sources", "/ask@wenbao_bot"))


def test_people_whose_telegram_is_in_english_are_answered_in_english(conversation: Any, update: Make):
    (message,) = conversation.say(update("/start", language="en-GB"))

    assert message.text.startswith("Hello")


def test_people_whose_telegram_is_in_another_language_are_answered_in_english(
    conversation: Any, update: Make
):
    (message,) = conversation.say(update("/start", language="de"))

    assert message.text.startswith("Hello")


@pytest.mark.parametrize("language", ["zh-hant", "zh-TW", "zh-hk"])
def test_readers_of_traditional_script_are_answered_in_it(conversation: Any, update: Make, language: str):
    (message,) = conversation.say(update("/start", language=language))

    assert "我是問報" in message.text


def test_people_without_a_language_are_answered_in_chinese(conversation: Any, update: Make):
    (message,) = conversation.say(update("/start", language=None))

    assert message.text.startswith("您好")


@pytest.mark.parametrize(
    "text", [f"/ask {QUESTION}", f"/ask@wenbao_bot {QUESTION}", f"/ASK\n{QUESTION}", f"/ask{QUESTION}"]
)
def test_ask_takes_the_question_behind_it(conversation: Any, update: Make, text: str):
    (message,) = conversation.say(update(text))

    assert conversation.library.asked == [QUESTION]
    assert message.marked("blockquote")


@pytest.mark.parametrize("group", [False, True])
def test_ask_without_a_question_is_answered_with_how_to_ask(conversation: Any, update: Make, group: bool):
    (message,) = conversation.say(update("/ask", group=group))

    assert message.text.startswith("请把问题写在后面")
    assert conversation.library.asked == []


def test_an_unknown_command_is_answered_with_where_help_is(conversation: Any, update: Make):
    (message,) = conversation.say(update("/weather"))

    assert "/help" in message.text
    assert conversation.library.asked == []


def test_sources_lists_the_reports(conversation: Any, update: Make):
    (message,) = conversation.say(update("/sources"))

    assert "1. 2023年1月14日 · 重庆日报 · 《让老人在家门口享福》 · 江北区" in message.text.split("\n")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Refusal.EMPTY, "您想知道什么"),
        (Refusal.FILTERED, "没有这个地方"),
        (Refusal.UNRELATED, "没有与此有关的内容"),
        (Refusal.NOT_SAID, "没有说到"),
    ],
)
def test_a_refusal_is_said_and_quotes_nothing(
    conversation: Any, update: Make, answer: Make, reason: Refusal, words: str
):
    conversation.library.answer = answer(*conversation.library.answer.results, reason=reason)

    (message,) = conversation.say(update("谁在月亮上？"))

    assert words in message.text
    assert "entities" not in message.sent
    assert message.quotes == []


def test_a_photo_is_answered_with_one_kind_sentence(conversation: Any, update: Make):
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]

    (message,) = conversation.say(update(photo=photo, caption="这是哪里？"))

    assert message.text == "我只看得懂文字，请把问题打字发给我。"


def test_an_album_is_answered_once(conversation: Any, update: Make):
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]

    messages = conversation.say(*(update(photo=photo, media_group_id="9") for _ in range(3)))

    assert len(messages) == 1


def test_edited_messages_and_channel_posts_are_left_alone(conversation: Any, update: Make):
    channel = {"id": -100, "type": "channel", "title": "报"}

    assert not conversation.say(
        update(QUESTION, kind="edited_message"),
        update("/start", kind="edited_message"),
        update(QUESTION, kind="channel_post", chat=channel),
        update("/ask 问", kind="edited_channel_post", chat=channel),
    )


@pytest.mark.parametrize(
    "text", ["大家好", "/help", "/start", "/sources", "/weather", "问@wenbao_bot_2吧", "a@wenbao_bot"]
)
def test_in_a_group_the_bot_keeps_silent_unless_it_is_addressed(conversation: Any, update: Make, text: str):
    assert not conversation.say(update(text, group=True))
    assert not conversation.api.calls[1:]


@pytest.mark.parametrize("text", [f"/ask@other_bot {QUESTION}", "/help@other_bot"])
def test_in_a_group_commands_for_another_bot_are_left_alone(conversation: Any, update: Make, text: str):
    assert not conversation.say(update(text, group=True))


def test_in_a_group_photos_are_left_alone(conversation: Any, update: Make):
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]

    assert not conversation.say(update(photo=photo, group=True))


@pytest.mark.parametrize(
    "text",
    [
        f"/ask {QUESTION}",
        f"/ask@Wenbao_Bot {QUESTION}",
        f"@wenbao_bot {QUESTION}",
        f"@WENBAO_BOT，{QUESTION}",
        f"😀 @Wenbao_bot {QUESTION}",
        f"{QUESTION} @wenbao_bot",
    ],
)
def test_in_a_group_a_question_to_the_bot_is_answered_as_a_reply_to_it(
    conversation: Any, update: Make, text: str
):
    sent = update(text, group=True)

    (message,) = conversation.say(sent)

    assert conversation.library.asked[0].removeprefix("😀").strip() == QUESTION
    assert message.sent["reply_parameters"]["message_id"] == sent["message"]["message_id"]
    assert message.sent["reply_parameters"]["allow_sending_without_reply"] is True


def test_in_a_group_an_answer_is_brief_and_the_rest_behind_a_button(
    conversation: Any, update: Make, article: Make, result: Make, answer: Make
):
    conversation.library.reports = tuple(article(f"第{n}篇。", id=str(n)) for n in range(3))
    conversation.library.answer = answer(*map(result, conversation.library.reports))

    (message,) = conversation.say(update(f"/ask {QUESTION}", group=True))

    assert message.quotes == ["第0篇。"]
    assert "更多引文（2）" in message.labels


def test_in_a_group_a_reply_to_the_bot_is_a_question(conversation: Any, update: Make):
    bot = {"id": 123456, "is_bot": True, "first_name": "问报", "username": "wenbao_bot"}
    earlier = update("报道里没有说到这一点。", group=True, **{"from": bot})["message"]

    (message,) = conversation.say(update(QUESTION, group=True, reply_to_message=earlier))

    assert conversation.library.asked == [QUESTION]
    assert message.marked("blockquote")


def test_in_a_group_a_reply_to_somebody_else_is_left_alone(conversation: Any, update: Make):
    earlier = update("你好", group=True)["message"]

    assert not conversation.say(update(QUESTION, group=True, reply_to_message=earlier))


def test_a_mention_alone_is_answered_with_how_to_ask(conversation: Any, update: Make):
    (message,) = conversation.say(update("@wenbao_bot", group=True))

    assert message.text.startswith("请把问题写在后面")


def test_help_that_names_the_bot_is_given_in_a_group(conversation: Any, update: Make):
    (message,) = conversation.say(update("/help@wenbao_bot", group=True))

    assert "/sources" in message.text


def test_other_bots_are_not_answered(conversation: Any, update: Make):
    other = {"id": 5, "is_bot": True, "first_name": "别人", "username": "other_bot"}

    assert not conversation.say(update(f"@wenbao_bot {QUESTION}", group=True, **{"from": other}))


def test_an_administrator_who_stays_anonymous_is_answered(conversation: Any, update: Make):
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    chat = {"id": -100200300, "type": "supergroup", "title": "街坊"}

    assert conversation.say(update(f"/ask {QUESTION}", group=True, sender_chat=chat, **{"from": anonymous}))


def test_an_answer_in_a_forum_goes_to_the_topic_of_the_question(conversation: Any, update: Make):
    sent = update(f"/ask {QUESTION}", group=True, is_topic_message=True, message_thread_id=42)

    (message,) = conversation.say(sent)

    assert message.sent["message_thread_id"] == 42


def test_a_failure_is_told_in_one_sentence_and_the_next_question_is_answered(conversation: Any, update: Make):
    good, conversation.library.answer = conversation.library.answer, ValueError(QUESTION)
    first = conversation.say(update(QUESTION))
    conversation.library.answer = good
    second = conversation.say(update(QUESTION))

    assert first[0].text == "出了点问题，没能回答，请稍后再试一次。"
    assert second[-1].marked("blockquote")


def test_a_failure_is_logged_with_class_and_place_but_without_question_or_person(
    conversation: Any, update: Make, caplog: pytest.LogCaptureFixture
):
    conversation.library.answer = ValueError(f"{QUESTION} {777000111}")

    with caplog.at_level(logging.DEBUG, logger="bot"):
        conversation.say(update(QUESTION))

    assert "ValueError at ask.py:" in caplog.text
    assert "华新街" not in caplog.text
    assert "777000111" not in caplog.text


@pytest.mark.parametrize(
    "text", ["\ud83d 半个", "a\x00b", "‮‭", "？" * 4096, "👨‍👩‍👧" * 500, "@wenbao_bot" * 300]
)
def test_no_text_whatever_stops_the_next_question(conversation: Any, update: Make, text: str):
    messages = conversation.say(update(text), update(text, group=True), update(QUESTION))

    assert messages[-1].marked("blockquote")
    assert conversation.library.asked[-1] == QUESTION


def test_the_library_is_never_asked_what_cannot_be_encoded(conversation: Any, update: Make):
    conversation.say(update("半个\ud83d"))

    conversation.library.asked[0].encode()


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("gone")])
def test_a_message_that_could_not_be_sent_does_not_stop_the_next(
    conversation: Any, update: Make, error: Exception
):
    conversation.api.answers["sendMessage"] = [error, error]

    messages = conversation.say(update(QUESTION), update(QUESTION))

    assert messages[-1].marked("blockquote")


def test_what_timed_out_is_not_sent_again_or_apologised_for(conversation: Any, update: Make):
    conversation.api.answers["sendMessage"] = [TimedOut()]

    assert len(conversation.say(update(QUESTION))) == 1


def test_a_person_who_blocked_the_bot_gets_no_apology(conversation: Any, update: Make):
    blocked = {"ok": False, "description": "Forbidden: bot was blocked by the user"}
    conversation.api.answers["sendMessage"] = [(403, blocked)]

    assert len(conversation.say(update(QUESTION))) == 1


def test_a_flood_limit_is_waited_out_and_the_answer_arrives(conversation: Any, update: Make):
    flood = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 1}}
    conversation.api.answers["sendMessage"] = [(429, flood)]

    messages = conversation.say(update(QUESTION))

    assert len(messages) == 2
    assert messages[1].marked("blockquote")


def test_questions_of_one_chat_are_answered_in_their_order(conversation: Any, update: Make, answer: Make):
    conversation.library.delays = {"慢": 0.3}
    conversation.library.answer = answer(reason=Refusal.UNRELATED)

    messages = conversation.at_once(
        update("慢"), update("/help"), ended=lambda: len(conversation.api.messages) == 2
    )

    assert [message.text[:2] for message in messages] == ["报道", "直接"]


def test_a_slow_question_in_one_chat_does_not_hold_up_another(conversation: Any, update: Make):
    conversation.library.delays = {"慢": 0.3}
    neighbour = {
        "chat": {"id": 31, "type": "private"},
        "from": {"id": 31, "is_bot": False, "first_name": "邻"},
    }

    messages = conversation.at_once(
        update("慢"), update("/help", **neighbour), ended=lambda: len(conversation.api.messages) == 2
    )

    assert [message.sent["chat_id"] for message in messages] == [31, 777000111]
