"""Draw a chat from what the bot truly sends: `python -m benchmarks.picture OUT.png`.

The application answers over the terminal's transport; each message is drawn as its entities say, by a
Chromium that is installed (CHROMIUM names another than `chromium`).
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

from bot.application import build_application
from bot.settings import Settings
from bot.terminal import TerminalRequest, typed_update
from bot.utf16 import code_points
from retrieval import Retriever
from retrieval.refresh import refresh

QUESTIONS = ("華新街建成了幾個養老服務中心？", "南川第一个社区法律诊所是怎么来的？", "怎样做红烧肉？")
WIDTH, HEIGHT = 760, 780
TAGS = {"blockquote": "blockquote", "bold": "b", "bot_command": "i"}
STYLE = """
body { margin: 0; padding: 18px; background: #cddfe8; font: 16px/1.5 "Noto Sans CJK SC", sans-serif; }
.bubble { max-width: 610px; margin: 0 0 12px; padding: 9px 13px; border-radius: 14px; background: #fff;
  width: fit-content; white-space: pre-wrap; overflow-wrap: anywhere; box-shadow: 0 1px 1px #0002; }
.person { margin-left: auto; background: #e3fdd2; }
blockquote { margin: 2px 0; padding: 5px 10px; border-left: 4px solid #3a8fc9; border-radius: 5px;
  background: #3a8fc914; }
"""


class Chat:
    """The bubbles of a chat, in order, as HTML."""

    def __init__(self) -> None:
        self.bubbles: list[str] = []

    def asked(self, text: str) -> None:
        """A message of the person's."""
        self.bubbles.append(f'<div class="bubble person">{escape(text)}</div>')

    def show(self, text: str, entities: Sequence[dict[str, Any]]) -> None:
        """A message of the bot's."""
        opening: dict[int, str] = {}
        closing: dict[int, str] = {}
        for entity in entities:  # an outer entity stands before the inner ones
            start, end = code_points(text, entity["offset"], entity["length"])
            tag = TAGS[entity["type"]]
            opening[start] = opening.get(start, "") + f"<{tag}>"
            closing[end] = f"</{tag}>" + closing.get(end, "")
        marked = [closing.get(i, "") + opening.get(i, "") + escape(char) for i, char in enumerate(text)]
        html = "".join(marked) + closing.get(len(text), "")
        html = html.replace("</blockquote>\n", "</blockquote>")  # which ends its line itself
        self.bubbles.append(f'<div class="bubble">{html}</div>')


async def talk(library: Retriever, chat: Chat) -> None:
    """Put the questions to the application, one after the other."""
    application = build_application(Settings(), library, request=TerminalRequest(chat))
    async with application:
        for number, question in enumerate(QUESTIONS):
            chat.asked(question)
            await application.process_update(typed_update(question, number, application.bot))


def main(out: Path) -> None:
    """Draw the chat into a PNG file."""
    with tempfile.TemporaryDirectory() as scratch:
        refresh(Path("corpus/reports"), Path(scratch) / "index")
        chat = Chat()
        asyncio.run(talk(Retriever.open(Path(scratch) / "index"), chat))
        page = Path(scratch) / "chat.html"
        page.write_text(
            f'<meta charset="utf-8"><style>{STYLE}</style>{"".join(chat.bubbles)}', encoding="utf-8"
        )
        browser = os.environ.get("CHROMIUM", "chromium")
        quiet = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking",
        ]
        shot = [f"--screenshot={out.resolve()}", f"--window-size={WIDTH},{HEIGHT}", page.as_uri()]
        subprocess.run([browser, *quiet, f"--user-data-dir={scratch}/profile", *shot], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
