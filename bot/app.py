"""The wiring: one application out of settings, a library and a way to Telegram."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot.botapi.command_menu import introduce
from bot.botapi.rate_limit import Pace
from bot.botapi.requests import ApiRequest, UpdatesRequest
from bot.content.library import Library, Shelf
from bot.delivery.inbox import Inbox
from bot.delivery.process_slots import Peers
from bot.delivery.processor import InTurn
from bot.handlers.context import App, Desk, Editor, off_loop
from bot.handlers.errors import Failures, name_and_place
from bot.handlers.messages import Handlers
from bot.settings import Settings
from bot.storage.store import Store
from retrieval.query.followup import FollowUp, complete

_log = logging.getLogger("bot")
_NO_TOKEN = "0:offline"  # PTB wants one even where no request leaves the process
_MOST_AT_ONCE = 128
_LOOK_SECONDS = 2.0
_LOOKS_A_ROUND = 1_800  # about an hour: what waits for another day is sent
_LOOKS_BETWEEN_TIDYING = 30

ALLOWED_UPDATES = [
    Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER
]  # fmt: skip


def build_application(
    settings: Settings,
    library: Library,
    *,
    request: BaseRequest | None = None,
    updates: BaseRequest | None = None,
    store: Store | None = None,
    editor: Editor | None = None,
    generation: Callable[[], int | None] = lambda: None,
    inbox: Inbox | None = None,
    peers: Peers | None = None,
    complete: Callable[[str, str], FollowUp] = complete,
) -> App:
    """The application, ready to run.

    `request` takes the place of HTTP altogether, for tests and the terminal; `updates` only of the
    connection that fetches updates. Without a `store` nothing is remembered beyond the process;
    `generation` tells when the reports are others; `peers` are the processes that share the `store`.
    """
    desk = Desk(
        library,
        Shelf(library, generation),
        store or Store(),
        settings.admins,
        editor,
        settings.keep_questions,
        complete,
    )
    handlers = Handlers(desk)
    background = _Background(handlers, settings.admins, inbox, peers or Peers())
    pace = Pace()
    turns = InTurn(_MOST_AT_ONCE, inbox.handled, inbox.must_wait) if inbox else InTurn(_MOST_AT_ONCE)
    builder = (
        ApplicationBuilder()
        .token(settings.token or _NO_TOKEN)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request or ApiRequest())
        .get_updates_request(updates or request or UpdatesRequest())
        .rate_limiter(pace)
        .concurrent_updates(turns)
        .post_init(background.begin)
        .post_stop(background.end)
    )
    application = builder.build()
    began = False

    def is_stopping() -> bool:
        nonlocal began
        began = began or application.running
        return began and not application.running

    pace.is_stopping = is_stopping
    handlers.register(application)
    application.add_error_handler(Failures(desk, inbox).failed)
    return application


class _Background:
    """What a running bot does besides answering: its menus, and news for those who follow something."""

    def __init__(self, handlers: Handlers, admins: frozenset[int], inbox: Inbox | None, peers: Peers) -> None:
        self._handlers = handlers
        self._admins = admins
        self._inbox = inbox
        self._peers = peers
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, application: App) -> None:
        """Introduce the bot, take up what an earlier process left behind, and go on in the background."""
        await self._take_up(application, self._inbox.left_behind() if self._inbox else [])
        await introduce(application, self._admins)
        self._tasks.append(asyncio.create_task(self._follow(application)))
        if self._inbox:
            self._tasks.append(asyncio.create_task(self._stand_in(application, self._inbox)))

    async def end(self, _application: App) -> None:
        """Stop what goes on in the background."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _take_up(self, application: App, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            await application.update_queue.put(Update.de_json(update, application.bot))

    async def _stand_in(self, application: App, inbox: Inbox) -> None:
        """Look again and again for what other processes left behind that are gone."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self._take_up(application, inbox.left_by_others())
            except Exception as error:  # as below
                _log.error("Looking for what was left behind failed: %s.", name_and_place(error))

    async def _follow(self, application: App) -> None:
        """Look again and again whether the reports are others, and tell those who follow what is new."""
        desk = self._handlers.desk
        told = prepared = None
        looks = 0
        while True:
            try:
                number = await off_loop(lambda: desk.shelf.generation)
                if (number != told or looks % _LOOKS_A_ROUND == 0) and await self._tell_news(application):
                    told = number
                if number != prepared or looks == 0:
                    await self._handlers.prepare()
                    prepared = number
                if looks % _LOOKS_BETWEEN_TIDYING == 0:
                    await off_loop(desk.store.tidy)
            except Exception as error:  # the next look may fare better; answering goes on in any case
                _log.error("Looking for news failed: %s.", name_and_place(error))
            looks += 1
            await asyncio.sleep(_LOOK_SECONDS)

    async def _tell_news(self, application: App) -> bool:
        """Find and send what is new for whom; False where another process is at it."""
        subscriptions = self._handlers.subscriptions
        with self._peers.telling_news() as mine:
            if mine:
                await off_loop(subscriptions.look_for_news)
                await subscriptions.deliver(application.bot)
            return mine
