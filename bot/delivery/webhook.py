"""Receive updates at the address of a webhook, as one of the processes behind it.

The server of python-telegram-bot acknowledges an update before it is stored, and logs the content of one
that it cannot read.
"""

import asyncio
import hmac
import json
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from telegram import Update
from telegram.error import BadRequest, NetworkError
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.botapi.requests import readable
from bot.botapi.types import App
from bot.delivery.inbox import Inbox
from bot.logs import class_and_line
from bot.settings import Webhook
from retrieval.errors import SettingsError

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # https://core.telegram.org/bots/api#setwebhook
_BACKLOG = 128
_MAX_BYTES = 1024 * 1024  # an update is text alone, some kilobytes of it
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 30.0
_OK, _BAD_REQUEST, _FORBIDDEN = 200, 400, 403
_log = logging.getLogger("bot")


async def serve(application: App, webhook: Webhook, inbox: Inbox, allowed_updates: list[str]) -> None:
    """Handle the updates that Telegram delivers until a signal ends the process.

    Updates received before the signal are still handled. The webhook stays set at the end, because other
    processes may use the same address.

    Raises:
        SettingsError: Telegram refuses the address, or the process cannot listen at its own.
        InvalidToken: Telegram refuses the token.
    """
    try:
        await _retry(application.initialize)
        if application.post_init:
            await application.post_init(application)
        await application.start()
        try:
            await _receive(application, webhook, inbox, allowed_updates)
        finally:
            await application.stop()
            if application.post_stop:
                await application.post_stop(application)
    finally:
        await application.shutdown()


async def _receive(application: App, webhook: Webhook, inbox: Inbox, allowed_updates: list[str]) -> None:
    async def take(update: dict[str, Any]) -> None:
        # Stored before it is acknowledged, so that a process that is killed loses no update.
        if inbox.receive(update):
            await application.update_queue.put(Update.de_json(update, application.bot))

    ending = asyncio.Event()
    for end in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows; there the process's own handlers end it
            asyncio.get_running_loop().add_signal_handler(end, ending.set)
    server = listen(webhook, take)
    _log.info("Listening on %s, port %d.", webhook.host, webhook.port)
    announcing = asyncio.create_task(_retry(lambda: _announce(application, webhook, allowed_updates)))
    ended = asyncio.create_task(ending.wait())
    try:
        await asyncio.wait((announcing, ended), return_when=asyncio.FIRST_COMPLETED)
        if announcing.done():
            announcing.result()  # raises what it raised
        await ended
    finally:
        announcing.cancel()
        ended.cancel()
        server.stop()
        await server.close_all_connections()


async def _announce(application: App, webhook: Webhook, allowed_updates: list[str]) -> None:
    try:
        await application.bot.set_webhook(
            webhook.url, allowed_updates=allowed_updates, secret_token=webhook.secret
        )
    except BadRequest as error:
        raise SettingsError(f"Telegram does not take WEBHOOK_URL {webhook.url}: {error.message}.") from error


def listen(webhook: Webhook, take: Callable[[dict[str, Any]], Awaitable[None]]) -> HTTPServer:
    """Start a server that passes on each update sent with the secret, to whatever path.

    Raises:
        SettingsError: The server cannot listen at its host and port.
    """
    try:
        # Tornado's own function leaves a socket open when it fails.
        listening = socket.create_server(
            (webhook.host, webhook.port),
            family=socket.AF_INET6 if ":" in webhook.host else socket.AF_INET,
            backlog=_BACKLOG,
        )
    except OSError as error:
        raise SettingsError(
            f"WEBHOOK_LISTEN is {webhook.host}:{webhook.port}, where nothing can listen "
            f"({error.strerror or error}): give each process a free port of its own."
        ) from error
    shared = {"secret": webhook.secret, "take": take, "refused": []}
    server = HTTPServer(
        Application([(r".*", _WebhookHandler, shared)], log_function=lambda _: None), max_body_size=_MAX_BYTES
    )
    listening.setblocking(False)
    server.add_socket(listening)
    return server


class _WebhookHandler(RequestHandler):
    """One request to the webhook."""

    SUPPORTED_METHODS = ("POST",)

    def initialize(
        self, secret: str, take: Callable[[dict[str, Any]], Awaitable[None]], refused: list[str]
    ) -> None:
        self._secret, self._take, self._refused = secret, take, refused

    async def post(self) -> None:
        """Receive one update; reply 200 if it is stored now, was stored before, or cannot be read."""
        given = self.request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            if not self._refused:  # logged once, so that repeated attempts do not fill the log
                self._refused.append("logged")
                _log.warning("A request without the right WEBHOOK_SECRET was turned away (403).")
            self.set_status(_FORBIDDEN)
            return
        try:
            update = json.loads(self.request.body)
        except ValueError:
            update = None
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            self.set_status(_BAD_REQUEST)
            return
        update = readable(update)
        if len(update) > 1:  # a readable update has more than its number
            await self._take(update)
        self.set_status(_OK)

    def log_exception(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Log the error without the content of the request; Telegram delivers the update again."""
        _log.error("An update could not be taken: %s.", class_and_line(error))


async def _retry(call: Callable[[], Awaitable[None]]) -> None:
    """Call until it succeeds, because a bot that starts with the machine may start before the network."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            return await call()
        except BadRequest:
            raise
        except NetworkError:  # logged by bot.botapi.requests
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
