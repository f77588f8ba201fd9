import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.callback_data import key, question_in_link, question_link, report_in_link, report_link
from retrieval import Refusal

Make = Callable[..., Any]
QUESTION = "华新街建成了几个养老服务中心？"


def test_a_query_offers_quotes_with_their_source(conversation: Any):
    offered = conversation.query(QUESTION)

    (one,) = offered["results"]
    assert one["title"] == "华新街街道建成养老服务中心2个，惠及老人三千名。"
    assert one["description"] == "《让老人在家门口享福》 · 重庆日报 · 2023年1月14日 · 民生"
    content = one["input_message_content"]
    assert conversation.library.answer.results[0].text in content["message_text"]
    assert {entity["type"] for entity in content["entities"]} == {"blockquote", "bold"}


def test_the_link_under_a_quote_opens_its_place(conversation: Any, update: Make):
    (one,) = conversation.query(QUESTION)["results"]
    url = one["reply_markup"]["inline_keyboard"][0][0]["url"]
    payload = re.fullmatch(r"https://t\.me/wenbao_bot\?start=(.+)", url)[1]

    message = conversation.answer_to(update(f"/start {payload}"))

    assert message.quotes == [conversation.library.answer.results[0].text]


def test_the_button_above_the_offers_puts_the_question_in_the_chat(conversation: Any, update: Make):
    payload = conversation.query("华新街有几个养老中心？")["button"]["start_parameter"]

    message = conversation.answer_to(update(f"/start {payload}"))

    assert message.text.startswith("问：华新街有几个养老中心？\n")
    assert message.quotes


def test_without_an_answer_nothing_is_offered_and_that_is_said(conversation: Any, answer: Make):
    conversation.library.answer = answer(*conversation.library.answer.results, reason=Refusal.NOT_SAID)

    offered = conversation.query("谁？")

    assert offered["results"] == []
    assert "没有说到" in offered["button"]["text"]


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\x00"])
def test_an_empty_query_says_how_to_ask(conversation: Any, text: str):
    offered = conversation.query(text)

    assert offered["results"] == []
    assert offered["button"]["text"] == "输入问题，挑一段报道原话发出去"
    assert conversation.library.asked == []


def test_a_query_that_nobody_waits_for_any_more_is_no_error(
    conversation: Any, caplog: pytest.LogCaptureFixture
):
    late = {"ok": False, "description": "Bad Request: query is too old and response timeout expired"}
    conversation.api.answers["answerInlineQuery"] = [(400, late)]

    conversation.query(QUESTION)

    assert caplog.text == ""


def test_what_was_sent_inline_to_the_bot_itself_is_no_question(conversation: Any, update: Make):
    own = {"id": 123456, "is_bot": True, "first_name": "问报", "username": "wenbao_bot"}

    assert not conversation.say(update("江北区民政局介绍了情况。", via_bot=own))


def test_a_link_to_a_report_that_is_gone_says_so(conversation: Any, update: Make):
    assert "撤下" in conversation.answer_to(update(f"/start {report_link('gone.txt')}")).text


@pytest.mark.parametrize(
    "payload", ["x", "q-", "q-!!!", "a-short", "a-yQ78UULImdU-p99999999", "q-_w", "qq-_w", "ref_5"]
)
def test_a_link_that_means_nothing_greets_or_says_so(conversation: Any, update: Make, payload: str):
    assert conversation.answer_to(update(f"/start {payload}")).text


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_a_question_that_fits_into_a_link_comes_out_of_it_as_it_was(question: str):
    payload = question_link(question)

    if payload is not None:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
        assert question_in_link(payload) == question
        assert report_in_link(payload) is None


@given(st.text(st.characters(exclude_categories=())), st.none() | st.integers(0, 10**9))
def test_a_report_comes_out_of_its_link(report: str, place: int | None):
    payload = report_link(report, place)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
    assert report_in_link(payload) == (key(report), place)
    assert question_in_link(payload) is None


@given(st.text(st.characters(exclude_categories=()), max_size=64))
def test_any_payload_can_be_read(payload: str):
    question_in_link(payload)
    report_in_link(payload)
