import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.app import build_application
from bot.botapi.requests import ApiRequest, UpdatesRequest
from bot.delivery.inbox import Inbox
from bot.logs import Redacting
from bot.settings import Settings
from bot.storage.storage import Storage

Make = Callable[..., Any]


def serve(server: Any, library: Any, until: Callable[[], Any], **more: Any) -> None:
    """Run the application over HTTP, as the process does, until something has happened."""
    application = build_application(Settings(token=server.token, api_url=server.url), library, **more)
    happened: list[bool] = []
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def watch() -> None:
        happened.append(server.api.wait_for(until, 10))
        while not application.running:
            time.sleep(0.01)
        loop.call_soon_threadsafe(application.stop_running)

    threading.Thread(target=watch, daemon=True).start()
    application.run_polling(allowed_updates=["message"], timeout=1, stop_signals=None)
    asyncio.set_event_loop(None)
    assert happened == [True]


def test_a_question_is_fetched_and_answered_over_http(server: Any, conversation: Any, update: Make):
    server.api.deliver(update("几个？"))

    serve(server, conversation.library, lambda: server.api.messages)

    (message,) = server.api.messages
    assert message.marked("blockquote") == [conversation.library.answer.results[0].text]
    assert message.marked("bold") == ["华新街街道建成养老服务中心2个，惠及老人三千名。"]


def test_fetching_takes_away_a_webhook_that_was_set_before(server: Any, conversation: Any, update: Make):
    server.api.deliver(update("几个？"))

    serve(server, conversation.library, lambda: server.api.messages)

    (call,) = server.api.made("deleteWebhook")
    assert call.sent.get("drop_pending_updates") in (None, "false")


def test_what_an_earlier_process_left_behind_is_answered_once(server: Any, conversation: Any, update: Make):
    storage = Storage()
    Inbox(storage, "s").receive(update("几个？"))

    serve(
        server, conversation.library, lambda: server.api.messages, storage=storage, inbox=Inbox(storage, "s")
    )

    assert Inbox(storage, "s").left_behind() == []


def test_a_flood_that_the_bot_cannot_wait_out_leaves_the_question_for_the_next_start(
    server: Any, conversation: Any, update: Make
):
    storage = Storage()
    Inbox(storage, "s").receive(update("几个？"))
    flood = {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 10_000}}
    server.api.answers["sendMessage"] = [(429, flood)]

    serve(
        server, conversation.library, lambda: server.api.messages, storage=storage, inbox=Inbox(storage, "s")
    )

    assert len(Inbox(storage, "s").left_behind()) == 1


def test_the_commands_are_set_for_every_language(server: Any, conversation: Any):
    serve(server, conversation.library, lambda: len(_menus(server)) == 3)

    assert {menu.get("language_code") for menu in _menus(server)} == {None, "zh", "en"}


def test_a_menu_that_cannot_be_set_does_not_stop_the_bot(server: Any, conversation: Any, update: Make):
    server.api.answers["setMyCommands"] = [(404, {"ok": False, "description": "Not Found"})]
    server.api.deliver(update("几个？"))

    serve(server, conversation.library, lambda: server.api.messages)


def test_an_update_that_cannot_be_read_is_passed_over(server: Any, conversation: Any, update: Make):
    server.api.deliver({"update_id": 0, "message": {"text": 1}}, {"no": "number"}, update("几个？"))

    serve(server, conversation.library, lambda: server.api.messages)


def test_a_token_refused_while_fetching_is_noticed(server: Any):
    noticed: list[bool] = []

    async def run() -> UpdatesRequest:
        async with UpdatesRequest(on_rejection=lambda: noticed.append(True)) as request:
            with pytest.raises(NetworkError):
                await request.post(f"{server.url}/bot1:wrong/getUpdates")
            return request

    assert asyncio.run(run()).rejected
    assert noticed == [True]


def test_another_process_that_fetches_is_named_in_the_log(
    server: Any, conversation: Any, update: Make, caplog: pytest.LogCaptureFixture
):
    server.api.answers["getUpdates"] = [(409, {"ok": False, "description": "Conflict: terminated by other"})]
    server.api.deliver(update("几个？"))

    serve(server, conversation.library, lambda: server.api.messages)

    assert "Another process receives this bot's messages (409)" in caplog.text


def test_being_cut_off_and_back_again_is_logged_once_each(server: Any, caplog: pytest.LogCaptureFixture):
    server.api.answers["getMe"] = [(502, {"ok": False})] * 3

    async def run() -> None:
        async with ApiRequest(pauses=()) as request:
            for _ in range(3):
                with pytest.raises(NetworkError):
                    await request.post(f"{server.url}/bot{server.token}/getMe")
            await request.post(f"{server.url}/bot{server.token}/getMe", RequestData())

    with caplog.at_level(logging.INFO, logger="bot"):
        asyncio.run(run())

    assert [record.message for record in caplog.records if record.name == "bot"] == [
        "Telegram cannot be reached (HTTP 502).",
        "Telegram can be reached again.",
    ]


def test_a_request_is_made_again_after_a_fault_on_telegrams_side(server: Any):
    server.api.answers["getMe"] = [(502, {"ok": False}), (500, {"ok": False})]

    async def run() -> Any:
        async with ApiRequest(pauses=(0, 0)) as request:
            return await request.post(f"{server.url}/bot{server.token}/getMe")

    assert asyncio.run(run())["username"] == "wenbao_bot"


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
def test_a_connection_that_breaks_is_tried_again(server: Any, method: str):
    server.api.answers[method] = [ConnectionAbortedError()]

    async def run() -> Any:
        async with ApiRequest(pauses=(0, 0)) as request:
            sent = RequestData(
                [RequestParameter.from_input("text", "x"), RequestParameter.from_input("chat_id", 1)]
            )
            return await request.post(f"{server.url}/bot{server.token}/{method}", sent)

    assert asyncio.run(run())["text"] == "x"
    assert len(server.api.made(method)) == 2


@pytest.mark.parametrize(("method", "times"), [("sendMessage", 1), ("editMessageText", 2)])
def test_only_what_does_no_harm_twice_is_made_again_after_a_wait_in_vain(
    server: Any, method: str, times: int
):
    server.api.answers[method] = [TimeoutError()]

    async def run() -> None:
        async with ApiRequest(pauses=(0,)) as request:
            sent = RequestData(
                [RequestParameter.from_input("text", "x"), RequestParameter.from_input("chat_id", 1)]
            )
            with suppress(TimedOut):
                await request.post(f"{server.url}/bot{server.token}/{method}", sent, read_timeout=0.3)

    asyncio.run(run())

    assert len(server.api.made(method)) == times


@pytest.mark.parametrize("payload", [b"<html>", b"[]", b"\xff"])
def test_a_payload_that_is_no_answer_is_an_error_that_does_not_show_it(
    payload: bytes, caplog: pytest.LogCaptureFixture
):
    with pytest.raises(TelegramError) as caught:
        UpdatesRequest.parse_json_payload(payload)

    assert str(caught.value) == "Invalid server response"
    assert not caplog.text


@pytest.mark.parametrize("form", ["{token}", "https://h/bot{token}/getMe", "bot{quoted}", "{secret}"])
def test_the_log_never_shows_the_token(server: Any, form: str):
    token = server.token
    shown = form.format(token=token, quoted=token.replace(":", "%3A"), secret=token.partition(":")[2])
    try:
        raise ValueError(shown)
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "sent %s", (shown,), (ValueError, error, error.__traceback__)
        )

    assert "secret-" not in Redacting(token).format(record)


def test_the_log_never_shows_the_secret_of_the_webhook():
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "header %s", ("geheim-secret",), None)

    assert "geheim" not in Redacting("", "geheim-secret").format(record)


def test_the_log_shows_no_token_it_was_not_told_of():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "bot987654:" + "Ab-_" * 9 + "/getMe", (), None)

    assert "Ab-_" not in Redacting("").format(record)


def _menus(server: Any) -> list[dict[str, Any]]:
    return [call.sent for call in server.api.calls if call.method == "setMyCommands"]
