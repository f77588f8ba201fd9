"""Find out whether a message is addressed to the bot, and the question it asks."""

import re

from telegram import Message, MessageEntity
from telegram.constants import ChatType

from bot.botapi.utf16 import sound

_COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]+))?")
_ADDRESS_MARKS = " \n\t,，、:：;；"


def is_private(message: Message) -> bool:
    """Return whether the message comes from a chat between one person and the bot."""
    return message.chat.type == ChatType.PRIVATE


def is_from_bot(message: Message) -> bool:
    """Return whether another bot wrote the message."""
    # Anonymous administrators write through a bot too, on behalf of the group.
    return bool(message.from_user and message.from_user.is_bot and message.sender_chat is None)


def addresses(message: Message, bot_name: str) -> bool:
    """Return whether the message's command names the bot, as in /help@wenbao_bot."""
    command = _COMMAND.match(message.text or "")
    return bool(command and (command[2] or "").lower() == bot_name.lower())


def after_command(text: str, bot_name: str) -> str | None:
    """Return the question after /ask or /ask@bot; None if the text is no such command.

    The space may be missing: Telegram takes /ask问题 for plain text, people do not.
    """
    match = re.match(rf"/ask(?:@{re.escape(bot_name)})?(?![A-Za-z0-9_@])", text, re.IGNORECASE)
    return sound(text[match.end() :]).strip(_ADDRESS_MARKS) if match else None


def argument(message: Message) -> str:
    """Return the text after the command of a message."""
    text = message.text or ""
    command = _COMMAND.match(text)
    return sound(text[command.end() :]).strip(_ADDRESS_MARKS) if command else ""


def question_in(message: Message, bot_id: int, bot_name: str) -> str | None:
    """Return the question; "" if it is missing, None if the message is not for the bot.

    In a private chat every text is a question. In a group these are: /ask, a text that mentions the
    bot in whatever letter case, and a reply to a message of the bot.
    """
    text = message.text or ""
    asked = after_command(text, bot_name)
    if asked is not None:
        return asked
    if _starts_with_command(message):
        return None
    if is_private(message):
        return sound(text).strip()
    mention = re.compile(rf"(?<![A-Za-z0-9_@])@{re.escape(bot_name)}(?![A-Za-z0-9_])", re.IGNORECASE)
    if mention.search(text):
        return sound(mention.sub(" ", text)).strip(_ADDRESS_MARKS)
    replied_to = message.reply_to_message
    if replied_to and replied_to.from_user and replied_to.from_user.id == bot_id:
        return sound(text).strip()
    return None


def _starts_with_command(message: Message) -> bool:
    return any(e.type == MessageEntity.BOT_COMMAND and e.offset == 0 for e in message.entities)
