"""Handle presses of buttons: each edits its message or sends one, and is always answered."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.botapi import callback_data
from bot.botapi.send import edit
from bot.botapi.types import Context
from bot.botapi.utf16 import sound
from bot.content.examples import example_of
from bot.content.filters import arguments, describe, filter_of
from bot.content.quotes import Quote, verify, verify_all
from bot.handlers.ask import QuestionAnswerer
from bot.handlers.preferences import PreferenceHandlers
from bot.handlers.services import Services, off_loop
from bot.i18n.wording import Wording
from bot.logs import class_and_line
from bot.storage.replies import Reply
from bot.views.answer import Script, View, max_quotes, reply_message
from bot.views.pages import page_around
from bot.views.report import Order, digest, first_page, latest, page_at, report_page, reports_list

_log = logging.getLogger("bot")
_MAX_NOTICE_CHARACTERS = 200  # https://core.telegram.org/bots/api#answercallbackquery


class Refused(Exception):
    """A press that cannot be carried out; the message tells the person why."""


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button: its message, its language, and the arguments of its callback data."""

    query: CallbackQuery
    message: Message
    wording: Wording
    arguments: list[str]

    @property
    def chat(self) -> int:
        """The chat of the message."""
        return self.message.chat.id


@dataclass(frozen=True, slots=True)
class ButtonHandlers:
    """The handlers of each kind of button; each returns a notice for the person, or None."""

    services: Services
    answerer: QuestionAnswerer
    preferences: PreferenceHandlers
    undo: Callable[[Press], Awaitable[str | None]]

    async def pressed(self, update: Update, _context: Context) -> None:
        """Carry out the press of a button, and answer it whatever happens."""
        query = update.callback_query
        assert query is not None
        wording = self.services.wording(query.from_user)
        notice: str | None = wording.failure
        alert = True
        try:
            if not isinstance(query.message, Message):
                notice = wording.too_old
                return
            verb, words = callback_data.read(query.data or "")
            act = self._acts().get(verb)
            if act is None:
                notice = wording.pressed_unknown
                return
            notice = await act(Press(query, query.message, wording, words))
            alert = False
        except Refused as refused:
            notice = str(refused)
        except (ValueError, IndexError) as error:  # mostly data of an earlier version
            _log.warning("A press was not understood: %s.", class_and_line(error))
            notice = wording.pressed_unknown
        except BadRequest as error:  # mostly deleted or too old to be edited
            _log.warning("A message could not be edited: %s.", class_and_line(error))
            notice = wording.too_old
        except Forbidden:
            notice = None
        finally:
            await _answer(query, notice, alert)

    def _acts(self) -> dict[str, Callable[[Press], Awaitable[str | None]]]:
        return {
            callback_data.ANSWER: self._answer,
            callback_data.CONTEXT: self._context,
            callback_data.PAGE: self._page,
            callback_data.ALONE: self._alone,
            callback_data.ANYWHERE: self._anywhere,
            callback_data.VOTE: self._vote,
            callback_data.SOURCES: self._sources,
            callback_data.LATEST: self._latest,
            callback_data.EXAMPLE: self._example,
            callback_data.FILTER: self._filter,
            callback_data.LANGUAGE: self._language,
            callback_data.UNFOLLOW: self._unfollow,
            callback_data.UNDO: self.undo,
            callback_data.NOTHING: _nothing,
        }

    async def _answer(self, press: Press) -> str | None:
        number, view, script = press.arguments
        reply = self._reply(press, number)
        quotes = tuple(map(Quote.read, reply.quotes))
        shown = await off_loop(verify_all, quotes, self.services.articles)
        if reply.answered and not any(one.quote.near for one in shown):
            raise Refused(press.wording.quote_gone)
        voted = self.services.storage.votes.get(reply.id, press.query.from_user.id)
        await edit(
            press.message,
            reply_message(
                reply, shown, press.wording, view=View(view), script=Script(script),
                voted=voted if _is_private(press) else None,
            ),
        )  # fmt: skip
        return None

    async def _context(self, press: Press) -> str | None:
        number, index = press.arguments
        reply = self._reply(press, number)
        quote = Quote.read(reply.quotes[int(index)])
        found = await off_loop(verify, quote, self.services.articles)
        if found is None:
            article = self.services.articles.get(quote.report)
            raise Refused(press.wording.report_gone if article is None else press.wording.quote_gone)
        article, quote = found.article, found.quote
        span = page_around(sound(article.text), quote.start, quote.end)
        bold = (quote.answer_start, quote.answer_end) if reply.answered else (0, 0)
        first = [n for n, kept in enumerate(reply.quotes) if kept["near"]][: max_quotes(reply)]
        view = View.MORE if reply.answered and int(index) not in first else View.QUOTES
        back = f"{callback_data.ANSWER}{reply.id}{view}"
        await edit(press.message, report_page(article, span, press.wording, back, bold))
        return None

    async def _page(self, press: Press) -> str | None:
        short, known, direction, offset, back = press.arguments
        article = await off_loop(self.services.articles.by_key, short)
        if article is None:
            raise Refused(press.wording.report_gone)
        if digest(article) != known:
            await edit(press.message, first_page(article, press.wording, back))
            return press.wording.report_changed
        await edit(press.message, page_at(article, direction, int(offset), press.wording, back))
        return None

    async def _alone(self, press: Press) -> str | None:
        reply = self._reply_of_asker(press)
        self.services.storage.last_questions.clear(press.chat, reply.user)
        await self.answerer.again(press.message, press.query.from_user, reply.asked, reply.filters)
        return None

    async def _anywhere(self, press: Press) -> str | None:
        reply = self._reply_of_asker(press)
        await self.answerer.again(press.message, press.query.from_user, reply.question, {})
        return None

    async def _vote(self, press: Press) -> str | None:
        number, verdict = press.arguments
        reply, good = self._reply(press, number), verdict == "1"
        best = Quote.read(reply.quotes[0]) if reply.answered and reply.quotes else None
        sentence = best.text[best.answer_start - best.start : best.answer_end - best.start] if best else None
        article = self.services.articles.get(best.report) if best else None
        title = article.title if article else None
        self.services.storage.votes.set(
            reply.id, press.query.from_user.id, good, reply.question, sentence, title
        )
        if _is_private(press):
            markup = press.message.reply_markup
            if markup is not None:
                await _mark_vote(press, markup.inline_keyboard, good)
        return press.wording.thanks_good if good else press.wording.thanks_bad

    async def _sources(self, press: Press) -> str | None:
        order, page = press.arguments
        articles = await off_loop(lambda: list(self.services.articles.all()))
        await edit(press.message, reports_list(articles, Order(order), int(page), press.wording))
        return None

    async def _latest(self, press: Press) -> str | None:
        chosen = filter_of(self.services.storage.users.filters(press.query.from_user.id))
        articles = await off_loop(lambda: list(self.services.retriever.articles(**arguments(chosen))))
        await edit(press.message, latest(articles, press.wording, describe(chosen, press.wording)))
        return None

    async def _example(self, press: Press) -> str | None:
        short, named = press.arguments
        article = await off_loop(self.services.articles.by_key, short)
        question = example_of(article, named) if article else None
        if question is None:
            raise Refused(press.wording.example_gone)
        await self.answerer.answer(press.message, press.query.from_user, question, follow=False, headed=True)
        return None

    async def _filter(self, press: Press) -> str | None:
        await edit(
            press.message, await self.preferences.filter_pressed(press.query.from_user, press.arguments)
        )
        return None

    async def _language(self, press: Press) -> str | None:
        user, bot = press.query.from_user, press.message.get_bot()
        await edit(press.message, await self.preferences.language_pressed(bot, user, press.arguments[0]))
        return None

    async def _unfollow(self, press: Press) -> str | None:
        number = int(press.arguments[0])
        held = [one for one in self.services.storage.subscriptions.find(press.chat) if one.id == number]
        if not held:
            raise Refused(press.wording.unfollow_unknown)
        if held[0].user != press.query.from_user.id:
            raise Refused(press.wording.not_yours)
        ended = held[0]
        self.services.storage.subscriptions.remove(ended.id, press.chat)
        await _remove_button(press)
        return press.wording.unfollowed.format(query=" ".join(filter(None, (ended.query, ended.place))))

    def _reply(self, press: Press, number: str) -> Reply:
        reply = self.services.storage.replies.get(int(number), press.chat)
        if reply is None:
            raise Refused(press.wording.too_old)
        return reply

    def _reply_of_asker(self, press: Press) -> Reply:
        """Return the reply of a press; refuse the press of anybody but the person who asked."""
        reply = self._reply(press, press.arguments[0])
        if reply.user != press.query.from_user.id:
            raise Refused(press.wording.not_yours)
        return reply


def _is_private(press: Press) -> bool:
    return press.message.chat.type == press.message.chat.PRIVATE


async def _nothing(_press: Press) -> str | None:
    return None


async def _mark_vote(press: Press, rows: tuple[tuple[InlineKeyboardButton, ...], ...], good: bool) -> None:
    """Show the vote on its button."""
    marked = []
    for row in rows:
        buttons = []
        for button in row:
            verb, words = callback_data.read(str(button.callback_data or ""))
            if verb == callback_data.VOTE:
                sign = "👍" if words[-1] == "1" else "👎"
                label = f"{sign} ✓" if (words[-1] == "1") == good else sign
                button = InlineKeyboardButton(label, callback_data=button.callback_data)
            buttons.append(button)
        marked.append(buttons)
    try:
        await press.message.edit_reply_markup(InlineKeyboardMarkup(marked))
    except BadRequest as error:
        if "not modified" not in str(error).lower():
            raise


async def _remove_button(press: Press) -> None:
    """Remove the pressed button from its message."""
    markup = press.message.reply_markup
    rows = [
        [button for button in row if button.callback_data != press.query.data]
        for row in (markup.inline_keyboard if markup else ())
    ]
    left = [row for row in rows if row]
    await press.message.edit_reply_markup(InlineKeyboardMarkup(left) if left else None)


async def _answer(query: CallbackQuery, notice: str | None, alert: bool) -> None:
    try:
        await query.answer(
            notice[:_MAX_NOTICE_CHARACTERS] if notice else None, show_alert=bool(notice) and alert
        )
    except TelegramError as error:
        # A press that waited too long cannot be answered; it has been carried out all the same.
        _log.info("A press could not be answered (%s).", type(error).__name__)
