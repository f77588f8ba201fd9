"""What every handler works with: the reports, the memory, and the way a message goes out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters, Update, User
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, CallbackContext, ExtBot

from bot.botapi.addressing import is_private
from bot.botapi.message import OutgoingMessage
from bot.content.library import Library, Shelf
from bot.i18n.wording import Wording, language_for, wording
from bot.storage.store import Store
from corpus import Article
from retrieval.query.followup import FollowUp, complete

if TYPE_CHECKING:
    from retrieval.indexing.refresh import Report

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Context: TypeAlias = CallbackContext[ExtBot[Any], Any, Any, Any]
T = TypeVar("T")

received_at: ContextVar[float] = ContextVar("received_at")
"""When the update at hand came in, by the clock of `time.perf_counter`."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TYPING_AGAIN_SECONDS = 4.5  # Telegram shows it for five
_TYPING_SECONDS = 1.0


class Editor(Protocol):
    """What administrators may do to the reports. All may block; all may be called from any thread."""

    def add(self, source: Path | str) -> str: ...

    def read(self, file: str) -> tuple[Article, ...]: ...

    def remove(self, file: str) -> None: ...

    def refresh(self, progress: Callable[[str, int, int], None]) -> "Report": ...


@dataclass(frozen=True, slots=True)
class Desk:
    """One bot's reports and memory. `editor` is None where the reports cannot be changed from here."""

    library: Library
    shelf: Shelf
    store: Store
    admins: frozenset[int] = frozenset()
    editor: Editor | None = None
    keep_questions: bool = True
    complete: Callable[[str, str], FollowUp] = complete

    def wording(self, user: User | None) -> Wording:
        """The language that a person chose, or that of their Telegram."""
        chosen = self.store.language(user.id) if user else None
        return wording(chosen or language_for(user.language_code if user else None))

    def is_admin(self, user: User | None) -> bool:
        """Whether a person may administer the bot."""
        return user is not None and user.id in self.admins


async def off_loop(work: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """Run what blocks in a thread."""
    return await asyncio.to_thread(work, *arguments, **more)


def message_of(update: Update) -> Message:
    """The message of an update that holds one."""
    assert update.message is not None  # every handler is registered for new messages only
    return update.message


async def send(message: Message, outgoing: OutgoingMessage | str) -> Message:
    """Send to the chat of `message`; in a group as a reply, so that the asker finds it."""
    if isinstance(outgoing, str):
        outgoing = OutgoingMessage(outgoing)
    reply_to = None
    if not is_private(message):
        reply_to = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    return await message.reply_text(
        outgoing.text,
        entities=outgoing.entities or None,
        link_preview_options=_NO_PREVIEW,
        reply_parameters=reply_to,
        reply_markup=outgoing.markup,
        do_quote=False,
    )


async def send_to(bot: Bot, chat: int, outgoing: OutgoingMessage) -> Message:
    """Send to a chat of its own accord."""
    return await bot.send_message(
        chat,
        outgoing.text,
        entities=outgoing.entities or None,
        link_preview_options=_NO_PREVIEW,
        reply_markup=outgoing.markup,
    )


async def edit(message: Message, outgoing: OutgoingMessage | str) -> None:
    """Show something else in a message of the bot's; the same again is no error."""
    if isinstance(outgoing, str):
        outgoing = OutgoingMessage(outgoing)
    try:
        await message.edit_text(
            outgoing.text,
            entities=outgoing.entities or None,
            link_preview_options=_NO_PREVIEW,
            reply_markup=outgoing.markup,
        )
    except BadRequest as error:
        if "not modified" not in str(error).lower():
            raise


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show that the bot is at work, again and again until it is done."""

    async def once() -> None:
        with suppress(TelegramError, TimeoutError):  # a courtesy; the answer does not hang on it
            await asyncio.wait_for(message.reply_chat_action(ChatAction.TYPING), _TYPING_SECONDS)

    async def shown() -> None:
        while True:
            await asyncio.sleep(_TYPING_AGAIN_SECONDS)
            await once()

    first = asyncio.create_task(once())
    again = asyncio.create_task(shown())
    try:
        yield
        await first  # or it would come behind the answer, and be shown for five seconds more
    finally:
        again.cancel()
        first.cancel()
