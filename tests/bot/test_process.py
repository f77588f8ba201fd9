"""The process as it is run, over HTTP to a stand-in for Telegram, or over a pipe."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Any]
ROOT = Path(__file__).parents[2]
QUESTION = "华新街建成了几个养老服务中心？"
FIRST_ANSWER_SECONDS = 120  # the first start unpacks the model and builds the index
END_SECONDS = 30


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
