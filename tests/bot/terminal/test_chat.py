import asyncio
import io
from collections.abc import Callable
from typing import Any

from bot.app import build_application
from bot.settings import Settings
from bot.terminal.chat import TerminalRequest, converse, typed_update
from bot.terminal.screen import Screen
from retrieval import Refusal

Make = Callable[..., Any]


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def chat(library: Any, lines: str) -> str:
    out = io.StringIO()
    assert converse(Settings(), library, lines=io.StringIO(lines), out=out) == 0
    return out.getvalue()


def test_a_quote_has_a_bar_and_its_answering_sentence_is_marked(conversation: Any):
    assert chat(conversation.library, "几个？\n") == (
        "│ 江北区民政局介绍了情况。**华新街街道建成养老服务中心2个，惠及老人三千名。**其余的仍在建设。\n"
        "《让老人在家门口享福》 · 重庆日报 · 2023年1月14日 · 民生\n"
    )


def test_replies_are_separated_by_a_blank_line_and_blank_questions_passed_over(
    conversation: Any, answer: Make
):
    conversation.library.answer = answer(reason=Refusal.UNRELATED)

    assert chat(conversation.library, "\ufeff一\n\n   \n二\n") == (
        "报道里没有与此有关的内容。\n\n报道里没有与此有关的内容。\n"
    )
    assert conversation.library.asked == ["一", "二"]


def test_commands_work_as_in_telegram(conversation: Any):
    assert chat(conversation.library, "/sources\n").startswith("共 1 篇报道")


def test_quit_ends_the_chat(conversation: Any):
    chat(conversation.library, "/quit\n还有吗？\n")

    assert conversation.library.asked == []


def test_a_failure_is_told_and_the_next_question_is_answered(conversation: Any):
    conversation.library.answer = ValueError("x")

    assert chat(conversation.library, "一\n二\n").count("出了点问题") == 2


def test_offsets_behind_pairs_and_bold_over_several_lines_are_shown_right():
    out = io.StringIO()
    text = "😀一\n二三\n\n四"

    Screen(out).show(
        text,
        [{"type": "blockquote", "offset": 0, "length": 9}, {"type": "bold", "offset": 2, "length": 3}],
    )

    assert out.getvalue() == "│ 😀**一**\n│ **二**三\n│ \n│ 四\n"


def test_on_a_terminal_bold_is_bold_and_the_bar_stands_before_every_wrapped_line():
    out = Tty()

    Screen(out).show(
        "很长的一段话" * 30,
        [{"type": "blockquote", "offset": 0, "length": 180}, {"type": "bold", "offset": 0, "length": 6}],
    )

    lines = out.getvalue().strip("\n").split("\n")
    assert len(lines) > 1
    assert all("│ " in line for line in lines)
    assert "\x1b[1m很长的一段话\x1b[0m" in lines[0]
    assert "**" not in out.getvalue()


ROWS = [
    [{"text": "《一篇》", "callback_data": "a"}],
    [{"text": "👍", "callback_data": "b"}, {"text": "👎", "callback_data": "c"}],
    [{"text": "网页", "url": "https://a.cn/1"}],
]


def test_buttons_are_numbered_on_a_terminal_and_addresses_written_out():
    out = Tty()

    Screen(out).show("答", [], ROWS)

    assert out.getvalue().split("\n")[2:5] == ["[1] 《一篇》", "[2] 👍   [3] 👎", "网页 https://a.cn/1"]


def test_of_the_buttons_a_pipe_gets_only_headlines_and_questions():
    out = io.StringIO()

    Screen(out).show("答", [], ROWS)

    assert out.getvalue() == "答\n《一篇》\n"


def test_a_number_presses_the_button_of_the_last_message(conversation: Any):
    out = io.StringIO()
    request = TerminalRequest(Screen(out))
    application = build_application(Settings(), conversation.library, request=request)

    async def run() -> None:
        async with application:
            await application.process_update(typed_update("几个？", 1, application.bot))
            for choice in (1, 99):
                pressed = request.press(choice, 2, application.bot)
                if pressed:
                    await application.process_update(pressed)

    asyncio.run(run())

    assert out.getvalue().split("\n\n")[1].startswith("**《让老人在家门口享福》 · 重庆日报")
