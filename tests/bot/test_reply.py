from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.reply import OutgoingMessage, reply
from bot.utf16 import sound, units
from bot.wording import CHINESE, ENGLISH
from corpus import Article
from retrieval import Answer, Refusal, Result

Make = Callable[..., Any]

# Characters that have broken bots before: pairs, lone surrogates, right-to-left, zero width, NUL.
NASTY = st.one_of(
    st.characters(exclude_categories=()),
    st.sampled_from("\ud83d\ude00\u200b\u202e\u2066\u0301\x00\x1b\r\n\t \u3000😀👨‍👩‍👧。！？《》*_`[]()~<>&"),
)
TEXTS = st.one_of(
    st.text(NASTY, max_size=300),
    st.builds(
        lambda text, times: (text * times)[:20_000],
        st.text(NASTY, min_size=1, max_size=40),
        st.integers(1, 9_000),
    ),
)


def piece(message: OutgoingMessage, kind: str, number: int = 0) -> str:
    entity = [e for e in message.entities if e.type == kind][number]
    encoded = message.text.encode("utf-16-le")
    return encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def only(messages: tuple[OutgoingMessage, ...]) -> OutgoingMessage:
    (message,) = messages
    return message


def test_the_passage_is_quoted_exactly_with_the_answering_sentence_in_bold(canned: Answer):
    message = only(reply(canned, CHINESE))

    assert piece(message, "blockquote") == canned.results[0].text
    assert piece(message, "bold") == "华新街街道建成养老服务中心2个，惠及老人三千名。"


def test_the_source_stands_on_the_line_below_the_quote(canned: Answer):
    message = only(reply(canned, CHINESE))

    assert message.text.split("\n")[-1] == "《让老人在家门口享福》 · 重庆日报 · 2023年1月14日 · 民生"


def test_what_a_report_does_not_tell_is_left_out_of_the_source(article: Make, result: Make, answer: Make):
    bare = article(publisher=None, date=None)

    message = only(reply(answer(result(bare)), CHINESE))

    assert message.text.endswith("\n《让老人在家门口享福》")


def test_dates_are_written_as_the_language_does(canned: Answer):
    assert "2023-01-14" in only(reply(canned, ENGLISH)).text


def test_at_most_three_passages_are_quoted_in_their_order(article: Make, result: Make, answer: Make):
    found = [result(article(f"第{n}篇。", id=str(n))) for n in range(5)]

    message = only(reply(answer(*found), CHINESE))

    assert [piece(message, "blockquote", n) for n in range(3)] == ["第0篇。", "第1篇。", "第2篇。"]
    assert len([e for e in message.entities if e.type == "blockquote"]) == 3


def test_offsets_count_utf_16_units(article: Make, result: Make, answer: Make):
    report = article("😀😀前言。𠮷野家开业。尾声。", title="😀")

    message = only(reply(answer(result(report), result(report, answer=(5, 11))), CHINESE))

    assert piece(message, "bold", 1) == "𠮷野家开业。"


def test_markup_in_a_report_stays_the_text_it_is(article: Make, result: Make, answer: Make):
    text = "<b>加粗</b> *星* _线_ [链](tg://user?id=1) `码` &amp;"

    message = only(reply(answer(result(article(text))), CHINESE))

    assert piece(message, "blockquote") == text


def test_white_space_around_a_passage_stays_outside_the_quote(article: Make, result: Make, answer: Make):
    message = only(reply(answer(result(article("\u3000\n 正文。 \n"))), CHINESE))

    assert piece(message, "blockquote") == piece(message, "bold") == "正文。"


def test_a_passage_too_long_is_shortened_to_whole_sentences_with_marks_outside_the_quote(
    article: Make, result: Make, answer: Make
):
    text = "铺垫的句子。" * 800 + "答案在此。" + "收尾的句子。" * 800
    at = text.index("答案")

    message = only(reply(answer(result(article(text), answer=(at, at + 5))), CHINESE))

    quote = piece(message, "blockquote")
    assert message.text.startswith("……\n铺垫的句子。")
    assert f"{quote}\n……\n《" in message.text
    assert quote in text
    assert quote.endswith("。")
    assert len(quote) > 3500
    assert piece(message, "bold") == "答案在此。"


def test_long_passages_share_the_room_and_short_ones_leave_theirs(article: Make, result: Make, answer: Make):
    long, short = article("很长的一句话。" * 1000, id="long"), article("很短的一句话。", id="short")

    message = only(
        reply(answer(result(long, answer=(0, 7)), result(short), result(long, answer=(0, 7))), CHINESE)
    )

    assert piece(message, "blockquote", 1) == "很短的一句话。"
    assert all(len(piece(message, "blockquote", n)) > 1300 for n in (0, 2))


def test_a_title_of_absurd_length_is_shortened(article: Make, result: Make, answer: Make):
    message = only(reply(answer(result(article(title="标题" * 3000))), CHINESE))

    assert units(message.text) < 400
    assert "标题标…》" in message.text


def test_a_title_over_several_lines_is_written_on_one(article: Make, result: Make, answer: Make):
    message = only(reply(answer(result(article(title=" 上\n  下\t尾 "))), CHINESE))

    assert "《上 下 尾》" in message.text


def test_each_refusal_has_its_own_words(answer: Make):
    said = {reason: only(reply(answer(reason=reason), CHINESE)).text for reason in Refusal}

    assert said[Refusal.UNRELATED] == "报道里没有与此有关的内容。"
    assert said[Refusal.NOT_SAID].startswith("报道里没有说到")
    assert "没有这个地方或者这段时间的报道" in said[Refusal.FILTERED]
    assert "比如" in said[Refusal.EMPTY]


def test_what_is_not_said_comes_with_near_headlines_each_once_and_marked_as_no_answer(
    article: Make, result: Make, answer: Make
):
    found = [result(article(id=i, title=f"标题{i}", date=date(2022, 3, 21))) for i in "aabcd"]

    message = only(reply(answer(*found, reason=Refusal.NOT_SAID), CHINESE))

    assert message.text.split("\n")[2:] == [
        "相近的报道（里面没有答案）：",
        *(f"《标题{i}》 · 重庆日报 · 2022年3月21日" for i in "abc"),
    ]
    assert message.entities == ()


def test_nothing_near_is_offered_when_the_reports_are_unrelated(article: Make, result: Make, answer: Make):
    message = only(reply(answer(result(article()), reason=Refusal.UNRELATED), CHINESE))

    assert "《" not in message.text


def test_an_answer_without_anything_to_quote_is_given_as_not_said(article: Make, result: Make, answer: Make):
    message = only(reply(answer(result(article(" \x00\n"))), CHINESE))

    assert message.text.startswith("报道里没有说到")


@st.composite
def answers(draw: st.DrawFn, article: Make, result: Make, answer: Make) -> Answer:
    found: list[Result] = []
    for number in range(draw(st.integers(0, 4))):
        report: Article = article(
            draw(TEXTS),
            id=str(number),
            title=draw(TEXTS),
            publisher=draw(st.none() | TEXTS),
            date=draw(st.none() | st.dates()),
        )
        places = st.integers(0, len(report.text))
        start, end = sorted((draw(places), draw(places)))
        # Spans that no retrieval should give are drawn too.
        span = (draw(places), draw(places))
        found.append(result(report, start, end, span, section=draw(st.none() | TEXTS)))
    return answer(*found, reason=draw(st.none() | st.sampled_from(Refusal)))  # type: ignore[no-any-return]


@given(data=st.data())
def test_telegram_takes_every_reply_as_it_is_sent(
    data: st.DataObject, article: Make, result: Make, answer: Make, why_refused: Make
):
    drawn = data.draw(answers(article, result, answer))

    for message in reply(drawn, data.draw(st.sampled_from([CHINESE, ENGLISH]))):
        assert why_refused(message.text, [entity.to_dict() for entity in message.entities]) is None


@given(data=st.data())
def test_every_quote_is_one_run_of_its_passage(
    data: st.DataObject, article: Make, result: Make, answer: Make
):
    drawn = data.draw(answers(article, result, answer))
    message = only(reply(drawn, CHINESE))

    quoted = [r for r in drawn.results[:3] if sound(r.text).strip()]
    quotes = [e for e in message.entities if e.type == "blockquote"]
    assert len(quotes) == (len(quoted) if drawn.answered else 0)
    for number, found in enumerate(quoted if quotes else []):
        assert piece(message, "blockquote", number) in sound(found.text)
