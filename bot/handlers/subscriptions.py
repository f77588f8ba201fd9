"""Handle subscriptions: after a refresh, send new passages that answer a followed query."""

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
from bot.content.quotes import Quote, VerifiedQuote, verify
from bot.handlers.services import Services, message_of, off_loop
from bot.i18n.wording import Wording, wording
from bot.storage.subscriptions import Subscription
from bot.views.answer import quote_message
from corpus import Article, sentences
from retrieval import Result

MAX_PER_DAY = 5
MAX_SUBSCRIPTIONS = 20
MIN_CONFIDENCE = 0.5
"""From this calibrated confidence on, a passage is more likely to answer than not."""

_DAY_SECONDS = 24 * 3600
_MAX_ASKED_BY_DAY = 30
_PASSAGES = 50
_QUERY_UNITS = 200
_ITEM_UNITS = 120
_BUTTON_UNITS = 40
_log = logging.getLogger("bot")


@dataclass(frozen=True, slots=True)
class SubscriptionHandlers:
    """The handlers of /follow and /unfollow, and the news sent after a refresh."""

    services: Services

    async def follow(self, update: Update, _context: Context) -> None:
        """Subscribe to the query that is written after the command, or list the subscriptions."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words, storage = self.services.wording(user), self.services.storage
        query, place = await off_loop(
            parse_subscription, argument(message), list(self.services.articles.all())
        )
        mine = storage.subscriptions.find(message.chat.id, user.id)
        if not is_visible(query):
            await send(message, self._list(mine, words, words.follow_how))
            return
        if len(mine) >= MAX_SUBSCRIPTIONS:
            await send(message, words.follow_too_many.format(count=MAX_SUBSCRIPTIONS))
            return
        subscription = storage.subscriptions.add(message.chat.id, user.id, query, place, words.language)
        named = _named(query, place)
        if subscription is None:
            await send(message, words.follow_exists.format(query=named))
            return
        text = words.follow_set.format(query=named, count=MAX_PER_DAY)
        await send(message, OutgoingMessage(text, (), ((_end_button(subscription, words.unfollow),),)))

    async def unfollow(self, update: Update, _context: Context) -> None:
        """End the subscription that is written after the command, or list the subscriptions."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words, storage = self.services.wording(user), self.services.storage
        mine = storage.subscriptions.find(message.chat.id, user.id)
        written = argument(message)
        query, place = await off_loop(parse_subscription, written, list(self.services.articles.all()))
        for one in mine:
            if written and (one.query, one.place) == (query, place):
                storage.subscriptions.remove(one.id, one.chat)
                await send(message, words.unfollowed.format(query=_named(query, place)))
                return
        text = words.unfollow_unknown if written else words.follow_how if mine else words.follow_none
        await send(message, self._list(mine, words, text))

    def _list(self, mine: list[Subscription], words: Wording, otherwise: str) -> OutgoingMessage:
        if not mine:
            return OutgoingMessage(otherwise)
        lines = (words.follow_item.format(query=_named(one.query, one.place, _ITEM_UNITS)) for one in mine)
        text = "\n".join((words.follow_list, *lines))
        buttons = tuple(
            (_end_button(one, f"{words.unfollow}：{_named(one.query, one.place, _BUTTON_UNITS)}"),)
            for one in mine
        )
        return OutgoingMessage(f"{text}\n\n{otherwise}", (), buttons)

    def look_for_news(self) -> None:
        """Compare the articles with those of the last look, and store a notice of each new matching passage.

        The first look only stores which articles there are.
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
                now[article.id] = " ".join((digest, *_sentence_digests(article)))
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
        # Day by day, so that older articles do not crowd the new ones out.
        days: list[dict[str, Any]] = [{}]
        if len(fresh) <= _MAX_ASKED_BY_DAY and all(article.date for article in fresh):
            days = [{"since": day, "until": day} for day in sorted({a.date for a in fresh if a.date})]
        for day in days:
            answer = self.services.retriever.ask(subscription.query, _PASSAGES, **narrowed, **day)
            if answer.answered:
                for result in answer.results:
                    if result.confidence >= MIN_CONFIDENCE and result.article.id in wanted:
                        yield result

    async def deliver(self, bot: Bot) -> None:
        """Send the stored notices, at most MAX_PER_DAY to each chat."""
        storage = self.services.storage
        counts: dict[int, int] = defaultdict(int)
        for subscription, digest, record in storage.notices.unsent():
            chat = subscription.chat
            if chat not in counts:
                counts[chat] = storage.notices.count_sent(chat, storage.now() - _DAY_SECONDS)
            if counts[chat] >= MAX_PER_DAY:
                continue
            found = verify(Quote.read(record), self.services.articles)
            if found is None or not is_visible(sound(found.quote.text)):
                storage.notices.mark_sent(subscription.id, digest)  # the article no longer holds it
            elif await self._send_notice(bot, subscription, found):
                counts[chat] += 1
                storage.notices.mark_sent(subscription.id, digest)

    async def _send_notice(self, bot: Bot, subscription: Subscription, found: VerifiedQuote) -> bool:
        """Send one notice; False where it stays stored, or the chat is gone."""
        storage, chat, words = self.services.storage, subscription.chat, wording(subscription.language)
        heading = words.follow_heading.format(query=_named(subscription.query, subscription.place))
        buttons = ((_end_button(subscription, words.unfollow),),)
        try:
            await send_to(bot, chat, quote_message(found, words, heading, buttons))
        except Forbidden:
            _log.info("A chat takes no messages any more and is forgotten.")
            storage.forget_chat(chat)
            return False
        except ChatMigrated as moved:
            storage.subscriptions.move_chat(chat, moved.new_chat_id)
            return False
        except BadRequest as error:
            _log.error("Telegram refused a notice (%s).", type(error).__name__)
        except TimedOut:
            _log.warning("A notice may be lost.")  # it may have arrived, and is not sent twice
        except TelegramError as error:
            _log.warning("A notice waits to be sent (%s).", type(error).__name__)
            return False
        return True


def parse_subscription(written: str, articles: Iterable[Article]) -> tuple[str, str]:
    """Parse a subscription into its query and its place, "" for every place."""
    reports, place, query = list(articles), "", []
    for word in re.split(r"[\s,，、]+", written.strip()):
        found = parse_place(word, reports) if word and not place else None
        if found:
            place = found
        elif word:
            query.append(word)
    if not query and place:  # a place alone is followed by its name
        return place, ""
    return one_line(" ".join(query), _QUERY_UNITS), place


def _sentence_digests(article: Article) -> Iterator[str]:
    """Yield a short digest of each sentence of an article."""
    for start, end in sentences(article.text):
        yield callback_data.key(article.text[start:end], 5)


def _named(query: str, place: str, most_units: int = _QUERY_UNITS) -> str:
    return one_line(" · ".join(filter(None, (query, place))), most_units)


def _end_button(subscription: Subscription, label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        label, callback_data=callback_data.data(callback_data.UNFOLLOW, subscription.id)
    )
