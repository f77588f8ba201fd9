"""`python -m benchmarks.webhooks [INDEX] [--write]`: print how processes behind one webhook share the work.

One process, then two, are started by `python -m bot` with the real model; only Telegram is simulated. It
sends each update to one of them, every third to all at once, and every fourth a second time.
"""

import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from benchmarks.crowd import Arrivals, question_from, run_benchmark
from benchmarks.record import Rows

UPDATES = 120

HEADS = ["processes", "updates", "answered", "of them twice", "by each process", "s"]
SECRET = "webhooks-benchmark"
_AT_ONCE = 8
_TIMEOUT_SECONDS = 300
_SETTLE_SECONDS = 3
_HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Telegram(Arrivals):
    """Simulates Telegram over HTTP, and counts the processes that have set their webhook."""

    def __init__(self) -> None:
        super().__init__()
        self.webhooks = 0
        (listening,) = bind_sockets(0, "127.0.0.1")
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.server = HTTPServer(
            Application([(r".*", _Call, {"telegram": self})], log_function=lambda _: None)
        )
        self.server.add_socket(listening)


class _Call(RequestHandler):
    def initialize(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def post(self) -> None:
        method = self.request.path.rpartition("/")[2]
        self._telegram.webhooks += method == "setWebhook"
        sent = {name: self.get_body_argument(name) for name in self.request.body_arguments}
        self.set_header("Content-Type", "application/json")
        self.write(self._telegram.answer(method, sent))


async def share(processes: int, index: Path, questions: list[str]) -> list[str]:
    """Let a number of processes answer the updates; return a row of the table."""
    telegram = Telegram()
    ports = [_free_port() for _ in range(processes)]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "bot.sqlite3"
        running = [await _start(telegram.url, index, state, port) for port in ports]
        try:
            await _until(lambda: telegram.webhooks == processes, running)
            began = time.perf_counter()
            await _deliver_all(ports, questions)
            await _until(lambda: len({chat for chat, _ in telegram.messages}) >= UPDATES, running)
            seconds = time.perf_counter() - began
            await asyncio.sleep(_SETTLE_SECONDS)  # for a second answer to arrive
        finally:
            for process in running:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
            await asyncio.gather(*(process.wait() for process in running))
        telegram.server.stop()
        await telegram.server.close_all_connections()
        with closing(sqlite3.connect(state)) as db:
            shares = [n for (n,) in db.execute("SELECT COUNT(*) FROM received GROUP BY place ORDER BY place")]
    answers = Counter(chat for chat, _ in telegram.messages)
    twice = sum(times > 1 for times in answers.values())
    return [
        str(processes), str(UPDATES), str(len(answers)), str(twice), " + ".join(map(str, shares)),
        f"{seconds:.1f}",
    ]  # fmt: skip


async def _start(api: str, index: Path, state: Path, port: int) -> Process:
    settings = {
        "TELEGRAM_BOT_TOKEN": "1:benchmark",
        "TELEGRAM_API_URL": api,
        "INDEX_DIR": str(index),
        "STATE_FILE": str(state),
        "WEBHOOK_URL": "https://bot.example.org",
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", env=os.environ | settings, stderr=asyncio.subprocess.DEVNULL
    )


async def _deliver_all(ports: list[int], questions: list[str]) -> None:
    """Deliver all updates, several at once, and check that each is acknowledged."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def deliver(client: httpx.AsyncClient, update: dict[str, Any], port: int) -> None:
        async with slots:
            (await client.post(f"http://127.0.0.1:{port}", json=update, headers=_HEADERS)).raise_for_status()

    async with httpx.AsyncClient(timeout=60, trust_env=False) as client, asyncio.TaskGroup() as tasks:
        for number in range(1, UPDATES + 1):
            update = question_from(number, questions[number % len(questions)], number)
            reached = ports if number % 3 == 0 else [ports[number % len(ports)]]
            for port in [*reached, *([ports[-1]] if number % 4 == 0 else [])]:
                tasks.create_task(deliver(client, update, port))


async def _until(done: Callable[[], bool], running: list[Process]) -> None:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while not done():
        if any(process.returncode is not None for process in running):
            raise SystemExit("a process ended before its time: run `python -m bot` to see why")
        if time.monotonic() > deadline:
            raise SystemExit(f"not all was answered within {_TIMEOUT_SECONDS} s")
        await asyncio.sleep(0.05)


def _free_port() -> int:
    (probe,) = bind_sockets(0, "127.0.0.1")
    with probe:
        return int(probe.getsockname()[1])


async def webhook_rows(index: Path, questions: list[str]) -> Rows:
    """The table: a row for one process, one for two."""
    return [HEADS, *[await share(count, index, questions) for count in (1, 2)]]


if __name__ == "__main__":
    run_benchmark("webhooks", webhook_rows)
