"""The door of a webhook: who gets in, and what is passed on."""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from telegram.error import InvalidToken

from bot.app import build_application
from bot.botapi.requests import ApiRequest
from bot.delivery.inbox import Inbox
from bot.delivery.webhook import listen, serve
from bot.settings import Settings, Webhook
from bot.storage.storage import Storage
from retrieval.errors import SettingsError

Make = Callable[..., Any]
SECRET = "geheim-SECRET_0123456789"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def webhook() -> Webhook:
    return Webhook("https://bot.example.org/wenbao", SECRET, "127.0.0.1", free_port())


class Visit:
    """Requests to a door, and what it passes on."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self.taken: list[Any] = []
        self.error: Exception | None = None

    def knock(self, body: Any, secret: str | None = SECRET, path: str = "/") -> int:
        """The status that one request gets."""

        async def take(update: Any) -> None:
            if self.error:
                raise self.error
            self.taken.append(update)

        async def run() -> int:
            server = listen(self._webhook, take)
            headers = {HEADER: secret.encode()} if secret is not None else {}
            sent = {"content": body} if isinstance(body, bytes) else {"json": body}
            try:
                async with httpx.AsyncClient(trust_env=False) as client:
                    answer = await client.post(
                        f"http://127.0.0.1:{self._webhook.port}{path}", headers=headers, **sent
                    )
            finally:
                server.stop()
                await server.close_all_connections()
            return answer.status_code

        return asyncio.run(run())


@pytest.fixture
def visit(webhook: Webhook) -> Visit:
    return Visit(webhook)


def test_an_update_with_the_secret_is_taken_at_any_path(visit: Visit, update: Make):
    sent = [update("一"), update("二")]

    statuses = [visit.knock(sent[0], path="/"), visit.knock(sent[1], path="/wenbao/x")]

    assert (statuses, visit.taken) == ([200, 200], sent)


@pytest.mark.parametrize("secret", [None, "", "geheim", SECRET + "0", SECRET.lower(), "é"])
def test_without_the_secret_nothing_is_taken_and_the_log_shows_no_secret(
    visit: Visit, update: Make, secret: str | None, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG):
        status = visit.knock(update("问"), secret=secret)

    assert (status, visit.taken) == (403, [])
    assert "WEBHOOK_SECRET" in caplog.text
    assert SECRET not in caplog.text
    assert not secret or repr(secret) not in caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"update_id": "1"}', b"{}"])
def test_what_is_no_update_is_refused(visit: Visit, body: bytes):
    assert (visit.knock(body), visit.taken) == (400, [])


def test_an_update_that_cannot_be_read_is_acknowledged_or_it_would_be_brought_for_ever(
    visit: Visit, caplog: pytest.LogCaptureFixture
):
    unreadable = {"update_id": 7, "message": {"text": "绝密的问题"}}

    assert (visit.knock(unreadable), visit.taken) == (200, [])
    assert "绝密" not in caplog.text


def test_an_update_that_cannot_be_taken_is_not_acknowledged_and_the_log_tells_nobody(
    visit: Visit, update: Make, caplog: pytest.LogCaptureFixture
):
    visit.error = OSError("绝密的问题")

    assert visit.knock(update("绝密的问题")) == 500
    assert "could not be taken: OSError" in caplog.text
    assert "绝密" not in caplog.text


def test_a_port_that_is_taken_is_named_in_the_error(webhook: Webhook):
    async def run() -> None:
        async def take(_update: Any) -> None: ...

        first = listen(webhook, take)
        try:
            with pytest.raises(SettingsError, match=f"WEBHOOK_LISTEN is 127.0.0.1:{webhook.port}"):
                listen(webhook, take)
        finally:
            first.stop()

    asyncio.run(run())


def run(server: Any, library: Any, webhook: Webhook, token: str | None = None) -> None:
    """Serve until a signal comes or serving fails."""
    storage = Storage()
    inbox = Inbox(storage, "s")
    settings = Settings(token=token or server.token, api_url=server.url)

    async def whole() -> None:
        # PTB leaves its connections to the end of the process where the token is refused.
        async with ApiRequest() as request:
            application = build_application(settings, library, request=request, storage=storage, inbox=inbox)
            await serve(application, webhook, inbox, ["message"])

    asyncio.run(whole())


def test_telegram_is_told_address_secret_and_kinds_of_updates_and_a_signal_leaves_that_as_it_is(
    server: Any, conversation: Any, webhook: Webhook
):
    def end() -> None:
        server.api.wait_for(lambda: server.api.made("setWebhook"), 10)
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end)
    ending.start()
    run(server, conversation.library, webhook)
    ending.join()

    (call,) = server.api.made("setWebhook")
    assert call.sent["url"] == webhook.url
    assert call.sent["secret_token"] == SECRET
    assert call.sent["allowed_updates"] == ["message"]
    assert server.api.made("deleteWebhook") == []


def test_an_address_that_telegram_refuses_ends_serving_with_what_it_says(
    server: Any, conversation: Any, webhook: Webhook
):
    said = "Bad Request: bad webhook: Failed to resolve host: Name or service not known"
    server.api.answers["setWebhook"] = [(400, {"ok": False, "description": said})]

    with pytest.raises(SettingsError, match=r"WEBHOOK_URL https://bot\.example\.org.*failed to resolve host"):
        run(server, conversation.library, webhook)


def test_a_token_that_telegram_refuses_ends_serving(server: Any, conversation: Any, webhook: Webhook):
    with pytest.raises(InvalidToken):
        run(server, conversation.library, webhook, token="123456:wrong")
