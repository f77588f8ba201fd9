"""What every handler works with: the reports, the storage, and the editor of the reports."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import Message, Update, User

from bot.content.articles import ArticleCache
from bot.content.editor import Editor
from bot.i18n.wording import Wording, language_for, wording
from bot.storage.storage import Storage

if TYPE_CHECKING:
    from retrieval import Retriever

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The services that the handlers of one bot share.

    It is not a `CallbackContext`, because questions are also answered outside of updates.

    Args:
        editor: None where the reports cannot be changed from the chat.
        keep_questions: Whether questions without an answer are kept for the administrators.
    """

    retriever: "Retriever"
    articles: ArticleCache
    storage: Storage
    admins: frozenset[int] = frozenset()
    editor: Editor | None = None
    keep_questions: bool = True

    def wording(self, user: User | None) -> Wording:
        """Return the texts in the language that a person chose, or in that of their Telegram."""
        chosen = self.storage.users.language(user.id) if user else None
        return wording(chosen or language_for(user.language_code if user else None))

    def is_admin(self, user: User | None) -> bool:
        """Return whether a person may administer the bot."""
        return user is not None and user.id in self.admins


async def off_loop(work: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """Run a blocking function in a thread, off the event loop."""
    return await asyncio.to_thread(work, *arguments, **more)


def message_of(update: Update) -> Message:
    """Return the message of an update that is known to hold one."""
    assert update.message is not None  # every handler is registered for new messages only
    return update.message
