"""Handle errors of other handlers: log a line, and apologise to the person who asked."""

import logging
from dataclasses import dataclass

from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.botapi.addressing import addresses, is_private, question_in
from bot.botapi.send import send
from bot.botapi.types import Context
from bot.delivery.inbox import Inbox
from bot.handlers.services import Services
from bot.logs import class_and_line

_log = logging.getLogger("bot")


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """The error handler."""

    services: Services
    inbox: Inbox | None = None

    async def failed(self, update: object, context: Context) -> None:
        """Log an error without the question, the person or the token, and apologise where that helps."""
        error = context.error
        # The subclasses of NetworkError come before it: a bad request will be as bad the next time,
        # and what timed out may have arrived.
        match error:
            case Conflict():
                _log.error(
                    "Another process receives this bot's messages (409): stop one of the two, or let both "
                    "take them by webhook (WEBHOOK_URL)."
                )
            case Forbidden():
                _log.info("A chat does not take messages from the bot (%s).", type(error).__name__)
                self._forget(update)
            case ChatMigrated():
                self._move(update, error.new_chat_id)
            case RetryAfter():
                # Raised only when the bot stops, or when Telegram asks for too long a pause.
                self._keep(update, error)
            case TimedOut():
                _log.warning("A message may be lost: %s.", class_and_line(error))
            case BadRequest():
                _log.error("Telegram refused a request: %s.", class_and_line(error))
                await self._apologise(update, context)
            case NetworkError() if update is None:
                _log.debug(
                    "Fetching messages failed: %s.", type(error).__name__
                )  # bot.botapi.requests logs it
            case NetworkError():
                self._keep(update, error)  # every retry has failed: Telegram cannot be reached
            case _:
                _log.error("A message could not be handled: %s.", class_and_line(error))
                await self._apologise(update, context)

    def _keep(self, update: object, error: Exception) -> None:
        """Keep an update that could not be answered for the next process."""
        _log.warning("A message waits for the next start: %s.", class_and_line(error))
        if self.inbox and isinstance(update, Update):
            self.inbox.keep(update.update_id)

    def _forget(self, update: object) -> None:
        """Forget a chat that the bot may not write to."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            return
        self.services.storage.forget_chat(chat.id)
        if chat.type == ChatType.PRIVATE:
            self.services.storage.forget_user(chat.id)

    def _move(self, update: object, new: int) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is not None:
            self.services.storage.subscriptions.move_chat(chat.id, new)

    async def _apologise(self, update: object, context: Context) -> None:
        message = update.message if isinstance(update, Update) else None
        if message is None:
            return
        try:
            name = context.bot.username
            meant = is_private(message) or addresses(message, name)
            if meant or question_in(message, context.bot.id, name) is not None:
                await send(message, self.services.wording(message.from_user).failure)
        except Exception as error:  # an error handler must not raise
            _log.error("The person could not be informed either: %s.", class_and_line(error))
