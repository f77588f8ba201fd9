"""What the bot does with each kind of message."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_tb
from typing import Any, Protocol, TypeAlias

from telegram import LinkPreviewOptions, Message, ReplyParameters, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackContext,
    CommandHandler,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.question import addresses, is_private, question_in
from bot.reply import OutgoingMessage, reply
from bot.sources import sources
from bot.wording import Wording, wording_for
from corpus import Article
from retrieval import Answer

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Context: TypeAlias = CallbackContext[ExtBot[Any], Any, Any, Any]

_log = logging.getLogger("bot")
_TYPING_SECONDS = 1.0
_ROOMS = tuple(Path(__file__).resolve().parents[1] / room for room in ("bot", "corpus", "retrieval"))


class Library(Protocol):
    """What the bot needs of a `retrieval.Retriever`. Both calls may block; both may come from any thread."""

    def ask(self, question: str) -> Answer: ...

    def articles(self) -> Iterable[Article]: ...


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers of one bot, bound to the library they answer from."""

    library: Library
    _albums: deque[str] = field(default_factory=lambda: deque(maxlen=100))

    def register(self, application: App) -> None:
        """Give the application its handlers, in the order in which they are tried."""
        for handler in self._handlers():
            application.add_handler(handler)
        application.add_error_handler(self.failed)

    def _handlers(self) -> Iterable[BaseHandler[Update, Context, None]]:
        # Edited messages, channel posts and what a channel passes on to its group are no questions.
        fresh = filters.UpdateType.MESSAGE & ~filters.IS_AUTOMATIC_FORWARD
        private, group = fresh & filters.ChatType.PRIVATE, fresh & filters.ChatType.GROUPS
        addressed = private | (group & _Addressed())
        yield CommandHandler("start", self.start, addressed)
        yield CommandHandler("help", self.help, addressed)
        yield CommandHandler("sources", self.sources, addressed)
        yield MessageHandler((private | group) & filters.TEXT, self.text)
        yield MessageHandler(private & ~filters.StatusUpdate.ALL, self.other)

    async def start(self, update: Update, context: Context) -> None:
        """Greet, say what the bot is for, and show a question."""
        message = _message(update)
        await _send(message, _wording(update).start.format(bot=context.bot.username))

    async def help(self, update: Update, context: Context) -> None:
        """Say how to ask."""
        message = _message(update)
        await _send(message, _wording(update).help.format(bot=context.bot.username))

    async def sources(self, update: Update, _context: Context) -> None:
        """List the reports."""
        message = _message(update)
        articles = await asyncio.to_thread(self.library.articles)
        for outgoing in sources(articles, _wording(update)):
            await _send(message, outgoing)

    async def text(self, update: Update, context: Context) -> None:
        """Answer a question, from a private chat or put to the bot in a group; otherwise keep silent."""
        message = _message(update)
        if _is_from_another_bot(message):
            return
        question = question_in(message, context.bot.id, context.bot.username)
        if question:
            # Sent together: neither waits for the other, and the answer comes behind both.
            answer, _ = await asyncio.gather(asyncio.to_thread(self.library.ask, question), _typing(message))
            for outgoing in reply(answer, _wording(update)):
                await _send(message, outgoing)
        elif question is not None:
            await _send(message, _wording(update).how_to_ask)
        elif is_private(message):
            await _send(message, _wording(update).unknown_command)

    async def other(self, update: Update, _context: Context) -> None:
        """Say that only text is read, once for an album."""
        message = _message(update)
        album = message.media_group_id
        if album is not None:
            if album in self._albums:
                return
            self._albums.append(album)
        await _send(message, _wording(update).only_text)

    async def failed(self, update: object, context: Context) -> None:
        """Log an error without question, user or token, and tell the person who asked."""
        error = context.error
        # The subclasses of NetworkError come before it: a bad request will be as bad the next time,
        # and what timed out may have arrived.
        match error:
            case Conflict():
                _log.error("Another process receives this bot's messages (409): stop one of the two.")
            case Forbidden():
                _log.info("A chat does not take messages from the bot (%s).", type(error).__name__)
            case RetryAfter() | TimedOut():
                _log.warning("A message may be lost: %s.", _name_and_place(error))
            case BadRequest():
                _log.error("Telegram refused a request: %s.", _name_and_place(error))
                await self._apologise(update, context)
            case NetworkError() if update is None:
                _log.debug("Fetching messages failed: %s.", type(error).__name__)  # bot.transport tells
            case _:
                _log.error("A message could not be handled: %s.", _name_and_place(error))
                await self._apologise(update, context)

    async def _apologise(self, update: object, context: Context) -> None:
        message = update.message if isinstance(update, Update) else None
        if message is None:
            return
        try:
            name = context.bot.username
            meant = is_private(message) or addresses(message, name)
            if meant or question_in(message, context.bot.id, name) is not None:
                await _send(message, wording_for(_language(message)).failure)
        except Exception as error:  # an error handler that fails must not start another round
            _log.error("Nor could the person be told: %s.", _name_and_place(error))


class _Addressed(filters.MessageFilter):
    """A command that names this bot: others in the group may know the bare one too."""

    def filter(self, message: Message) -> bool:
        return addresses(message, message.get_bot().username)


def _message(update: Update) -> Message:
    assert update.message is not None  # every handler is registered for new messages only
    return update.message


def _is_from_another_bot(message: Message) -> bool:
    # Administrators who stay anonymous write through a bot too, on behalf of the group.
    return bool(message.from_user and message.from_user.is_bot and message.sender_chat is None)


def _language(message: Message) -> str | None:
    return message.from_user.language_code if message.from_user else None


def _wording(update: Update) -> Wording:
    return wording_for(_language(_message(update)))


async def _typing(message: Message) -> None:
    with suppress(TelegramError, TimeoutError):  # a courtesy; the answer does not hang on it
        await asyncio.wait_for(message.reply_chat_action(ChatAction.TYPING), _TYPING_SECONDS)


async def _send(message: Message, outgoing: OutgoingMessage | str) -> None:
    """Send to the chat of `message`; in a group as a reply, so that the asker finds it."""
    if isinstance(outgoing, str):
        outgoing = OutgoingMessage(outgoing)
    reply_to = None
    if not is_private(message):
        reply_to = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    await message.reply_text(
        outgoing.text,
        entities=outgoing.entities or None,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=reply_to,
        do_quote=False,
    )


def _name_and_place(error: BaseException | None) -> str:
    """Class and place of an error. Its message stays out: it may hold what a person wrote."""
    frames = extract_tb(error.__traceback__) if error else []
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(room) for room in _ROOMS)]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (ours or frames)[-1:]]
    return " at ".join([type(error).__name__, *places])
