"""`python -m benchmarks.chat_pictures FOLDER`: draw chats with the bot as PNG files.

The application answers over the transport of the terminal. An installed Chromium draws the messages with the
formatting of their entities; the environment variable CHROMIUM names another browser than `chromium`.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from bot.app import build_application
from bot.botapi.utf16 import code_points
from bot.settings import Settings
from bot.terminal.chat import TerminalRequest, typed_update
from retrieval import Retriever, refresh

SCENES: dict[str, tuple[int, tuple[str, ...]]] = {
    "chat": (1085, ("/start", "華新街建成了幾個養老服務中心？", "怎样做红烧肉？")),
    "context": (1410, ("南川第一个社区法律诊所是怎么来的？", ">上下文", "/follow 养老 江北区")),
}
"""The height of each picture in pixels, and the inputs of the person: messages, and buttons after `>`."""

BUTTON_PREFIX = ">"
"""The mark before the label of a button that the person presses."""

WIDTH = 760
"""The width of a picture in pixels."""

HTML_TAGS = {"blockquote": "blockquote", "expandable_blockquote": "blockquote", "bold": "b", "italic": "em"}
"""The HTML element that draws each type of message entity."""

STYLE = """
body { margin: 0; padding: 18px; background: #cddfe8; font: 16px/1.5 "Noto Sans CJK SC", sans-serif; }
.bubble { max-width: 610px; margin: 0 0 4px; padding: 9px 13px; border-radius: 14px; background: #fff;
  width: fit-content; white-space: pre-wrap; overflow-wrap: anywhere; box-shadow: 0 1px 1px #0002; }
.person { margin-left: auto; margin-bottom: 12px; background: #e3fdd2; }
.press { margin: 0 0 12px auto; width: fit-content; color: #5b7685; font-size: 14px; }
.row { display: flex; gap: 4px; max-width: 636px; margin-bottom: 4px; }
.row span { flex: 1; padding: 6px; border-radius: 8px; background: #7d9cadaa; color: #fff; text-align: center;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.rows { margin-bottom: 12px; }
blockquote { margin: 2px 0; padding: 5px 10px; border-left: 4px solid #3a8fc9; border-radius: 5px;
  background: #3a8fc914; }
em { font-style: normal; color: #5b7685; }
"""


class Chat:
    """The bubbles of a chat, in order, as HTML."""

    def __init__(self) -> None:
        self.bubbles: list[str] = []

    def asked(self, text: str) -> None:
        """Add a message of the person."""
        self.bubbles.append(f'<div class="bubble person">{escape(text)}</div>')

    def note(self, text: str) -> None:
        """Add the note about a pressed button."""
        self.bubbles.append(f'<div class="press">{escape(text)}</div>')

    def show(
        self, text: str, entities: Sequence[dict[str, Any]], rows: Sequence[Sequence[dict[str, Any]]] = ()
    ) -> None:
        """Add a message of the bot, with its buttons."""
        opening: dict[int, str] = {}
        closing: dict[int, str] = {}
        for entity in entities:  # an outer entity stands before the inner ones
            start, end = code_points(text, entity["offset"], entity["length"])
            tag = HTML_TAGS[entity["type"]]
            opening[start] = opening.get(start, "") + f"<{tag}>"
            closing[end] = f"</{tag}>" + closing.get(end, "")
        marked = [closing.get(i, "") + opening.get(i, "") + escape(char) for i, char in enumerate(text)]
        html = "".join(marked) + closing.get(len(text), "")
        html = html.replace("</blockquote>\n", "</blockquote>")  # a block element breaks the line
        self.bubbles.append(f'<div class="bubble">{html}</div>')
        drawn = "".join(
            "<div class=row>" + "".join(f"<span>{escape(b['text'])}</span>" for b in row) + "</div>"
            for row in rows
        )
        self.bubbles.append(f"<div class=rows>{drawn}</div>")


async def converse(retriever: Retriever, chat: Chat, inputs: Sequence[str]) -> None:
    """Send the messages and button presses of a person to the application, one after the other."""
    request = TerminalRequest(chat)
    application = build_application(Settings(), retriever, request=request)
    async with application:
        for number, words in enumerate(inputs, start=1):
            label = words.removeprefix(BUTTON_PREFIX)
            if label == words:
                chat.asked(words)
                await application.process_update(typed_update(words, number, application.bot))
            else:
                chat.note(f"[ {label} ]")
                position = [button["text"] for button in request.buttons].index(label)
                await application.process_update(request.press(position + 1, number, application.bot))


def main(folder: Path) -> None:
    """Draw each scene into a PNG file of the folder."""
    with tempfile.TemporaryDirectory() as scratch:
        refresh(Path("corpus/reports"), Path(scratch) / "index")
        retriever = Retriever.open(Path(scratch) / "index")
        for name, (height, inputs) in SCENES.items():
            chat = Chat()
            asyncio.run(converse(retriever, chat, inputs))
            page = Path(scratch) / f"{name}.html"
            page.write_text(
                f'<meta charset="utf-8"><style>{STYLE}</style>{"".join(chat.bubbles)}', encoding="utf-8"
            )
            draw(page, folder / f"{name}.png", height)


def draw(page: Path, out: Path, height: int) -> None:
    """Take a screenshot of a page with the browser."""
    browser = os.environ.get("CHROMIUM", "chromium")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-background-networking",
    ]
    shot = [f"--screenshot={out.resolve()}", f"--window-size={WIDTH},{height}", page.as_uri()]
    subprocess.run([browser, *flags, f"--user-data-dir={page.parent}/profile", *shot], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
