from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.message import OutgoingMessage
from bot.botapi.utf16 import is_visible, sound, units
from bot.content.quotes import VerifiedQuote, quotes_of
from bot.i18n.wording import LANGUAGES, wording
from bot.storage.replies import Reply
from bot.views.answer import Script, View, reply_message
from corpus import Article
from retrieval import Answer, Refusal, Result

Make = Callable[..., Any]
CHINESE, ENGLISH, TRADITIONAL = wording("zh-Hans"), wording("en"), wording("zh-Hant")

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


def message_of(
    answer: Answer, words: Any = CHINESE, taken: tuple[str, ...] = (), **more: Any
) -> OutgoingMessage:
    """What is sent for an answer whose quotes the reports say word for word."""
    quotes = quotes_of(answer)
    reply = Reply(
        7, 1, 2, "问", "问", taken, answer.answered, answer.reason, answer.missing,
        tuple(quote.record() for quote in quotes), more.pop("filters", {}), False,
    )  # fmt: skip
    verified = [
        VerifiedQuote(n, q, r.article) for n, (q, r) in enumerate(zip(quotes, answer.results, strict=True))
    ]
    return reply_message(reply, verified, words, **more)


def pieces(message: OutgoingMessage, *kinds: str) -> list[str]:
    encoded = message.text.encode("utf-16-le")
    return [
        encoded[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le")
        for e in message.entities
        if e.type in kinds
    ]


def quoted(message: OutgoingMessage) -> list[str]:
    return pieces(message, "blockquote", "expandable_blockquote")


def labels(message: OutgoingMessage) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def test_the_passage_is_quoted_exactly_with_the_answering_sentence_in_bold(canned: Answer):
    message = message_of(canned)

    assert pieces(message, "blockquote") == [canned.results[0].text]
    assert pieces(message, "bold") == ["华新街街道建成养老服务中心2个，惠及老人三千名。"]


def test_the_source_stands_on_the_line_below_the_quote(canned: Answer):
    assert (
        message_of(canned).text.split("\n")[-1] == "《让老人在家门口享福》 · 重庆日报 · 2023年1月14日 · 民生"
    )


def test_what_a_report_does_not_tell_is_left_out_of_the_source(article: Make, result: Make, answer: Make):
    bare = article(publisher=None, date=None)

    assert message_of(answer(result(bare))).text.endswith("\n《让老人在家门口享福》")


def test_dates_are_written_as_the_language_does(canned: Answer):
    assert "2023-01-14" in message_of(canned, ENGLISH).text


def test_the_best_quote_stands_open_and_up_to_two_more_can_be_unfolded(
    article: Make, result: Make, answer: Make
):
    message = message_of(answer(*(result(article(f"第{n}篇。", id=str(n))) for n in range(5))))

    assert pieces(message, "blockquote") == ["第0篇。"]
    assert pieces(message, "expandable_blockquote") == ["第1篇。", "第2篇。"]


def test_what_is_left_is_behind_a_button_and_shown_folded_with_a_way_back(
    article: Make, result: Make, answer: Make
):
    given_ = answer(*(result(article(f"第{n}篇。", id=str(n))) for n in range(5)))

    assert "更多引文（2）" in labels(message_of(given_))
    more = message_of(given_, view=View.MORE)
    assert pieces(more, "expandable_blockquote") == ["第3篇。", "第4篇。"]
    assert labels(more) == ["上下文 1", "上下文 2", "« 返回"]


def test_offsets_count_utf_16_units(article: Make, result: Make, answer: Make):
    report = article("😀😀前言。𠮷野家开业。尾声。", title="😀")

    message = message_of(answer(result(report), result(report, answer=(5, 11))))

    assert pieces(message, "bold")[1] == "𠮷野家开业。"


def test_markup_in_a_report_stays_the_text_it_is(article: Make, result: Make, answer: Make):
    text = "<b>加粗</b> *星* _线_ [链](tg://user?id=1) `码` &amp;"

    assert quoted(message_of(answer(result(article(text))))) == [text]


def test_white_space_around_a_passage_stays_outside_the_quote(article: Make, result: Make, answer: Make):
    message = message_of(answer(result(article("\u3000\n 正文。 \n"))))

    assert quoted(message) == pieces(message, "bold") == ["正文。"]


def test_a_mark_of_direction_turns_nothing_round(article: Make, result: Make, answer: Make):
    message = message_of(answer(result(article("一\u202e二三。", title="\u2067题"))))

    assert not any(mark in message.text for mark in "\u202e\u2067")
    assert quoted(message) == ["一\u2060二三。"]


def test_a_passage_too_long_is_shortened_to_whole_sentences_with_marks_outside_the_quote(
    article: Make, result: Make, answer: Make
):
    text = "铺垫的句子。" * 800 + "答案在此。" + "收尾的句子。" * 800
    at = text.index("答案")

    message = message_of(answer(result(article(text), answer=(at, at + 5))))

    (quote,) = quoted(message)
    assert message.text.startswith("……\n铺垫的句子。")
    assert f"{quote}\n……\n《" in message.text
    assert quote in text
    assert quote.endswith("。")
    assert len(quote) > 3500
    assert pieces(message, "bold") == ["答案在此。"]


def test_long_passages_share_the_room_and_short_ones_leave_theirs(article: Make, result: Make, answer: Make):
    long, short = article("很长的一句话。" * 1000, id="long"), article("很短的一句话。", id="short")

    found = quoted(
        message_of(answer(result(long, answer=(0, 7)), result(short), result(long, answer=(0, 7))))
    )

    assert found[1] == "很短的一句话。"
    assert all(len(found[n]) > 1300 for n in (0, 2))


def test_a_title_of_absurd_length_is_shortened(article: Make, result: Make, answer: Make):
    message = message_of(answer(result(article(title="标题" * 3000))))

    assert units(message.text) < 400
    assert "标题标…》" in message.text


def test_a_title_over_several_lines_is_written_on_one(article: Make, result: Make, answer: Make):
    assert "《上 下 尾》" in message_of(answer(result(article(title=" 上\n  下\t尾 ")))).text


def test_a_title_that_shows_nothing_is_said_to_be_missing(article: Make, result: Make, answer: Make):
    assert "《无标题》" in message_of(answer(result(article(title="\u200b\u3164")))).text


def test_each_refusal_has_its_own_words(answer: Make):
    said = {reason: message_of(answer(reason=reason)).text for reason in Refusal}

    assert said[Refusal.UNRELATED] == "报道里没有与此有关的内容。"
    assert said[Refusal.NOT_SAID].startswith("报道里没有说到")
    assert "没有这个地方" in said[Refusal.FILTERED]
    assert "比如" in said[Refusal.EMPTY]


def test_a_name_that_no_report_mentions_is_named(answer: Make):
    refused = Answer("问", False, Refusal.NOT_SAID, (), 1.0, "彭水县")

    assert message_of(refused).text == "报道里没有提到“彭水县”。"


def test_the_nearest_headlines_are_buttons_each_once_and_marked_as_no_answer(
    article: Make, result: Make, answer: Make
):
    found = [result(article(id=i, title=f"标题{i}", date=date(2022, 3, 21))) for i in "aabcd"]

    message = message_of(answer(*found, reason=Refusal.NOT_SAID))

    assert message.text.split("\n")[-1] == "相近的报道（里面没有答案）："
    assert labels(message) == ["《标题a》", "《标题b》", "《标题c》"]
    assert message.entities == ()


def test_where_nothing_is_related_other_reports_are_offered_as_such(
    article: Make, result: Make, answer: Make
):
    message = message_of(answer(result(article()), reason=Refusal.UNRELATED))

    assert message.text == "报道里没有与此有关的内容。\n\n想看看别的报道？"
    assert labels(message) == ["《让老人在家门口享福》"]


def test_an_answer_without_anything_to_quote_is_given_as_not_said(article: Make, result: Make, answer: Make):
    assert message_of(answer(result(article(" \x00\n")))).text.startswith("报道里没有说到")


def test_what_a_follow_up_took_over_is_said_and_can_be_dropped(canned: Answer):
    message = message_of(canned, taken=("华新街",))

    assert message.text.startswith("接着上一个问题：华新街\n")
    assert "✕ 不接上一个问题" in labels(message)


def test_filters_that_held_are_said_below(canned: Answer):
    assert message_of(canned, filters={"place": "江北区"}).text.endswith("\n\n只查了：江北区（/filter 更改）")


def test_the_web_page_of_a_report_is_a_button_where_it_is_known(article: Make, result: Make, answer: Make):
    message = message_of(answer(result(article(url="https://example.org/1"))))

    assert [b.url for row in message.buttons for b in row if b.url] == ["https://example.org/1"]


def test_an_address_that_is_none_gives_no_button(article: Make, result: Make, answer: Make):
    for url in ("javascript:alert(1)", "https://例子.中国/", "https://a b", "tg://user?id=1"):
        assert not [b for row in message_of(answer(result(article(url=url)))).buttons for b in row if b.url]


def test_only_readers_of_traditional_script_are_offered_conversion(canned: Answer):
    assert "轉成繁體" in labels(message_of(canned, TRADITIONAL))
    assert "转成繁体" not in labels(message_of(canned))


def test_converted_quotes_are_marked_as_such_and_keep_their_bold_sentence(canned: Answer):
    message = message_of(canned, TRADITIONAL, script=Script.TRADITIONAL)

    assert pieces(message, "bold") == ["華新街街道建成養老服務中心2個，惠及老人三千名。"]
    assert "（引文由簡體轉換，原文是簡體）" in message.text
    assert "看原文" in labels(message)
    assert "《让老人在家门口享福》" in message.text


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
            url=draw(st.none() | TEXTS),
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
    message = message_of(
        data.draw(answers(article, result, answer)),
        wording(data.draw(st.sampled_from(LANGUAGES))),
        taken=tuple(data.draw(st.lists(TEXTS, max_size=2))),
        view=data.draw(st.sampled_from(View)),
        script=data.draw(st.sampled_from(Script)),
    )

    markup = message.markup.to_dict() if message.markup else None
    assert why_refused(message.text, [entity.to_dict() for entity in message.entities], markup) is None


@given(data=st.data())
def test_every_quote_is_one_run_of_its_passage(
    data: st.DataObject, article: Make, result: Make, answer: Make
):
    drawn = data.draw(answers(article, result, answer))

    shown = [one for one in drawn.quotes if is_visible(sound(one.text))][:3]
    found = quoted(message_of(drawn))
    assert len(found) == len(shown)
    for quote, one in zip(found, shown, strict=False):
        assert quote in sound(one.text)
