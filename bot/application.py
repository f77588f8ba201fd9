"""The wiring: one application out of settings, a library and a way to Telegram."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from telegram import Update
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot.desk import App, Desk, Editor, off_loop
from bot.failures import Failures, name_and_place
from bot.handlers import Handlers
from bot.inbox import Inbox
from bot.limiter import Pace
from bot.menu import introduce
from bot.settings import Settings
from bot.shelf import Library, Shelf
from bot.store import Store
from bot.transport import ApiRequest, UpdatesRequest
from bot.turns import InTurn
from retrieval.followup import FollowUp, complete

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
    complete: Callable[[str, str], FollowUp] = complete,
) -> App:
    """The application, ready to run.

    `request` takes the place of HTTP altogether, for tests and the terminal; `updates` only of the
    connection that fetches updates. Without a `store` nothing is remembered beyond the process;
    `generation` tells when the reports are others.
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
    background = _Background(handlers, settings.admins, inbox)
    pace = Pace()
    builder = (
        ApplicationBuilder()
        .token(settings.token or _NO_TOKEN)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request or ApiRequest())
        .get_updates_request(updates or request or UpdatesRequest())
        .rate_limiter(pace)
        .concurrent_updates(InTurn(_MOST_AT_ONCE, inbox.handled if inbox else lambda _: None))
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

    def __init__(self, handlers: Handlers, admins: frozenset[int], inbox: Inbox | None) -> None:
        self._handlers = handlers
        self._admins = admins
        self._inbox = inbox
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, application: App) -> None:
        """Introduce the bot, take up what an earlier process left behind, and go on in the background."""
        for update in self._inbox.left_behind() if self._inbox else []:
            await application.update_queue.put(Update.de_json(update, application.bot))
        await introduce(application, self._admins)
        self._tasks.append(asyncio.create_task(self._follow(application)))

    async def end(self, _application: App) -> None:
        """Stop what goes on in the background."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self, application: App) -> None:
        """Look again and again whether the reports are others, and tell those who follow what is new."""
        subscriptions, store = self._handlers.subscriptions, self._handlers.desk.store
        seen: int | None = None
        looks = 0
        while True:
            try:
                number = await off_loop(lambda: self._handlers.desk.shelf.generation)
                if number != seen or looks % _LOOKS_A_ROUND == 0:
                    await off_loop(subscriptions.look_for_news)
                    await subscriptions.deliver(application.bot)
                    await self._handlers.prepare()
                    seen = number
                if looks % _LOOKS_BETWEEN_TIDYING == 0:
                    await off_loop(store.tidy)
            except Exception as error:  # the next look may fare better; answering goes on in any case
                _log.error("Looking for news failed: %s.", name_and_place(error))
            looks += 1
            await asyncio.sleep(_LOOK_SECONDS)
