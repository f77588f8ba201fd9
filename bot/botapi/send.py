"""Send and edit messages, and show that the bot is typing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.botapi.addressing import is_private
from bot.botapi.message import OutgoingMessage

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TYPING_AGAIN_SECONDS = 4.5  # Telegram shows it for five
_TYPING_TIMEOUT_SECONDS = 1.0


async def send(message: Message, outgoing: OutgoingMessage | str) -> Message:
    """Send to the chat of `message`; in a group as a reply, so that the asker finds it."""
    if isinstance(outgoing, str):
        outgoing = OutgoingMessage(outgoing)
    reply_to = None
    if not is_private(message):
        reply_to = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    return await message.reply_text(
        outgoing.text,
        entities=outgoing.entities or None,
        link_preview_options=_NO_PREVIEW,
        reply_parameters=reply_to,
        reply_markup=outgoing.markup,
        do_quote=False,
    )


async def send_to(bot: Bot, chat: int, outgoing: OutgoingMessage) -> Message:
    """Send to a chat without a message to reply to."""
    return await bot.send_message(
        chat,
        outgoing.text,
        entities=outgoing.entities or None,
        link_preview_options=_NO_PREVIEW,
        reply_markup=outgoing.markup,
    )


async def edit(message: Message, outgoing: OutgoingMessage | str) -> None:
    """Replace the text and buttons of one of the bot's messages; unchanged content is no error."""
    if isinstance(outgoing, str):
        outgoing = OutgoingMessage(outgoing)
    try:
        await message.edit_text(
            outgoing.text,
            entities=outgoing.entities or None,
            link_preview_options=_NO_PREVIEW,
            reply_markup=outgoing.markup,
        )
    except BadRequest as error:
        if "not modified" not in str(error).lower():
            raise


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing…" in the chat of `message` while the body of the `with` statement runs."""

    async def once() -> None:
        with suppress(TelegramError, TimeoutError):  # the answer does not depend on it
            await asyncio.wait_for(message.reply_chat_action(ChatAction.TYPING), _TYPING_TIMEOUT_SECONDS)

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_TYPING_AGAIN_SECONDS)
            await once()

    first = asyncio.create_task(once())
    again = asyncio.create_task(repeat())
    try:
        yield
        await first  # or it would come after the answer, and be shown for five seconds more
    finally:
        again.cancel()
        first.cancel()
