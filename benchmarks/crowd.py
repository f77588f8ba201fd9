"""How long a crowd waits: `python -m benchmarks.crowd [INDEX] [--write]`.

A hundred people ask one question each at the same moment, behind one who asks fifty. The true application
answers with the true model; only Telegram is stood in for.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from telegram import Update
from telegram.request import BaseRequest, RequestData

from benchmarks.inputs.datasets import QUESTIONS, REPORTS
from benchmarks.record import Rows, keep, plain
from bot.app import build_application
from bot.settings import Settings
from retrieval import Retriever, refresh
from retrieval.research import (
    read_questions,
)

PEOPLE, MANY = 100, 50
BUSY = 1


class Arrivals(BaseRequest):
    """Takes every request and notes when which chat got a message."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, float]] = []

    @property
    def read_timeout(self) -> float | None:
        """None: nothing is waited for."""
        return None

    async def initialize(self) -> None:
        """Nothing is held open."""

    async def shutdown(self) -> None:
        """Nothing is held open."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_timeouts: Any, **_more: Any
    ) -> tuple[int, bytes]:
        """One call of the Bot API."""
        return 200, self.answer(url.rpartition("/")[2], request_data.parameters if request_data else {})

    def answer(self, method: str, sent: Mapping[str, object]) -> bytes:
        """What Telegram answers to a call."""
        result: object = True
        if method == "getMe":
            result = {"id": 1, "is_bot": True, "first_name": "问报", "username": "wenbao_bot"}
        elif method == "sendMessage":
            chat = int(str(sent["chat_id"]))
            self.messages.append((chat, time.perf_counter()))
            result = {
                "message_id": len(self.messages), "date": 1, "chat": {"id": chat, "type": "private"},
                "text": "-",
            }  # fmt: skip
        return json.dumps({"ok": True, "result": result}).encode()


def question_from(person: int, text: str, number: int) -> dict[str, Any]:
    """The update of a question in a private chat."""
    chat = {"id": person, "type": "private"}
    sender = {"id": person, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


async def crowd_rows(library: Retriever, questions: list[str]) -> Rows:
    """Let them ask; tell how long they waited."""
    arrivals = Arrivals()
    application = build_application(Settings(), library, request=arrivals)
    asking = [BUSY] * MANY + list(range(BUSY + 1, BUSY + 1 + PEOPLE))
    async with application:
        await application.start()
        began = time.perf_counter()
        for number, person in enumerate(asking, start=1):
            asked = question_from(person, questions[number % len(questions)], number)
            await application.update_queue.put(Update.de_json(asked, application.bot))
        await application.update_queue.join()
        await application.stop()
    waited = sorted(at - began for chat, at in arrivals.messages if chat != BUSY)
    fifty = max(at - began for chat, at in arrivals.messages if chat == BUSY)
    return [
        ["who asks", "answered", "median, s", "last, s"],
        [f"{PEOPLE} people, a question each", str(len(waited)), f"{median(waited):.1f}", f"{waited[-1]:.1f}"],
        [
            f"one before them, {MANY} questions",
            str(sum(chat == BUSY for chat, _ in arrivals.messages)),
            "",
            f"{fifty:.1f}",
        ],
    ]


def main() -> None:
    """Bring the index in step, measure, print, and keep the table if wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd")
    parser.add_argument("index", type=Path, nargs="?", default=Path("index"), help="index of the reports")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/records")
    options = parser.parse_args()
    refresh(REPORTS, options.index)
    questions = [one.question for one in read_questions(QUESTIONS)]
    rows = asyncio.run(crowd_rows(Retriever.open(options.index), questions))
    print(plain(rows))
    if options.write:
        keep("crowd", "python -m benchmarks.crowd", rows)


if __name__ == "__main__":
    main()
