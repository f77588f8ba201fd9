"""Handle /start, /help, /sources and /latest."""

from dataclasses import dataclass

from telegram import InlineKeyboardButton, Message, Update, User

from bot.botapi import callback_data
from bot.botapi.addressing import argument, is_private
from bot.botapi.command_menu import personal_menu
from bot.botapi.message import OutgoingMessage, one_line
from bot.botapi.send import send
from bot.botapi.types import Context
from bot.botapi.utf16 import is_visible, sound
from bot.content.examples import ExampleCache
from bot.content.filters import arguments, describe, filter_of
from bot.handlers.ask import QuestionAnswerer
from bot.handlers.services import Services, message_of, off_loop
from bot.views.pages import page_around
from bot.views.report import Order, first_page, latest, report_page, reports_list
from retrieval import Filter

_EXAMPLE_UNITS = 60


@dataclass(frozen=True, slots=True)
class CommandHandlers:
    """The handlers of commands that everybody may use and that keep nothing."""

    services: Services
    answerer: QuestionAnswerer
    examples: ExampleCache

    async def start(self, update: Update, context: Context) -> None:
        """Greet and offer example questions, or open the report or question of a deep link."""
        message, user = message_of(update), update.effective_user
        words, payload = self.services.wording(user), argument(message)
        if user and payload and await self._open_link(message, user, payload):
            return
        examples = await off_loop(self.examples.examples)
        text = words.start.format(bot=context.bot.username)
        if examples:
            text += f"\n\n{words.examples_heading}"
        buttons = tuple(
            (InlineKeyboardButton(one_line(one.question, _EXAMPLE_UNITS), callback_data=one.data),)
            for one in examples
        )
        await send(message, OutgoingMessage(text, (), buttons))
        if user and is_private(message) and words.traditional:
            await personal_menu(context.bot, user.id, words, admin=self.services.is_admin(user))

    async def _open_link(self, message: Message, user: User, payload: str) -> bool:
        """Answer the question or open the report of a deep link; False where the payload is neither."""
        question = callback_data.question_in_link(payload)
        if question is not None and is_visible(sound(question)):
            question = sound(question).strip()
            await self.answerer.answer(message, user, question, follow=False, headed=True)
            return True
        link = callback_data.report_in_link(payload)
        if link is None:
            return False
        key, offset = link
        words = self.services.wording(user)
        article = await off_loop(self.services.articles.by_key, key)
        if article is None:
            await send(message, words.link_unknown)
        elif offset is None or not 0 <= offset < len(article.text):
            await send(message, first_page(article, words))
        else:
            text = sound(article.text)
            span = page_around(text, offset, offset + 1) if is_visible(text) else (0, 0)
            await send(message, report_page(article, span, words))
        return True

    async def help(self, update: Update, context: Context) -> None:
        """Explain how to ask."""
        words = self.services.wording(update.effective_user)
        text = words.help.format(bot=context.bot.username)
        if self.services.is_admin(update.effective_user):
            text += f"\n\n{words.help_admin}"
        await send(message_of(update), text)

    async def sources(self, update: Update, _context: Context) -> None:
        """List the reports page by page; the argument of the command is the number of the page."""
        message = message_of(update)
        page = argument(message)
        articles = await off_loop(lambda: list(self.services.articles.all()))
        number = int(page) - 1 if page.isascii() and page.isdigit() and len(page) < 8 else 0
        words = self.services.wording(update.effective_user)
        await send(message, await off_loop(reports_list, articles, Order.DATE, number, words))

    async def latest(self, update: Update, _context: Context) -> None:
        """List the newest reports that the person's filter keeps."""
        user = update.effective_user
        chosen = filter_of(self.services.storage.users.filters(user.id)) if user else Filter()
        words = self.services.wording(user)
        articles = await off_loop(lambda: list(self.services.retriever.articles(**arguments(chosen))))
        await send(message_of(update), latest(articles, words, describe(chosen, words)))
