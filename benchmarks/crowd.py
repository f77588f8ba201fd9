"""`python -m benchmarks.crowd [INDEX] [--write]`: print how long people wait who ask at the same time.

Many people ask one question each, after one person who asks many. The real application answers with the real
model; only Telegram is simulated.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from telegram import Update

from benchmarks.inputs.datasets import QUESTIONS, REPORTS
from benchmarks.record import Rows, keep, plain
from bot.app import build_application
from bot.botapi.local_request import LocalRequest
from bot.settings import Settings
from retrieval import Retriever, refresh
from retrieval.research import (
    read_questions,
)

PEOPLE, MANY = 100, 50
"""The number of people with one question each, and of questions of the person before them."""

BUSY = 1
"""The chat of the person with many questions."""


class Arrivals(LocalRequest):
    """Simulates Telegram and records the chat and time of every message."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, float]] = []

    def answer(self, method: str, sent: Mapping[str, object]) -> bytes:
        """Return what Telegram answers to a call."""
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
    """Make the update of a question in a private chat."""
    chat = {"id": person, "type": "private"}
    sender = {"id": person, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


async def crowd_rows(retriever: Retriever, questions: list[str]) -> Rows:
    """Let the people ask; return the table of how long they waited."""
    arrivals = Arrivals()
    application = build_application(Settings(), retriever, request=arrivals)
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
    """Measure, print the table, and write it with `--write`."""
    run_benchmark("crowd", lambda index, questions: crowd_rows(Retriever.open(index), questions))


def run_benchmark(name: str, measure: Callable[[Path, list[str]], Coroutine[Any, Any, Rows]]) -> None:
    """Refresh an index, measure with the development questions, and print the table.

    Args:
        name: the name of the benchmark and of its record.
        measure: measures an index with questions and returns the rows of the table.
    """
    command = f"python -m benchmarks.{name}"
    parser = argparse.ArgumentParser(prog=command)
    parser.add_argument("index", type=Path, nargs="?", default=Path("index"), help="index of the reports")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/records")
    options = parser.parse_args()
    refresh(REPORTS, options.index)
    rows = asyncio.run(measure(options.index, [one.question for one in read_questions(QUESTIONS)]))
    print(plain(rows))
    if options.write:
        keep(name, command, rows)


if __name__ == "__main__":
    main()
