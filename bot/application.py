"""The wiring: one application out of settings, a library and a way to Telegram."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import BotCommand, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ApplicationBuilder, BaseUpdateProcessor
from telegram.request import BaseRequest

from bot.handlers import App, Handlers, Library
from bot.settings import Settings
from bot.transport import ApiRequest, UpdatesRequest
from bot.wording import CHINESE, ENGLISH, Wording

_log = logging.getLogger("bot")
_NO_TOKEN = "0:offline"  # PTB wants one even where no request leaves the process
_MOST_UPDATES_AT_ONCE = 128
_MOST_UPDATES_WAITING = 10_000
_RETRIES_AFTER_FLOOD = 3
_MENU_SECONDS = 5.0  # a menu that must wait is no reason to keep people waiting


def build_application(
    settings: Settings,
    retriever: Library,
    *,
    request: BaseRequest | None = None,
    updates: BaseRequest | None = None,
) -> App:
    """The application, ready to run.

    `request` takes the place of HTTP altogether, for tests and the terminal; `updates` only of the
    connection that fetches updates.
    """
    # By this PTB chooses the type of `retry_after`; without it every flood limit warns of the old one.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    builder = (
        ApplicationBuilder()
        .token(settings.token or _NO_TOKEN)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request or ApiRequest())
        .get_updates_request(updates or request or UpdatesRequest())
        .rate_limiter(MessageLimiter(max_retries=_RETRIES_AFTER_FLOOD))
        .concurrent_updates(InTurn(_MOST_UPDATES_AT_ONCE))
        .post_init(introduce)
    )
    application = builder.build()
    Handlers(retriever).register(application)
    return application


async def introduce(application: App) -> None:
    """Tell Telegram the commands, in each language; a bot without a menu still answers."""
    try:
        for wording, languages in ((CHINESE, (None, "zh")), (ENGLISH, ("en",))):
            for language in languages:
                await asyncio.wait_for(
                    application.bot.set_my_commands(_commands(wording), language_code=language),
                    _MENU_SECONDS,
                )
    except (TelegramError, TimeoutError) as error:
        _log.warning("The menu of commands could not be set (%s).", type(error).__name__)
    _log.info("Serving as @%s.", application.bot.username)


class InTurn(BaseUpdateProcessor):
    """Many updates at once, but those of one private chat in turn: answers keep their questions' order."""

    def __init__(self, max_concurrent_updates: int) -> None:
        super().__init__(_MOST_UPDATES_WAITING)
        self._slots = asyncio.Semaphore(max_concurrent_updates)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then for `coroutine`."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None or chat.type != ChatType.PRIVATE:
            async with self._slots:
                await coroutine
            return
        # Who waits for a turn holds no slot: one person's many questions keep nobody else waiting.
        async with self._turns.setdefault(chat.id, asyncio.Lock()), self._slots:
            await coroutine

    async def initialize(self) -> None:
        """Nothing is held open."""

    async def shutdown(self) -> None:
        """Nothing is held open."""


class MessageLimiter(AIORateLimiter):
    """PTB's limiter, for messages only: `typing` does not use up what a group may be sent."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Send the request when its turn has come; chat actions at once."""
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)


def _commands(wording: Wording) -> list[BotCommand]:
    return [BotCommand(name, description) for name, description in wording.commands]
