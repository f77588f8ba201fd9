"""Chat in the terminal, which takes the role of Telegram for the same application."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from telegram import Update

from bot.app import build_application
from bot.botapi.local_request import LocalRequest
from bot.settings import Settings
from bot.terminal.screen import Screen

if TYPE_CHECKING:
    from retrieval import Retriever

_PROMPT = "问："
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?(?!\w)")  # as Telegram finds them
_BOT = {
    "id": 1,
    "is_bot": True,
    "first_name": "问报",
    "username": "wenbao_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
_PERSON = {"id": 2, "is_bot": False, "first_name": "读者", "language_code": "zh-hans"}
_CHAT = {"id": 2, "type": "private", "first_name": "读者"}


class Display(Protocol):
    """Where messages are shown."""

    def show(
        self, text: str, entities: Sequence[dict[str, Any]], rows: Sequence[Sequence[dict[str, Any]]] = ()
    ) -> None:
        """Show one message as its entities say, whose offsets are UTF-16 units, and its rows of buttons."""

    def note(self, text: str) -> None:
        """Show a line that is no message."""


class TerminalRequest(LocalRequest):
    """Answers the bot's requests as Telegram would, and shows on a display what it sends."""

    def __init__(self, screen: Display) -> None:
        self._screen = screen
        self._numbers = count(1)
        self._shown: dict[str, Any] = {}
        self.buttons: list[dict[str, Any]] = []

    def answer(self, method: str, sent: Mapping[str, Any]) -> bytes:
        """Answer one call of the Bot API with its payload."""
        result: object = True
        match method:
            case "getMe":
                result = _BOT
            case "getUpdates":
                result = []
            case "sendMessage":
                result = self._message(sent, next(self._numbers))
            case "editMessageText":
                result = self._message(sent, int(str(sent["message_id"])))
            case "editMessageReplyMarkup":
                result = self._shown
            case "answerCallbackQuery":
                if sent.get("text"):
                    self._screen.note(str(sent["text"]))
        return json.dumps({"ok": True, "result": result}).encode()

    def _message(self, sent: Mapping[str, Any], number: int) -> dict[str, Any]:
        text, entities = str(sent["text"]), sent.get("entities") or []
        markup = sent.get("reply_markup") or {}
        rows = markup.get("inline_keyboard", [])
        self.buttons = [button for row in rows for button in row if "callback_data" in button]
        self._screen.show(text, entities, rows)
        self._shown = {
            "message_id": number,
            "date": int(time.time()),
            "chat": _CHAT,
            "from": _BOT,
            "text": text,
            "entities": entities,
        } | ({"reply_markup": markup} if rows else {})
        return self._shown

    def press(self, choice: int, number: int, bot: Any) -> Update | None:
        """Return the update that Telegram would deliver for pressing button `choice`, from 1."""
        if not 1 <= choice <= len(self.buttons):
            return None
        query = {
            "id": str(number),
            "from": _PERSON,
            "chat_instance": "1",
            "message": self._shown,
            "data": self.buttons[choice - 1]["callback_data"],
        }
        return Update.de_json({"update_id": number, "callback_query": query}, bot)


def converse(
    settings: Settings,
    library: "Retriever",
    *,
    lines: TextIO,
    out: TextIO,
    generation: Callable[[], int | None] = lambda: None,
) -> int:
    """Answer the questions in `lines`, one a line, on `out`, until the input ends or /quit; exit status 0.

    On a terminal there are a greeting and a prompt, and the number of a button presses it; otherwise
    nothing is written but the replies, with a blank line between two.
    """
    screen = Screen(out)
    interactive = lines.isatty() and out.isatty()
    request = TerminalRequest(screen)
    application = build_application(settings, library, request=request, generation=generation)
    # Nothing happens on the loop while a line is awaited, so it is read between two runs of the loop:
    # a thread that reads could not be interrupted with Ctrl-C.
    with asyncio.Runner() as runner:
        runner.run(application.initialize())
        try:
            if interactive:
                runner.run(application.process_update(typed_update("/start", 0, application.bot)))
                screen.note("（/quit 退出）")
            typed = _typed() if interactive else lines
            for number, line in enumerate(typed, start=1):
                question = line.lstrip("\ufeff").strip()
                if question == "/quit" or screen.closed:
                    break
                pressed = None
                if interactive and question.isascii() and question.isdigit() and len(question) < 3:
                    pressed = request.press(int(question), number, application.bot)
                if question:
                    update = pressed or typed_update(question, number, application.bot)
                    runner.run(application.process_update(update))
        except KeyboardInterrupt:
            pass
        finally:
            if interactive:
                screen.note("再见。")
            runner.run(application.shutdown())
    return 0


def _typed() -> Iterator[str]:
    with suppress(ImportError):
        import_module("readline")  # gives `input` its line editing and history
    while True:
        try:
            yield input(f"\n{_PROMPT}")
        except EOFError:
            return


def typed_update(text: str, number: int, bot: Any) -> Update:
    """Return the update that Telegram would deliver for a typed text."""
    command = _COMMAND.match(text)
    entities = [{"type": "bot_command", "offset": 0, "length": command.end()}] if command else []
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": _CHAT,
        "from": _PERSON,
        "text": text,
        "entities": entities,
    }
    return Update.de_json({"update_id": number, "message": message}, bot)
