"""Build the application from its settings, a retriever and a connection to Telegram."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from telegram import Update
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot.botapi.rate_limit import ChatRateLimiter
from bot.botapi.requests import ApiRequest, UpdatesRequest
from bot.botapi.types import App
from bot.content.articles import ArticleCache
from bot.content.editor import Editor
from bot.content.examples import ExampleCache
from bot.delivery.inbox import Inbox
from bot.delivery.process_slots import ProcessSlots
from bot.delivery.processor import PerUserProcessor
from bot.handlers.background import BackgroundTasks
from bot.handlers.register import register
from bot.handlers.services import Services
from bot.handlers.subscriptions import SubscriptionHandlers
from bot.settings import Settings
from bot.storage.storage import Storage

if TYPE_CHECKING:
    from retrieval import Retriever

_NO_TOKEN = "0:offline"  # PTB wants one even where no request leaves the process
_MAX_CONCURRENT_UPDATES = 128

ALLOWED_UPDATES = [
    Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER
]  # fmt: skip


def build_application(
    settings: Settings,
    retriever: "Retriever",
    *,
    request: BaseRequest | None = None,
    updates: BaseRequest | None = None,
    storage: Storage | None = None,
    editor: Editor | None = None,
    generation: Callable[[], int | None] = lambda: None,
    inbox: Inbox | None = None,
    slots: ProcessSlots | None = None,
) -> App:
    """Build an application that is ready to run.

    Args:
        request: Replaces HTTP for every request, in tests and in the terminal.
        updates: Replaces HTTP only for fetching updates.
        storage: Where people, answers and subscriptions are kept; in memory by default.
        generation: Returns the number of the index's generation; see `ArticleCache`.
        inbox: Where received updates are kept until they are handled.
        slots: The slots of the processes that share the storage.
    """
    services = Services(
        retriever,
        ArticleCache(retriever, generation),
        storage or Storage(),
        settings.admins,
        editor,
        settings.keep_questions,
    )
    examples = ExampleCache(retriever, services.articles)
    subscriptions = SubscriptionHandlers(services)
    background = BackgroundTasks(services, examples, subscriptions, inbox, slots or ProcessSlots())
    rate_limiter = ChatRateLimiter()
    processor = (
        PerUserProcessor(_MAX_CONCURRENT_UPDATES, inbox.handled, inbox.must_wait)
        if inbox
        else PerUserProcessor(_MAX_CONCURRENT_UPDATES)
    )
    application = (
        ApplicationBuilder()
        .token(settings.token or _NO_TOKEN)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request or ApiRequest())
        .get_updates_request(updates or request or UpdatesRequest())
        .rate_limiter(rate_limiter)
        .concurrent_updates(processor)
        .post_init(background.begin)
        .post_stop(background.end)
        .build()
    )
    rate_limiter.is_stopping = _stop_check(application)
    register(application, services, examples, subscriptions, inbox)
    return application


def _stop_check(application: App) -> Callable[[], bool]:
    """Return a function that says whether the application has run and runs no more."""
    has_run = False

    def is_stopping() -> bool:
        nonlocal has_run
        has_run = has_run or application.running
        return has_run and not application.running

    return is_stopping
