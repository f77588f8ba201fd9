"""Handle a person's language, filter and privacy."""

from collections.abc import Iterable
from dataclasses import dataclass

from telegram import Bot, InlineKeyboardButton, Update, User

from bot.botapi import callback_data
from bot.botapi.addressing import argument
from bot.botapi.command_menu import common_menu, personal_menu
from bot.botapi.message import OutgoingMessage, one_line
from bot.botapi.send import send
from bot.botapi.types import Context
from bot.botapi.utf16 import is_visible
from bot.content.filters import (
    PAPER,
    PLACE,
    SINCE,
    UNTIL,
    describe,
    filter_of,
    papers,
    parse_filters,
    places,
    year_filter,
    years,
)
from bot.handlers.services import Services, message_of, off_loop
from bot.i18n.wording import LANGUAGES, language_for, wording
from corpus import Article

_MAX_CHOICES = 6
_CHOICE_UNITS = 30
_ECHO_UNITS = 100
_PAPER, _PLACE, _YEAR, _CLEAR = "n", "p", "y", "-"


@dataclass(frozen=True, slots=True)
class PreferenceHandlers:
    """The handlers of /lang, /filter, /new, /privacy and /forget."""

    services: Services

    async def language(self, update: Update, context: Context) -> None:
        """Change the language, or offer the choice."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        wanted = argument(message)
        if not wanted:
            text = self.services.wording(user).language_choose
            buttons = tuple(
                (
                    InlineKeyboardButton(
                        wording(one).name, callback_data=callback_data.data(callback_data.LANGUAGE, one)
                    ),
                )
                for one in LANGUAGES
            )
            await send(message, OutgoingMessage(text, (), buttons))
            return
        chosen = _language(wanted)
        if chosen is None:
            names = "、".join(f"{one}（{wording(one).name}）" for one in LANGUAGES)
            await send(message, self.services.wording(user).language_unknown.format(languages=names))
            return
        await send(message, await self.language_pressed(context.bot, user, chosen))

    async def language_pressed(self, bot: Bot, user: User, language: str) -> OutgoingMessage:
        """Store the language of a button, and reply in it."""
        if language not in LANGUAGES:
            raise ValueError(language)
        self.services.storage.users.set_language(user.id, language)
        await personal_menu(bot, user.id, wording(language), admin=self.services.is_admin(user))
        return OutgoingMessage(wording(language).language_set)

    async def filter(self, update: Update, _context: Context) -> None:
        """Set the filter that is written after the command, or offer choices."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words, written = self.services.wording(user), argument(message)
        articles = await off_loop(lambda: list(self.services.articles.all()))
        if written:
            found = await off_loop(parse_filters, written, articles)
            if found is None:
                await send(message, words.filter_unknown.format(words=one_line(written, _ECHO_UNITS)))
                return
            kept = self.services.storage.users.filters(user.id) if found else {}
            if SINCE in found:
                kept.pop(UNTIL, None)
            self.services.storage.users.set_filters(user.id, kept | found)
        await send(message, self._filters(user, articles))

    async def filter_pressed(self, user: User, pressed: list[str]) -> OutgoingMessage:
        """Set or clear the filter of a button."""
        kind, value = pressed
        articles = await off_loop(lambda: list(self.services.articles.all()))
        kept = self.services.storage.users.filters(user.id)
        if kind == _CLEAR:
            kept = {}
        elif kind == _YEAR:
            chosen = year_filter(int(value))
            lifted = all(kept.get(name) == day for name, day in chosen.items())
            kept = {name: day for name, day in kept.items() if name not in (SINCE, UNTIL)}
            kept |= {} if lifted else chosen
        else:
            name = PLACE if kind == _PLACE else PAPER
            choices = places(articles) if kind == _PLACE else papers(articles)
            found = next((one for one in choices if callback_data.key(one) == value), None)
            if found is None or kept.get(name) == found:
                kept.pop(name, None)
            else:
                kept[name] = found
        self.services.storage.users.set_filters(user.id, kept)
        return self._filters(user, articles)

    def _filters(self, user: User, articles: Iterable[Article]) -> OutgoingMessage:
        words = self.services.wording(user)
        kept = self.services.storage.users.filters(user.id)
        narrowed = describe(filter_of(kept), words)
        text = words.filter_set.format(filters=narrowed) if narrowed else words.filter_none
        reports = list(articles)

        def choices(kind: str, name: str, values: list[str]) -> tuple[InlineKeyboardButton, ...]:
            return tuple(
                InlineKeyboardButton(
                    one_line(value, _CHOICE_UNITS) + (" ✓" if kept.get(name) == value else ""),
                    callback_data=callback_data.data(callback_data.FILTER, kind, callback_data.key(value)),
                )
                for value in values[:_MAX_CHOICES]
                if is_visible(value)
            )

        by_year = tuple(
            InlineKeyboardButton(
                str(year) + (" ✓" if year_filter(year).items() <= kept.items() else ""),
                callback_data=callback_data.data(callback_data.FILTER, _YEAR, year),
            )
            for year in years(reports)[:_MAX_CHOICES]
        )
        clear = InlineKeyboardButton(
            words.filter_clear, callback_data=callback_data.data(callback_data.FILTER, _CLEAR, "-")
        )
        rows = (
            *_rows(choices(_PLACE, PLACE, places(reports))),
            by_year,
            *_rows(choices(_PAPER, PAPER, papers(reports))),
            (clear,) if kept else (),
        )
        return OutgoingMessage(f"{text}\n\n{words.filter_how}", (), rows)

    async def new(self, update: Update, _context: Context) -> None:
        """Forget the previous question, so that the next one takes over nothing."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        self.services.storage.last_questions.clear(message.chat.id, user.id)
        await send(message, self.services.wording(user).new)

    async def privacy(self, update: Update, _context: Context) -> None:
        """List what is stored about a person."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words, storage = self.services.wording(user), self.services.storage
        kept = storage.count_of_user(user.id)
        chosen = storage.users.language(user.id)
        text = words.privacy.format(
            language=wording(chosen).name if chosen else "–",
            filters=describe(filter_of(storage.users.filters(user.id)), words) or "–",
            context=kept["context"],
            replies=kept["reply"],
            votes=kept["vote"],
            subscriptions=kept["subscription"],
        )
        about = (
            words.privacy_questions_kept if self.services.keep_questions else words.privacy_questions_not_kept
        )
        await send(message, f"{text}\n\n{about}")

    async def forget(self, update: Update, context: Context) -> None:
        """Delete everything that is stored about a person."""
        message, user = message_of(update), update.effective_user
        assert user is not None
        words = self.services.wording(user)
        chose = self.services.storage.users.language(user.id) is not None
        self.services.storage.forget_user(user.id)
        await send(message, words.forgotten)
        if chose and not self.services.is_admin(user):
            await common_menu(context.bot, user.id)


def _rows(buttons: tuple[InlineKeyboardButton, ...]) -> tuple[tuple[InlineKeyboardButton, ...], ...]:
    return tuple(buttons[n : n + 3] for n in range(0, len(buttons), 3))


def _language(written: str) -> str | None:
    """Return the language that a person names by its code or by its own name."""
    wanted = written.strip().lower()
    for one in LANGUAGES:
        if wanted in (one.lower(), wording(one).name.lower(), *wording(one).called):
            return one
    return language_for(wanted) if wanted.split("-")[0] in ("zh", "en") else None
