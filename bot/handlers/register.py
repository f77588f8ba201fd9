"""Register every handler with the application, in the order in which they are tried."""

from telegram import Message
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.botapi.addressing import addresses, is_from_bot
from bot.botapi.types import App
from bot.content.examples import ExampleCache
from bot.delivery.inbox import Inbox
from bot.handlers.admin import AdminHandlers
from bot.handlers.ask import QuestionAnswerer
from bot.handlers.buttons import ButtonHandlers
from bot.handlers.commands import CommandHandlers
from bot.handlers.errors import ErrorHandler
from bot.handlers.inline import InlineQueryHandlers
from bot.handlers.messages import MessageHandlers
from bot.handlers.preferences import PreferenceHandlers
from bot.handlers.services import Services
from bot.handlers.subscriptions import SubscriptionHandlers


class _Addressed(filters.MessageFilter):
    """A command that names this bot: another bot in the group may have the same command."""

    def filter(self, message: Message) -> bool:
        return addresses(message, message.get_bot().username)


class _FromBot(filters.MessageFilter):
    """A message of another bot."""

    def filter(self, message: Message) -> bool:
        return is_from_bot(message)


# Edited messages, channel posts and posts that a channel forwards to its group are no questions.
_NEW = filters.UpdateType.MESSAGE & ~filters.IS_AUTOMATIC_FORWARD
_PRIVATE, _GROUP = _NEW & filters.ChatType.PRIVATE, _NEW & filters.ChatType.GROUPS
_COMMAND = (_PRIVATE | (_GROUP & _Addressed())) & ~_FromBot()


def register(
    application: App,
    services: Services,
    examples: ExampleCache,
    subscriptions: SubscriptionHandlers,
    inbox: Inbox | None = None,
) -> None:
    """Add all handlers to an application."""
    answerer = QuestionAnswerer(services)
    admin, preferences = AdminHandlers(services), PreferenceHandlers(services)
    _register_commands(
        application, CommandHandlers(services, answerer, examples), preferences, subscriptions, admin
    )
    messages = MessageHandlers(services, answerer, admin)
    buttons = ButtonHandlers(services, answerer, preferences, admin.undo)
    application.add_handlers(
        [
            MessageHandler((_PRIVATE | _GROUP) & filters.TEXT, messages.text),
            MessageHandler(_PRIVATE & filters.Document.ALL & ~filters.ANIMATION, messages.document),
            MessageHandler(_GROUP & filters.StatusUpdate.MIGRATE, messages.migrated),
            MessageHandler(_PRIVATE & ~filters.StatusUpdate.ALL, messages.other),
            CallbackQueryHandler(buttons.pressed),
            InlineQueryHandler(InlineQueryHandlers(services, answerer).queried),
            ChatMemberHandler(messages.membership, ChatMemberHandler.MY_CHAT_MEMBER),
        ]
    )
    application.add_error_handler(ErrorHandler(services, inbox).failed)


def _register_commands(
    application: App,
    commands: CommandHandlers,
    preferences: PreferenceHandlers,
    subscriptions: SubscriptionHandlers,
    admin: AdminHandlers,
) -> None:
    callbacks = {
        "start": commands.start,
        "help": commands.help,
        "sources": commands.sources,
        "latest": commands.latest,
        "new": preferences.new,
        "filter": preferences.filter,
        "lang": preferences.language,
        "privacy": preferences.privacy,
        "forget": preferences.forget,
        "follow": subscriptions.follow,
        "unfollow": subscriptions.unfollow,
        "refresh": admin.refresh,
        "stats": admin.stats,
        "gaps": admin.gaps,
        "export": admin.export,
    }
    for name, callback in callbacks.items():
        application.add_handler(CommandHandler(name, callback, _COMMAND))
