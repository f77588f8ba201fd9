"""Inline mode: `@bot question` in any chat offers quotes to send, each with its source."""

from dataclasses import dataclass

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.error import BadRequest

from bot.botapi import callback_data
from bot.botapi.message import one_line
from bot.botapi.types import Context
from bot.botapi.utf16 import is_visible, sound
from bot.content.filters import filter_of
from bot.content.quotes import VerifiedQuote
from bot.handlers.ask import QuestionAnswerer
from bot.handlers.services import Services, off_loop
from bot.i18n.wording import Wording
from bot.views.answer import quote_message, source_line

_MAX_OFFERED = 5
_SHOWN_UNITS = 120
_CACHE_SECONDS = 30  # the reports may change at any time
_START = "inline"


@dataclass(frozen=True, slots=True)
class InlineQueryHandlers:
    """The handler of inline queries."""

    services: Services
    answerer: QuestionAnswerer

    async def queried(self, update: Update, context: Context) -> None:
        """Offer the quotes that answer the query, or say above the empty list why there are none."""
        query = update.inline_query
        assert query is not None
        words = self.services.wording(query.from_user)
        question = sound(query.query).strip()
        offered: list[InlineQueryResultArticle] = []
        label, payload = words.inline_how, _START
        if is_visible(question):
            chosen = filter_of(self.services.storage.users.filters(query.from_user.id))
            answer, verified = await off_loop(self.answerer.ask, question, chosen)
            near = [one for one in verified if one.quote.near and is_visible(sound(one.quote.text))]
            if answer.answered:
                offered = [_offer(one, words, context.bot.username) for one in near[:_MAX_OFFERED]]
            label = words.inline_ask if offered else words.inline_none
            payload = callback_data.question_link(question) or _START
        try:
            await query.answer(
                offered,
                cache_time=_CACHE_SECONDS,
                is_personal=True,
                button=InlineQueryResultsButton(label, start_parameter=payload),
            )
        except BadRequest as error:
            # The person has typed on, and the next query is answered instead.
            if "too old" not in str(error).lower():
                raise


def _offer(one: VerifiedQuote, words: Wording, bot_name: str) -> InlineQueryResultArticle:
    sentence = sound(one.quote.text)[
        one.quote.answer_start - one.quote.start : one.quote.answer_end - one.quote.start
    ]
    title = one_line(sentence if is_visible(sentence) else one.quote.text, _SHOWN_UNITS)
    source = source_line(one.article, words, section=one.quote.section)
    link = f"https://t.me/{bot_name}?start={callback_data.report_link(one.article.id, one.quote.start)}"
    message = quote_message(one, words, "", ())
    return InlineQueryResultArticle(
        id=callback_data.key(f"{one.quote.report}\n{one.quote.text}"),
        title=title,
        description=one_line(source, _SHOWN_UNITS),
        input_message_content=InputTextMessageContent(
            message.text,
            entities=message.entities,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton(words.inline_open, url=link)]]),
    )
