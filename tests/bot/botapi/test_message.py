"""What is sent, read by TDLib's own parser of entities, which is the one that Telegram uses."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Message

from bot.i18n.wording import LANGUAGES

tdjson = pytest.importorskip("tdjson")

Make = Callable[..., Any]
KINDS = {
    "textEntityTypeBlockQuote": "blockquote",
    "textEntityTypeExpandableBlockQuote": "expandable_blockquote",
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
}
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("<b>&lt;/b>*_`[](tg://)|~\u200b\u202e\u0301\x00\n \u3000😀𠮷👨‍👩‍👧。！？《》\ud83d"),
    ),
    max_size=200,
)


def parsed(html: str) -> dict[str, Any]:
    request = {
        "@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}
    }  # fmt: skip
    return dict(json.loads(tdjson.td_execute(json.dumps(request).encode())))


def as_telegram_reads(text: str, entities: list[dict[str, Any]]) -> tuple[str, set[tuple[str, int, int]]]:
    """Text and entities of a message that is written as HTML and read back by TDLib."""
    message = Message.de_json(
        {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 1, "type": "private"},
            "text": text,
            "entities": entities,
        },
        None,
    )
    read = parsed(message.text_html)
    assert read["@type"] == "formattedText", read
    found = {
        (KINDS[e["type"]["@type"]], e["offset"], e["length"])
        for e in read["entities"]
        if e["type"]["@type"] in KINDS
    }
    return read["text"], found


def same(call: Any) -> None:
    text, found = as_telegram_reads(call.text, call.entities)
    assert text == call.text
    assert found == {(e["type"], e["offset"], e["length"]) for e in call.entities}


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_screen_of_a_conversation_is_read_by_telegram_as_it_was_meant(
    conversation: Any, update: Make, article: Make, result: Make, answer: Make, language: str
):
    reports = tuple(
        article(f"第{n}篇😀。答案是{n}。\n后面还有。", id=str(n), url="https://a.cn/1") for n in range(9)
    )
    conversation.library.reports = reports
    conversation.library.answer = answer(*(result(one, answer=(5, 10)) for one in reports))
    person = {"language_code": language}
    for command in (
        "/start",
        "/help",
        "/sources",
        "/latest",
        "/filter 江北",
        "/privacy",
        "/lang",
        "/follow 养老",
        "问",
    ):
        conversation.say(update(command, language=language))
    asked = conversation.api.messages[-1]
    for button in asked.buttons:
        if "callback_data" in button:
            conversation.press(button["callback_data"], asked, person=person)

    screens = conversation.api.screens
    assert len(screens) > 12
    for call in screens:
        same(call)


@settings(max_examples=60)
@given(text=TEXTS, title=TEXTS, question=TEXTS, data=st.data())
def test_telegram_takes_whatever_articles_and_questions_hold(
    text: str, title: str, question: str, data: st.DataObject, new_conversation: Make, update: Make,
    article: Make, result: Make, answer: Make
):  # fmt: skip
    report = article(text, title=title, publisher=title, place=title, id=title)
    places = st.integers(0, len(text))
    span = (data.draw(places), data.draw(places))
    chat = new_conversation(answer(result(report, answer=span, section=title)), (report,))
    language = data.draw(st.sampled_from(LANGUAGES))

    behind = (f"{command} {question}" for command in ("/ask", "/follow", "/filter", "/lang", "/start"))
    for said in (question, *behind, "/sources", "/latest", "/start", "/privacy"):
        chat.say(update(said, language=language))
    chat.query(question)
    for message in list(chat.api.messages):
        for button in message.buttons:
            if "callback_data" in button:
                chat.press(button["callback_data"], message, person={"language_code": language})

    assert chat.refused == []
    for call in chat.api.screens:
        if call.entities:
            same(call)
