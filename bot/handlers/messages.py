"""What the bot does with each kind of update."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from telegram import ChatMember, InlineKeyboardButton, Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.botapi import callback_data
from bot.botapi.addressing import addresses, argument, is_private, question_in
from bot.botapi.command_menu import personal_menu
from bot.botapi.message import OutgoingMessage, one_line
from bot.botapi.utf16 import is_visible, sound
from bot.content.examples import Example, examples
from bot.content.filters import Narrowing
from bot.handlers.admin import Administration, link_in
from bot.handlers.ask import Asking
from bot.handlers.buttons import Buttons
from bot.handlers.context import App, Context, Desk, message_of, off_loop, send
from bot.handlers.inline import Inline
from bot.handlers.preferences import Preferences
from bot.handlers.subscriptions import Subscriptions
from bot.views.pages import page_around
from bot.views.report import Order, first_page, latest, report_page, reports_list

_EXAMPLE_UNITS = 60


class Handlers:
    """The handlers of one bot, bound to the reports and the memory they work with."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.asking = Asking(desk)
        self.subscriptions = Subscriptions(desk)
        self._preferences = Preferences(desk)
        self._administration = Administration(desk)
        self._inline = Inline(desk, self.asking)
        self._buttons = Buttons(desk, self.asking, self._preferences, self._administration.undo)
        self._examples = _Examples(desk)

    def register(self, application: App) -> None:
        """Give the application its handlers, in the order in which they are tried."""
        for handler in self._handlers():
            application.add_handler(handler)

    def _handlers(self) -> Iterable[BaseHandler[Update, Context, None]]:
        # Edited messages, channel posts and what a channel passes on to its group are no questions.
        fresh = filters.UpdateType.MESSAGE & ~filters.IS_AUTOMATIC_FORWARD
        private, group = fresh & filters.ChatType.PRIVATE, fresh & filters.ChatType.GROUPS
        addressed = (private | (group & _Addressed())) & ~_FromBot()
        commands = {
            "start": self.start,
            "help": self.help,
            "sources": self.sources,
            "latest": self.latest,
            "new": self._preferences.new,
            "filter": self._preferences.filter,
            "lang": self._preferences.language,
            "privacy": self._preferences.privacy,
            "forget": self._preferences.forget,
            "follow": self.subscriptions.follow,
            "unfollow": self.subscriptions.unfollow,
            "refresh": self._administration.refresh,
            "stats": self._administration.stats,
            "gaps": self._administration.gaps,
            "export": self._administration.export,
        }
        for name, handle in commands.items():
            yield CommandHandler(name, handle, addressed)
        yield MessageHandler((private | group) & filters.TEXT, self.text)
        yield MessageHandler(private & filters.Document.ALL & ~filters.ANIMATION, self.document)
        yield MessageHandler(group & filters.StatusUpdate.MIGRATE, self.moved)
        yield MessageHandler(private & ~filters.StatusUpdate.ALL, self.other)
        yield CallbackQueryHandler(self._buttons.pressed)
        yield InlineQueryHandler(self._inline.queried)
        yield ChatMemberHandler(self.membership, ChatMemberHandler.MY_CHAT_MEMBER)

    async def prepare(self) -> None:
        """Do what the first person would have to wait for."""
        await off_loop(self._examples.now)

    async def start(self, update: Update, context: Context) -> None:
        """Greet, say what the bot is for, and offer questions; or open what a link names."""
        message, user = message_of(update), update.effective_user
        words, payload = self.desk.wording(user), argument(message)
        if user and payload and await self._opened(message, update, payload):
            return
        offered = await off_loop(self._examples.now)
        said = words.start.format(bot=context.bot.username)
        if offered:
            said += f"\n\n{words.examples_heading}"
        buttons = tuple(
            (InlineKeyboardButton(one_line(one.question, _EXAMPLE_UNITS), callback_data=one.data),)
            for one in offered
        )
        await send(message, OutgoingMessage(said, (), buttons))
        if user and is_private(message) and words.traditional:
            await personal_menu(context.bot, user.id, words, admin=self.desk.is_admin(user))

    async def _opened(self, message: Message, update: Update, payload: str) -> bool:
        """Open the report or put the question of a deep link; False where it is neither."""
        user = update.effective_user
        assert user is not None
        words = self.desk.wording(user)
        question = callback_data.question_in_link(payload)
        if question is not None and is_visible(sound(question)):
            question = sound(question).strip()
            await self.asking.answer(message, user, question, follow=False, headed=True)
            return True
        named = callback_data.report_in_link(payload)
        if named is None:
            return False
        article = await off_loop(self.desk.shelf.by_key, named[0])
        if article is None:
            await send(message, words.link_unknown)
        elif named[1] is None or not 0 <= named[1] < len(article.text):
            await send(message, first_page(article, words))
        else:
            text = sound(article.text)
            span = page_around(text, named[1], named[1] + 1) if is_visible(text) else (0, 0)
            await send(message, report_page(article, span, words))
        return True

    async def help(self, update: Update, context: Context) -> None:
        """Say how to ask."""
        words = self.desk.wording(update.effective_user)
        said = words.help.format(bot=context.bot.username)
        if self.desk.is_admin(update.effective_user):
            said += f"\n\n{words.help_admin}"
        await send(message_of(update), said)

    async def sources(self, update: Update, _context: Context) -> None:
        """List the reports, page by page; a number behind the command names the page."""
        message = message_of(update)
        page = argument(message)
        articles = await off_loop(lambda: list(self.desk.shelf.articles()))
        number = int(page) - 1 if page.isascii() and page.isdigit() and len(page) < 8 else 0
        words = self.desk.wording(update.effective_user)
        await send(message, await off_loop(reports_list, articles, Order.DATE, number, words))

    async def latest(self, update: Update, _context: Context) -> None:
        """List the newest reports."""
        user = update.effective_user
        narrowing = Narrowing.of(self.desk.store.filters(user.id)) if user else Narrowing()
        words = self.desk.wording(user)
        articles = await off_loop(lambda: list(self.desk.library.articles(**narrowing.asked())))
        await send(message_of(update), latest(articles, words, narrowing.words(words)))

    async def text(self, update: Update, context: Context) -> None:
        """Answer a question, from a private chat or put to the bot in a group; otherwise keep silent."""
        message, user = message_of(update), update.effective_user
        if user is None or _is_from_bot(message) or _is_our_own(message, context.bot.id):
            return
        question = question_in(message, context.bot.id, context.bot.username)
        if question is None:
            if is_private(message):
                await send(message, self.desk.wording(user).unknown_command)
        elif is_private(message) and (url := link_in(question)):
            await self._administration.link(message, user, url)
        elif question:
            await self.asking.answer(message, user, question)
        else:
            await send(message, self.desk.wording(user).how_to_ask)

    async def document(self, update: Update, context: Context) -> None:
        """Add the report that an administrator sends; tell others, once for an album, that they cannot."""
        if self.desk.is_admin(update.effective_user):
            await self._administration.document(update, context)
        elif not self._seen_album(message_of(update)):
            await send(message_of(update), self.desk.wording(update.effective_user).admins_only)

    async def other(self, update: Update, _context: Context) -> None:
        """Say that only text is read, once for an album."""
        if not self._seen_album(message_of(update)):
            await send(message_of(update), self.desk.wording(update.effective_user).only_text)

    def _seen_album(self, message: Message) -> bool:
        album = message.media_group_id
        return album is not None and not self.desk.store.first_of_album(album)

    async def moved(self, update: Update, _context: Context) -> None:
        """Go on in a group under its new number."""
        message = message_of(update)
        if message.migrate_to_chat_id is not None:
            self.desk.store.move_chat(message.chat.id, message.migrate_to_chat_id)

    async def membership(self, update: Update, _context: Context) -> None:
        """Forget who has blocked the bot, and groups it was put out of."""
        changed = update.my_chat_member
        assert changed is not None
        if changed.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
            self.desk.store.forget_chat(changed.chat.id)
            if changed.chat.type == changed.chat.PRIVATE:
                self.desk.store.forget(changed.chat.id)


@dataclass(slots=True)
class _Examples:
    """The example questions, made anew when the reports are others."""

    desk: Desk
    _held: tuple[Example, ...] = ()
    _of: int | None = field(default=None)

    def now(self) -> tuple[Example, ...]:
        number = self.desk.shelf.generation
        if number is None or number != self._of:
            self._held = examples(self.desk.library, self.desk.shelf.articles())
            self._of = number
        return self._held


class _Addressed(filters.MessageFilter):
    """A command that names this bot: others in the group may know the bare one too."""

    def filter(self, message: Message) -> bool:
        return addresses(message, message.get_bot().username)


class _FromBot(filters.MessageFilter):
    """A message of another bot."""

    def filter(self, message: Message) -> bool:
        return _is_from_bot(message)


def _is_from_bot(message: Message) -> bool:
    # Administrators who stay anonymous write through a bot too, on behalf of the group.
    return bool(message.from_user and message.from_user.is_bot and message.sender_chat is None)


def _is_our_own(message: Message, bot: int) -> bool:
    """A quote that was offered inline and sent to the bot itself."""
    return message.via_bot is not None and message.via_bot.id == bot
