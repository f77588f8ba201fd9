"""Set the menu of commands that Telegram shows beside the input field."""

import asyncio
import logging
from contextlib import suppress

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.botapi.types import App
from bot.i18n.wording import LANGUAGES, Wording, wording

_SECONDS = 5.0  # the menu must not delay answers
_log = logging.getLogger("bot")


async def introduce(application: App, admins: frozenset[int] = frozenset()) -> None:
    """Set the menu in each language; if that fails, log it and go on."""
    try:
        for language in LANGUAGES:
            for code in wording(language).telegram:
                await _set(application.bot, wording(language), code=code or None)
    except (TelegramError, TimeoutError) as error:
        _log.warning("The menu of commands could not be set (%s).", type(error).__name__)
    for admin in sorted(admins):
        # Telegram takes the menu of a chat only once the administrator has written to the bot.
        await personal_menu(application.bot, admin, wording(LANGUAGES[0]), admin=True)
    _log.info("Serving as @%s.", application.bot.username)


async def personal_menu(bot: Bot, chat: int, words: Wording, *, admin: bool) -> None:
    """Set the menu of one user's chat, because Telegram does not distinguish the scripts of Chinese."""
    with suppress(TelegramError, TimeoutError):
        await _set(bot, words, chat=chat, admin=admin)


async def common_menu(bot: Bot, chat: int) -> None:
    """Give one user's chat the common menu again."""
    with suppress(TelegramError, TimeoutError):
        await asyncio.wait_for(bot.delete_my_commands(scope=BotCommandScopeChat(chat)), _SECONDS)


async def _set(
    bot: Bot, words: Wording, *, code: str | None = None, chat: int | None = None, admin: bool = False
) -> None:
    commands = words.commands | (words.admin_commands if admin else {})
    await asyncio.wait_for(
        bot.set_my_commands(
            [BotCommand(name, description) for name, description in commands.items()],
            language_code=code,
            scope=None if chat is None else BotCommandScopeChat(chat),
        ),
        _SECONDS,
    )
