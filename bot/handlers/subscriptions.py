"""What people follow: after a refresh they are sent new passages that answer it, a few a day at most."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from telegram import Bot, InlineKeyboardButton, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError, TimedOut

from bot.botapi import callback_data
from bot.botapi.addressing import argument
from bot.botapi.message import OutgoingMessage, one_line
from bot.botapi.send import send, send_to
from bot.botapi.types import Context
from bot.botapi.utf16 import is_visible, sound
from bot.content.filters import parse_place
from bot.content.quotes import Quote, verify
from bot.handlers.services import Services, message_of, off_loop
from bot.i18n.wording import Wording, wording
from bot.storage.subscriptions import Subscription
from bot.views.answer import quote_message
from corpus import Article, sentences
from retrieval import Result

MOST_A_DAY = 5
MOST_FOLLOWED = 20
BAR = 0.5
"""The calibrated confidence from which a passage is more likely to answer than not."""

_DAY_SECONDS = 24 * 3600
_MOST_ASKED_ONE_BY_ONE = 30
_PASSAGES = 50
_QUERY_UNITS = 200
_ITEM_UNITS = 120
_BUTTON_UNITS = 40
_log = logging.getLogger("bot")


@dataclass(frozen=True, slots=True)
class SubscriptionHandlers:
    """The handlers of /follow and /unfollow, and what comes after a refresh."""

    services: Services

    async def follow(self, update: Update, _context: Context) -> None:
        """Follow what is written behind the command, or list what is followed."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words, storage = self.services.wording(user), self.services.storage
        query, place = await off_loop(
            read_subscription, argument(message), list(self.services.articles.all())
        )
        mine = storage.subscriptions.find(message.chat.id, user.id)
        if not is_visible(query):
            await send(message, self._list(mine, words, words.follow_how))
            return
        if len(mine) >= MOST_FOLLOWED:
            await send(message, words.follow_too_many.format(count=MOST_FOLLOWED))
            return
        made = storage.subscriptions.add(message.chat.id, user.id, query, place, words.language)
        named = _named(query, place)
        if made is None:
            await send(message, words.follow_exists.format(query=named))
            return
        said = words.follow_set.format(query=named, count=MOST_A_DAY)
        await send(message, OutgoingMessage(said, (), ((_end_button(made, words.unfollow),),)))

    async def unfollow(self, update: Update, _context: Context) -> None:
        """End the subscription that is named, or offer those there are."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words, storage = self.services.wording(user), self.services.storage
        mine = storage.subscriptions.find(message.chat.id, user.id)
        written = argument(message)
        query, place = await off_loop(read_subscription, written, list(self.services.articles.all()))
        for one in mine:
            if written and (one.query, one.place) == (query, place):
                storage.subscriptions.remove(one.id, one.chat)
                await send(message, words.unfollowed.format(query=_named(query, place)))
                return
        said = words.unfollow_unknown if written else words.follow_how if mine else words.follow_none
        await send(message, self._list(mine, words, said))

    def _list(self, mine: list[Subscription], words: Wording, otherwise: str) -> OutgoingMessage:
        if not mine:
            return OutgoingMessage(otherwise)
        lines = (words.follow_item.format(query=_named(one.query, one.place, _ITEM_UNITS)) for one in mine)
        said = "\n".join((words.follow_list, *lines))
        buttons = tuple(
            (_end_button(one, f"{words.unfollow}：{_named(one.query, one.place, _BUTTON_UNITS)}"),)
            for one in mine
        )
        return OutgoingMessage(f"{said}\n\n{otherwise}", (), buttons)

    def look_for_news(self) -> None:
        """Compare the reports with those of the last look, and keep what is new for who follows it.

        The first look of all only learns which reports there are.
        """
        storage = self.services.storage
        known = storage.notices.known_reports()
        articles = list(self.services.articles.all())
        now = {}
        fresh = []
        for article in articles:
            digest = callback_data.key(article.text)
            held = (known or {}).get(article.id, "")
            if held.partition(" ")[0] == digest:
                now[article.id] = held
            else:
                now[article.id] = " ".join((digest, *_marks(article)))
                fresh.append(article)
        if now == known:
            return
        if known is not None and fresh:
            said_before = {mark for marks in known.values() for mark in marks.split(" ")[1:]}
            for subscription in storage.subscriptions.find():
                for result in self._news(subscription, fresh):
                    if callback_data.key(result.answer.text, 5) not in said_before:
                        storage.notices.add(
                            subscription.id, callback_data.key(result.text), Quote.of(result, True).record()
                        )
        storage.notices.set_known_reports(now)

    def _news(self, subscription: Subscription, fresh: list[Article]) -> Iterator[Result]:
        wanted = {article.id for article in fresh}
        narrowed: dict[str, Any] = {"place": subscription.place} if subscription.place else {}
        # Among themselves, so that older reports do not crowd the new ones out.
        days: list[dict[str, Any]] = [{}]
        if len(fresh) <= _MOST_ASKED_ONE_BY_ONE and all(article.date for article in fresh):
            days = [{"since": day, "until": day} for day in sorted({a.date for a in fresh if a.date})]
        for day in days:
            answer = self.services.retriever.ask(subscription.query, _PASSAGES, **narrowed, **day)
            if answer.answered:
                for result in answer.results:
                    if result.confidence >= BAR and result.article.id in wanted:
                        yield result

    async def deliver(self, bot: Bot) -> None:
        """Send what waits to be sent, to each chat no more than a few a day."""
        storage = self.services.storage
        counts: dict[int, int] = defaultdict(int)
        for subscription, digest, record in storage.notices.unsent():
            chat = subscription.chat
            if chat not in counts:
                counts[chat] = storage.notices.count_sent(chat, storage.now() - _DAY_SECONDS)
            if counts[chat] >= MOST_A_DAY:
                continue
            found = verify(Quote.read(record), self.services.articles)
            if found is None or not is_visible(sound(found.quote.text)):
                storage.notices.mark_sent(subscription.id, digest)  # the report says it no longer
                continue
            words = wording(subscription.language)
            outgoing = quote_message(
                found,
                words,
                words.follow_heading.format(query=_named(subscription.query, subscription.place)),
                ((_end_button(subscription, words.unfollow),),),
            )
            try:
                await send_to(bot, chat, outgoing)
            except Forbidden:
                _log.info("A chat takes no messages any more and is forgotten.")
                storage.forget_chat(chat)
                continue
            except ChatMigrated as moved:
                storage.subscriptions.move_chat(chat, moved.new_chat_id)
                continue
            except BadRequest as error:
                _log.error("Telegram refused a notice (%s).", type(error).__name__)
            except TimedOut:
                _log.warning("A notice may be lost.")  # or may have arrived: it is sent once
            except TelegramError as error:
                _log.warning("A notice waits to be sent (%s).", type(error).__name__)
                continue
            counts[chat] += 1
            storage.notices.mark_sent(subscription.id, digest)


def read_subscription(written: str, articles: Iterable[Article]) -> tuple[str, str]:
    """What is followed and in which place, "" for every place."""
    reports, place, query = list(articles), "", []
    for word in re.split(r"[\s,，、]+", written.strip()):
        found = parse_place(word, reports) if word and not place else None
        if found:
            place = found
        elif word:
            query.append(word)
    if not query and place:  # all that is written about a place
        return place, ""
    return one_line(" ".join(query), _QUERY_UNITS), place


def _marks(article: Article) -> Iterator[str]:
    """A short mark for each sentence of a report."""
    for start, end in sentences(article.text):
        yield callback_data.key(article.text[start:end], 5)


def _named(query: str, place: str, most_units: int = _QUERY_UNITS) -> str:
    return one_line(" · ".join(filter(None, (query, place))), most_units)


def _end_button(subscription: Subscription, label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        label, callback_data=callback_data.data(callback_data.UNFOLLOW, subscription.id)
    )
