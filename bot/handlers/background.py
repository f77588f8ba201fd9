"""Run the tasks of a running bot beside its handlers: menus, updates left behind, news, and tidying."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from telegram import Update

from bot.botapi.command_menu import introduce
from bot.botapi.types import App
from bot.content.examples import ExampleCache
from bot.delivery.inbox import Inbox
from bot.delivery.process_slots import ProcessSlots
from bot.handlers.services import Services, off_loop
from bot.handlers.subscriptions import SubscriptionHandlers
from bot.logs import class_and_line

_log = logging.getLogger("bot")
_LOOK_SECONDS = 2.0
_LOOKS_BETWEEN_DELIVERIES = 1_800  # about an hour: what was kept back for the limit of a day is sent
_LOOKS_BETWEEN_TIDYING = 30


class BackgroundTasks:
    """The tasks that an application runs from its start to its stop."""

    def __init__(
        self,
        services: Services,
        examples: ExampleCache,
        subscriptions: SubscriptionHandlers,
        inbox: Inbox | None,
        slots: ProcessSlots,
    ) -> None:
        self._services = services
        self._examples = examples
        self._subscriptions = subscriptions
        self._inbox = inbox
        self._slots = slots
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, application: App) -> None:
        """Set the command menus, queue the updates an earlier process left behind, and start the tasks."""
        await self._queue(application, self._inbox.left_behind() if self._inbox else [])
        await introduce(application, self._services.admins)
        self._tasks.append(asyncio.create_task(self._follow_reports(application)))
        if self._inbox:
            self._tasks.append(asyncio.create_task(self._take_over_updates(application, self._inbox)))

    async def end(self, _application: App) -> None:
        """Stop the tasks."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _queue(self, application: App, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            await application.update_queue.put(Update.de_json(update, application.bot))

    async def _take_over_updates(self, application: App, inbox: Inbox) -> None:
        """Queue, again and again, the updates that processes left behind when they ended."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self._queue(application, inbox.left_by_others())
            except Exception as error:  # as in _follow_reports
                _log.error("Looking for what was left behind failed: %s.", class_and_line(error))

    async def _follow_reports(self, application: App) -> None:
        """Send news and make new example questions whenever the index has a new generation."""
        delivered = prepared = None
        looks = 0
        while True:
            try:
                number = await off_loop(lambda: self._services.articles.generation)
                is_due = number != delivered or looks % _LOOKS_BETWEEN_DELIVERIES == 0
                if is_due and await self._send_news(application):
                    delivered = number
                if number != prepared or looks == 0:
                    await off_loop(self._examples.examples)  # or the first person would wait for them
                    prepared = number
                if looks % _LOOKS_BETWEEN_TIDYING == 0:
                    await off_loop(self._services.storage.delete_expired)
            except Exception as error:  # the next look may succeed; answering goes on in any case
                _log.error("Looking for news failed: %s.", class_and_line(error))
            looks += 1
            await asyncio.sleep(_LOOK_SECONDS)

    async def _send_news(self, application: App) -> bool:
        """Find and send news to subscribers; False where another process is doing so."""
        with self._slots.claim_news() as is_ours:
            if is_ours:
                await off_loop(self._subscriptions.look_for_news)
                await self._subscriptions.deliver(application.bot)
            return is_ours
