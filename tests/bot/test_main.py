"""The process as it is run, over HTTP to a stand-in for Telegram, or over a pipe."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

Make = Callable[..., Any]
ROOT = Path(__file__).parents[2]
QUESTION = "华新街建成了几个养老服务中心？"
FIRST_ANSWER_SECONDS = 120  # the first start unpacks the model and builds the index
END_SECONDS = 30
SETTLE_SECONDS = 3  # longer than the bot lets pass between two looks
SECRET = "webhook-SECRET_0123456789"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@contextmanager
def bot(folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A running process, in a folder without an `.env` file, killed at the end if it still runs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TELEGRAM_", "BOT_", "EMBEDDING_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=kept
        | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "CORPUS_DIR": str(ROOT / "corpus" / "reports")}
        | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        watchdog = threading.Timer(FIRST_ANSWER_SECONDS + END_SECONDS, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            if process.poll() is None:
                process.kill()


@pytest.mark.real
def test_a_question_over_http_is_answered_with_a_quote_and_the_log_tells_nobody(
    server: Any, update: Make, index: Path, tmp_path: Path
):
    server.api.deliver(update(QUESTION))

    with bot(
        tmp_path, TELEGRAM_BOT_TOKEN=server.token, TELEGRAM_API_URL=server.url + "/", INDEX_DIR=str(index)
    ) as process:
        answered = server.api.wait_for(
            lambda: server.api.messages or process.poll() is not None, FIRST_ANSWER_SECONDS
        )
        process.send_signal(signal.SIGTERM)
        written = "".join(process.communicate(timeout=END_SECONDS))

    assert answered, written
    assert server.api.messages, written
    message = server.api.messages[0]
    assert "养老服务中心2个" in message.text
    assert any("养老服务中心2个" in quote for quote in message.marked("blockquote"))
    assert any("养老服务中心2个" in bold for bold in message.marked("bold"))
    assert process.returncode == 0, written
    assert "Serving as @wenbao_bot." in written
    for secret in (server.token, server.token.partition(":")[2], QUESTION, str(server.user_id)):
        assert secret not in written


@pytest.mark.real
def test_a_visit_over_http_is_remembered_after_the_process_was_killed(
    server: Any, update: Make, press: Make, tmp_path: Path
):
    reports = tmp_path / "reports"
    shutil.copytree(ROOT / "corpus" / "reports", reports)
    api = server.api
    settings = {
        "TELEGRAM_BOT_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "BOT_ADMINS": str(server.user_id),
        "CORPUS_DIR": str(reports),
        "INDEX_DIR": str(tmp_path / "index"),
    }
    api.files["F"] = "丁香镇花海迎客\n\n丁香镇紫云英花海今年种了730亩,游客纷纷前来。".encode()
    document = {"file_id": "F", "file_unique_id": "F", "file_name": "花海.txt", "file_size": 100}

    def until(met: Callable[[], Any], process: subprocess.Popen[str]) -> None:
        assert api.wait_for(lambda: met() or process.poll() is not None, FIRST_ANSWER_SECONDS)
        assert met(), process.communicate(timeout=END_SECONDS)

    with bot(tmp_path, **settings) as process:
        asked = update(QUESTION)
        api.deliver(asked)
        until(lambda: api.messages, process)
        answer = api.messages[0]
        api.deliver(update("/follow 花海"))
        until(lambda: len(api.messages) == 2, process)
        process.kill()

    with bot(tmp_path, **settings) as process:
        api.deliver(asked, press(answer, answer.data("上下文")))  # the first of them comes again
        until(lambda: api.made("editMessageText"), process)
        api.deliver(update(None, document=document))
        until(lambda: any("新报道说到了您关注的“花海”" in m.text for m in api.messages), process)
        until(lambda: any(call.labels[-1:] == ["撤销，删掉这篇"] for call in api.screens), process)
        api.deliver(update("/stats"))
        until(lambda: "个问题" in api.messages[-1].text, process)
        process.send_signal(signal.SIGTERM)
        written = "".join(process.communicate(timeout=END_SECONDS))

    assert process.returncode == 0, written
    (context,) = [call for call in api.made("editMessageText") if call.sent["message_id"] == answer.number]
    assert "养老服务中心2个" in context.marked("bold")[-1]
    assert [call.quotes for call in api.messages].count(answer.quotes) == 1, "answered once"
    assert len(api.made("answerCallbackQuery")) == 1
    for secret in (server.token, QUESTION, str(server.user_id), "花海"):
        assert secret not in written


@pytest.mark.real
def test_questions_over_a_pipe_are_answered_and_nothing_else_is_written(index: Path, tmp_path: Path):
    with bot(tmp_path, "--terminal", INDEX_DIR=str(index)) as process:
        out, _ = process.communicate(f"{QUESTION}\n\n/quit\n", timeout=FIRST_ANSWER_SECONDS)

    assert process.returncode == 0
    assert out.startswith("│ ")
    assert "养老服务中心2个" in out
    assert "\x1b" not in out


@pytest.mark.real
def test_a_token_that_telegram_refuses_ends_the_process_with_one_message(
    server: Any, index: Path, tmp_path: Path
):
    token = "123456:wrong-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

    with bot(
        tmp_path, TELEGRAM_BOT_TOKEN=token, TELEGRAM_API_URL=server.url, INDEX_DIR=str(index)
    ) as process:
        _, log = process.communicate(timeout=FIRST_ANSWER_SECONDS)

    assert process.returncode == 2, log
    assert "does not accept the token" in log.splitlines()[-1]
    assert "wrong-" not in log
    assert "Traceback" not in log


@pytest.mark.real
def test_a_token_withdrawn_while_serving_ends_the_process_with_one_message(
    server: Any, index: Path, tmp_path: Path
):
    server.api.answers["getUpdates"] = [
        (200, {"ok": True, "result": []}),
        *[(401, {"ok": False, "description": "Unauthorized"})] * 3,
    ]

    with bot(
        tmp_path, TELEGRAM_BOT_TOKEN=server.token, TELEGRAM_API_URL=server.url, INDEX_DIR=str(index)
    ) as process:
        _, log = process.communicate(timeout=FIRST_ANSWER_SECONDS)

    assert process.returncode == 2, log
    assert "does not accept the token" in log.splitlines()[-1]
    assert "Traceback" not in log


def test_without_a_token_the_process_says_what_to_do_and_ends(tmp_path: Path):
    with bot(tmp_path) as process:
        out, log = process.communicate(timeout=END_SECONDS)

    assert process.returncode == 2
    assert out == ""
    assert log.count("\n") == 1
    assert "@BotFather" in log


@pytest.mark.real
def test_a_report_dropped_in_while_serving_is_quoted_without_a_restart(
    server: Any, update: Make, index: Path, tmp_path: Path
):
    reports = tmp_path / "reports"
    shutil.copytree(ROOT / "corpus" / "reports", reports)
    settings = {
        "TELEGRAM_BOT_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "CORPUS_DIR": str(reports),
        "INDEX_DIR": str(index),
    }
    question = "丁香镇紫云英花海种了多少亩？"

    with bot(tmp_path, **settings) as process:
        server.api.deliver(update(QUESTION))
        assert server.api.wait_for(lambda: server.api.messages, FIRST_ANSWER_SECONDS)
        (reports / "new.txt").write_text(
            "丁香镇花海迎客\n\n丁香镇紫云英花海今年种了730亩,游客纷纷前来。", encoding="utf-8"
        )
        deadline = time.monotonic() + FIRST_ANSWER_SECONDS
        while not any("730亩" in message.text for message in server.api.messages):
            assert time.monotonic() < deadline
            asked = len(server.api.messages)
            server.api.deliver(update(question))
            server.api.wait_for(lambda asked=asked: len(server.api.messages) > asked, END_SECONDS)
        process.send_signal(signal.SIGTERM)
        written = "".join(process.communicate(timeout=END_SECONDS))

    assert "1 added" in written
    assert process.returncode == 0


class Crew:
    """Two processes behind one webhook, and Telegram that brings them updates."""

    def __init__(self, server: Any, folder: Path, reports: Path, index: Path) -> None:
        self.api = server.api
        self.state = folder / "bot.sqlite3"
        self.settings = {
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "CORPUS_DIR": str(reports),
            "INDEX_DIR": str(index),
            "STATE_FILE": str(self.state),
            "WEBHOOK_URL": "https://bot.example.org/wenbao",
            "WEBHOOK_SECRET": SECRET,
        }
        self.ports = [free_port(), free_port()]

    def setting(self, number: int) -> dict[str, str]:
        return self.settings | {"WEBHOOK_LISTEN": f"127.0.0.1:{self.ports[number]}"}

    def bring(self, update: dict[str, Any], *numbers: int, secret: str = SECRET) -> list[int]:
        """Deliver one update to one process or to several at once; returns what they answer."""

        def deliver(number: int) -> int:
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            url = f"http://127.0.0.1:{self.ports[number]}/wenbao"
            return httpx.post(url, json=update, headers=headers, timeout=30, trust_env=False).status_code

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(deliver, numbers))

    def told(self, person: int) -> list[str]:
        return [message.text for message in self.api.messages if message.sent["chat_id"] == person]

    def until(self, met: Callable[[], Any], *processes: subprocess.Popen[str]) -> None:
        ended = lambda: any(process.poll() is not None for process in processes)  # noqa: E731
        assert self.api.wait_for(lambda: met() or ended(), FIRST_ANSWER_SECONDS)
        assert met(), [process.communicate() for process in processes if process.poll() is not None]

    def handled(self) -> Counter[int]:
        """How many updates each process handled, by its place."""
        with closing(sqlite3.connect(self.state)) as db:
            rows = db.execute("SELECT place, COUNT(*) FROM received GROUP BY place")
            return Counter(dict(rows.fetchall()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def from_person(number: int) -> dict[str, Any]:
    return {
        "chat": {"id": number, "type": "private"},
        "from": {"id": number, "is_bot": False, "first_name": "人", "language_code": "zh-hans"},
    }


@pytest.fixture
def crew(server: Any, tmp_path: Path) -> Crew:
    reports = tmp_path / "reports"
    shutil.copytree(ROOT / "corpus" / "reports", reports)
    return Crew(server, tmp_path, reports, tmp_path / "index")  # which the first to come makes


@pytest.mark.real
def test_two_processes_behind_one_webhook_answer_each_update_once(crew: Crew, update: Make, tmp_path: Path):
    api, people = crew.api, range(1, 41)
    routes = [(0,), (1,), (0, 1)]

    with bot(tmp_path, **crew.setting(0)) as one, bot(tmp_path, **crew.setting(1)) as other:
        crew.until(lambda: len(api.made("setWebhook")) == 2, one, other)
        assert crew.bring(update(QUESTION, **from_person(99)), 0, 1, secret="wrong") == [403, 403]
        asked = [(update(QUESTION, **from_person(n)), routes[n % 3]) for n in people]
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda each: crew.bring(each[0], *each[1]), asked))
        crew.until(lambda: len(api.messages) >= 40, one, other)
        follow_up = [update(text, **from_person(50)) for text in (QUESTION, "那江北区呢？")]
        for number, each in enumerate(follow_up):
            crew.bring(each, number)
        crew.bring(update("/follow 花海", **from_person(51)), 0)
        crew.until(lambda: len(api.messages) >= 43, one, other)
        (tmp_path / "reports" / "new.txt").write_text(
            "丁香镇花海迎客\n\n丁香镇紫云英花海今年种了730亩,游客纷纷前来。", encoding="utf-8"
        )
        crew.until(lambda: len(api.messages) >= 44, one, other)
        for each, _ in asked[:10]:  # brought again, to the other one
            crew.bring(each, 1, 0)
        time.sleep(SETTLE_SECONDS)
        handled = crew.handled()
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
        written = "".join(
            text for process in (one, other) for text in process.communicate(timeout=END_SECONDS)
        )

    assert {status for statuses in taken for status in statuses} == {200}
    answered = Counter(message.sent["chat_id"] for message in api.messages)
    assert answered == Counter(people) + Counter({50: 2, 51: 2}), written
    assert min(handled[1], handled[2]) >= 13, "both took part"
    assert handled.total() == 43
    assert "接着上一个问题" in crew.told(50)[1], "though another process answered the last question"
    assert "新报道说到了您关注的“花海”" in crew.told(51)[1]
    for call in api.made("setWebhook"):
        assert call.sent["url"] == "https://bot.example.org/wenbao"
        assert call.sent["secret_token"] == SECRET
        assert "callback_query" in call.sent["allowed_updates"]
    assert not api.made("deleteWebhook"), "the webhook is the others' too"
    assert [one.returncode, other.returncode] == [0, 0], written
    for secret in (SECRET, crew.settings["TELEGRAM_BOT_TOKEN"], QUESTION, "花海"):
        assert secret not in written


@pytest.mark.real
def test_what_a_killed_process_had_taken_the_other_one_answers(crew: Crew, update: Make, tmp_path: Path):
    people = range(1, 21)
    flood = {"ok": False, "error_code": 429, "description": "-", "parameters": {"retry_after": 60}}
    crew.api.answers["sendMessage"] = [(429, flood)] * 3  # upon so many a process waits with all it has

    with bot(tmp_path, **crew.setting(0)) as one:
        crew.until(lambda: crew.api.made("setWebhook"), one)
        with bot(tmp_path, **crew.setting(1)) as other:
            crew.until(lambda: len(crew.api.made("setWebhook")) == 2, one, other)
            for n in people:
                assert crew.bring(update(QUESTION, **from_person(n)), 0) == [200]
            crew.until(lambda: len(crew.api.messages) >= 3, one, other)
            one.kill()
            before = len(crew.api.messages)
            crew.until(lambda: len(crew.api.messages) >= len(people) + 3, other)
            other.send_signal(signal.SIGTERM)
            _, written = other.communicate(timeout=END_SECONDS)

    assert before < len(people), "it was killed too late to show anything"
    assert {message.sent["chat_id"] for message in crew.api.messages} == set(people)
    assert other.returncode == 0
    assert "Left behind by a process that ended, and answered now" in written
