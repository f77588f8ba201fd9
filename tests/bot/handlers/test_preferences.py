from collections.abc import Callable
from datetime import date
from typing import Any

Make = Callable[..., Any]
QUESTION = "华新街建成了几个养老服务中心？"


def test_a_language_that_is_chosen_holds_from_then_on(conversation: Any, update: Make):
    conversation.say(update("/lang English"))

    assert conversation.answer_to(update("/help")).text.startswith("Send me a question")


def test_the_language_can_be_chosen_by_button(conversation: Any, update: Make):
    message = conversation.answer_to(update("/lang"))
    assert message.labels == ["简体中文", "繁體中文", "English"]

    screen, _ = conversation.press(message.data("繁體"))

    assert screen.text.startswith("好的，以後說繁體中文")
    assert conversation.answer_to(update("/help")).text.startswith("直接把問題")


def test_the_menu_of_a_persons_chat_follows_their_language(conversation: Any, update: Make):
    conversation.say(update("/lang en"))

    menu = conversation.api.made("setMyCommands")[-1].sent
    assert menu["scope"]["chat_id"] == 777000111
    assert {"command": "help", "description": "How to ask"} in menu["commands"]


def test_a_language_that_there_is_not_is_answered_with_those_there_are(conversation: Any, update: Make):
    assert "zh-Hant" in conversation.answer_to(update("/lang Klingon")).text


def test_filters_narrow_questions_and_the_latest(conversation: Any, update: Make):
    conversation.say(update("/filter 江北 2023 重庆日报"))
    conversation.say(update(QUESTION), update("/latest"))

    wanted = {
        "place": "江北", "since": date(2023, 1, 1), "until": date(2023, 12, 31), "publisher": "重庆日报"
    }  # fmt: skip
    assert [one for one in conversation.library.narrowed if one] == [wanted, wanted]
    assert "只查了：江北、2023年、重庆日报" in conversation.api.messages[-2].text


def test_filters_are_each_persons_own(conversation: Any, update: Make):
    other = {"id": 31, "is_bot": False, "first_name": "邻"}
    conversation.say(update("/filter 江北区"), update(QUESTION, **{"from": other}))

    assert {} in conversation.library.narrowed
    assert {"place": "江北区"} not in conversation.library.narrowed


def test_filters_can_be_set_and_lifted_by_button(conversation: Any, update: Make):
    message = conversation.answer_to(update("/filter"))
    assert message.labels == ["江北区", "2023", "重庆日报"]

    screen, _ = conversation.press(message.data("2023"))
    assert "2023 ✓" in screen.labels
    screen, _ = conversation.press(screen.data("江北区"))
    assert screen.text.startswith("现在只查：江北区、2023年\n")
    screen, _ = conversation.press(screen.data("2023 ✓"))
    assert screen.text.startswith("现在只查：江北区\n")
    screen, _ = conversation.press(screen.data("✕"))
    assert screen.text.startswith("现在查全部报道。")


def test_what_is_no_filter_is_named_and_changes_nothing(conversation: Any, update: Make):
    conversation.say(update("/filter 江北区"))

    assert "没看懂“月亮”" in conversation.answer_to(update("/filter 月亮")).text
    assert conversation.storage.users.filters(777000111) == {"place": "江北区"}


def test_privacy_lists_what_is_kept_and_forget_deletes_it(conversation: Any, update: Make):
    conversation.say(update("/lang en"), update("/filter 江北区"), update(QUESTION), update("/follow 养老"))
    conversation.press(conversation.api.messages[-2].data("👍"), conversation.api.messages[-2])

    told = conversation.answer_to(update("/privacy")).text
    for line in ("you chose: English", "filters: 江北区", "from: 1,", "need: 1,", "👍👎: 1", "follow: 1"):
        assert line in told
    conversation.say(update("/forget"))

    assert not any(conversation.storage.count_of_user(777000111).values())
    assert "选的语言：–" in conversation.answer_to(update("/privacy")).text


def test_privacy_says_whether_questions_are_kept(conversation: Any, update: Make):
    conversation.keep_questions = False

    assert "也不留" in conversation.answer_to(update("/privacy")).text
