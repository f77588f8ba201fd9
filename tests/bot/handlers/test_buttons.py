from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.storage.replies import REPLY_SECONDS
from retrieval import Refusal
from retrieval.query.followup import FollowUp

Make = Callable[..., Any]
QUESTION = "华新街建成了几个养老服务中心？"
LONG = "\n".join(f"第{n}段说的是第{n}件事，" + "说得很长。" * 40 for n in range(1, 21))


@pytest.fixture
def long_report(conversation: Any, article: Make, result: Make, answer: Make) -> Any:
    """An answer out of the tenth paragraph of a long report."""
    report = article(LONG, id="long.txt")
    start = LONG.index("第10段")
    end = LONG.index("\n", start)
    conversation.library.reports = (report,)
    conversation.library.answer = answer(result(report, start, end, answer=(start, start + 12)))
    return report


def test_context_opens_the_very_place_with_what_stands_before_and_after(
    conversation: Any, update: Make, long_report: Any
):
    message = conversation.answer_to(update(QUESTION))

    screen, _ = conversation.press(message.data("上下文"))

    assert screen.method == "editMessageText"
    (quote,) = screen.quotes
    assert quote in LONG
    assert all(f"第{n}段" in quote for n in (9, 10, 11))
    assert screen.marked("bold")[-1] == LONG[LONG.index("第10段") :][:12]
    assert "段，共 20 段" in screen.text


def test_from_the_context_a_reader_comes_to_both_ends_and_back(
    conversation: Any, update: Make, long_report: Any
):
    message = conversation.answer_to(update(QUESTION))
    screen, _ = conversation.press(message.data("上下文"))
    seen = [screen]
    for label in ("◀", "后文"):
        while any(name.startswith(label) for name in screen.labels):
            screen, _ = conversation.press(screen.data(label))
            seen.append(screen)

    read = "".join(quote for page in seen for quote in page.quotes)
    assert all(f"第{n}段" in read for n in range(1, 21))
    back, _ = conversation.press(screen.data("« 返回"))
    assert back.text == message.text
    assert back.labels == message.labels


def test_more_quotes_and_back(conversation: Any, update: Make, article: Make, result: Make, answer: Make):
    reports = tuple(article(f"第{n}篇。", id=str(n)) for n in range(5))
    conversation.library.reports = reports
    conversation.library.answer = answer(*map(result, reports))
    message = conversation.answer_to(update(QUESTION))

    more, _ = conversation.press(message.data("更多引文"))
    assert more.marked("expandable_blockquote") == ["第3篇。", "第4篇。"]

    context, _ = conversation.press(more.data("上下文 2"))
    assert context.quotes == ["第4篇。"]
    more, _ = conversation.press(context.data("« 返回"))
    back, _ = conversation.press(more.data("« 返回"))
    assert back.text == message.text


def test_a_button_works_after_a_restart(conversation: Any, update: Make):
    message = conversation.answer_to(update(QUESTION))

    screen, _ = conversation.press(message.data("上下文"))  # each call is a new process' application

    assert screen.quotes


def test_a_button_of_a_report_that_moved_the_passage_opens_it_where_it_stands_now(
    conversation: Any, update: Make, long_report: Any
):
    message = conversation.answer_to(update(QUESTION))
    conversation.library.reports = (replace(long_report, text="新添的一段。\n" * 30 + LONG),)

    screen, _ = conversation.press(message.data("上下文"))

    assert screen.marked("bold")[-1] == LONG[LONG.index("第10段") :][:12]


def test_a_button_of_a_report_that_changed_its_words_says_so(
    conversation: Any, update: Make, long_report: Any
):
    message = conversation.answer_to(update(QUESTION))
    conversation.library.reports = (replace(long_report, text="更正：以前说的都不对。"),)

    screen, said = conversation.press(message.data("上下文"))

    assert screen is None
    assert "更新过" in said["text"]
    assert said["show_alert"]


def test_a_button_of_a_report_that_is_gone_says_so(conversation: Any, update: Make, long_report: Any):
    message = conversation.answer_to(update(QUESTION))
    conversation.library.reports = ()

    screen, said = conversation.press(message.data("上下文"))

    assert screen is None
    assert "撤下" in said["text"]


def test_a_page_of_a_report_that_changed_begins_anew_and_says_so(
    conversation: Any, update: Make, long_report: Any
):
    conversation.answer_to(update("/latest"))
    screen, _ = conversation.press(conversation.api.messages[-1].data("1"))
    conversation.library.reports = (replace(long_report, text="新的第一段。\n" + LONG),)

    screen, said = conversation.press(screen.data("后文"))

    assert screen.quotes[0].startswith("新的第一段。")
    assert "更新过" in said["text"]


def test_a_button_older_than_what_is_kept_says_so_kindly(conversation: Any, update: Make):
    message = conversation.answer_to(update(QUESTION))
    conversation.now += REPLY_SECONDS + 1

    screen, said = conversation.press(message.data("上下文"))

    assert screen is None
    assert "太旧" in said["text"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "zz",
        "a",
        "a:x:y:z",
        "c:1:99",
        "p:1",
        "v:1",
        "f:p",
        "s:d:x",
        "lang:xx",
        "e:a:b",
        "undo:1",
        "u:x",
        "::::",
    ],
)
def test_a_press_that_nobody_understands_is_answered(conversation: Any, update: Make, data: str):
    conversation.answer_to(update(QUESTION))

    screen, said = conversation.press(data)

    assert screen is None
    assert said["text"]


def test_a_press_on_a_message_that_telegram_shows_the_bot_no_more_still_works(
    conversation: Any, update: Make
):
    message = conversation.answer_to(update(QUESTION))
    gone = {"chat": {"id": 777000111, "type": "private"}, "message_id": message.number, "date": 0}

    screen, _ = conversation.press(message.data("上下文"), shown=gone)

    assert screen.quotes


def test_a_press_under_no_message_at_all_is_answered(conversation: Any, update: Make):
    person = update("")["message"]["from"]
    press = {"id": "1", "from": person, "chat_instance": "1", "inline_message_id": "9", "data": "s:d:0"}

    conversation.say({"update_id": 1, "callback_query": press})

    assert "太旧" in conversation.api.made("answerCallbackQuery")[-1].text


def test_a_failure_at_a_press_is_answered_and_the_next_press_works(conversation: Any, update: Make):
    message = conversation.answer_to(update(QUESTION))
    gone = {"ok": False, "description": "Bad Request: message to edit not found"}
    conversation.api.answers["editMessageText"] = [(400, gone)]

    _, said = conversation.press(message.data("上下文"))
    screen, _ = conversation.press(message.data("上下文"))

    assert "太旧" in said["text"]
    assert screen.quotes


def test_a_press_that_changes_nothing_is_no_error(conversation: Any, update: Make):
    message = conversation.answer_to(update(QUESTION))
    same = {"ok": False, "description": "Bad Request: message is not modified"}
    conversation.api.answers["editMessageText"] = [(400, same)]

    _, said = conversation.press(message.data("上下文"))

    assert "text" not in said


def test_a_vote_is_thanked_for_and_shown(conversation: Any, update: Make):
    message = conversation.answer_to(update(QUESTION))

    _, said = conversation.press(message.data("👍"))

    assert said["text"] == "谢谢，记下了。"
    assert conversation.api.made("editMessageReplyMarkup")[-1].labels[-2:] == ["👍 ✓", "👎"]
    assert conversation.storage.votes.all() == [
        (1, True, QUESTION, "华新街街道建成养老服务中心2个，惠及老人三千名。", "让老人在家门口享福")
    ]


def test_filters_question_and_vote_are_still_shown_when_a_reader_comes_back(conversation: Any, update: Make):
    conversation.say(update("/filter 江北区"))
    start = conversation.answer_to(update("/start"))
    message, _ = conversation.press(start.buttons[0]["callback_data"])
    conversation.press(message.data("👍"))

    context, _ = conversation.press(message.data("上下文"))
    back, _ = conversation.press(context.data("« 返回"))

    assert back.text == message.text
    assert "只查了：江北区" in back.text
    assert "👍 ✓" in back.labels


def test_traditional_readers_can_convert_a_quote_and_go_back(conversation: Any, update: Make):
    message = conversation.answer_to(update(QUESTION, language="zh-hant"))

    person = {"language_code": "zh-hant"}
    converted, _ = conversation.press(message.data("轉成繁體"), person=person)
    assert "養老服務中心2個" in converted.text
    assert "引文由簡體轉換" in converted.text
    printed, _ = conversation.press(converted.data("看原文"), person=person)
    assert printed.text == message.text


def test_the_nearest_headlines_of_a_refusal_open_their_place(
    conversation: Any, update: Make, long_report: Any, answer: Make
):
    conversation.library.answer = answer(*conversation.library.answer.results, reason=Refusal.NOT_SAID)
    message = conversation.answer_to(update("谁？"))

    screen, _ = conversation.press(message.data("《"))
    assert "第10段" in screen.quotes[0]
    back, _ = conversation.press(screen.data("« 返回"))
    assert back.text == message.text


def taking_over(question: str, previous: str) -> FollowUp:
    return FollowUp(f"{previous}{question}", ("华新街",))


def test_what_a_follow_up_took_over_can_be_dropped(conversation: Any, update: Make):
    conversation.library.complete = taking_over
    conversation.answer_to(update("华新街有几个？"))
    message = conversation.answer_to(update("哪一年建的？"))
    assert conversation.library.asked[-1] == "华新街有几个？哪一年建的？"
    assert "接着上一个问题：华新街" in message.text

    screen, _ = conversation.press(message.data("✕"))

    assert conversation.library.asked[-1] == "哪一年建的？"
    assert "接着上一个问题" not in screen.text
    assert screen.quotes


def test_nobody_else_drops_what_a_person_took_over(conversation: Any, update: Make):
    conversation.library.complete = taking_over
    conversation.answer_to(update("华新街有几个？"))
    message = conversation.answer_to(update("哪一年建的？"))

    screen, said = conversation.press(message.data("✕"), person={"id": 31})

    assert screen is None
    assert "别人的" in said["text"]


def test_a_question_can_be_put_without_filters(conversation: Any, update: Make, answer: Make):
    good = conversation.library.answer
    conversation.say(update("/filter 江北区"))
    conversation.library.answer = answer(reason=Refusal.FILTERED)
    message = conversation.answer_to(update(QUESTION))
    assert conversation.library.narrowed[-1] == {"place": "江北区"}
    conversation.library.answer = good

    screen, _ = conversation.press(message.data("不限范围"))

    assert conversation.library.narrowed[-2:] == [{}, {}]  # the question, and the reports to prove the quote
    assert screen.quotes


def test_an_example_question_is_put_when_pressed(conversation: Any, update: Make):
    message = conversation.answer_to(update("/start"))
    label = message.labels[0]

    screen, _ = conversation.press(message.data(label))

    assert screen.method == "sendMessage"
    assert screen.text.startswith(f"问：{label}\n")
    assert conversation.library.asked[-1] == label


def test_an_example_of_a_report_that_is_gone_says_so(conversation: Any, update: Make):
    message = conversation.answer_to(update("/start"))
    conversation.library.reports = ()

    _, said = conversation.press(message.buttons[0]["callback_data"])

    assert "/start" in said["text"]
