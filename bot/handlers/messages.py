"""Handle messages that are no commands, and changes of the chats that the bot is in."""

from dataclasses import dataclass

from telegram import ChatMember, Message, Update

from bot.botapi.addressing import is_from_bot, is_private, question_in
from bot.botapi.send import send
from bot.botapi.types import Context
from bot.handlers.admin import AdminHandlers, link_in
from bot.handlers.ask import QuestionAnswerer
from bot.handlers.services import Services, message_of


@dataclass(frozen=True, slots=True)
class MessageHandlers:
    """The handlers of texts, documents, other messages, and changed or blocked chats."""

    services: Services
    answerer: QuestionAnswerer
    admin: AdminHandlers

    async def text(self, update: Update, context: Context) -> None:
        """Answer a question that is asked in a private chat or addressed to the bot in a group."""
        message, user = message_of(update), update.effective_user
        if user is None or is_from_bot(message) or _is_via(message, context.bot.id):
            return
        question = question_in(message, context.bot.id, context.bot.username)
        if question is None:
            if is_private(message):
                await send(message, self.services.wording(user).unknown_command)
        elif is_private(message) and (url := link_in(question)):
            await self.admin.link(message, user, url)
        elif question:
            await self.answerer.answer(message, user, question)
        else:
            await send(message, self.services.wording(user).how_to_ask)

    async def document(self, update: Update, context: Context) -> None:
        """Add the report that an administrator sends; refuse others, once for an album."""
        if self.services.is_admin(update.effective_user):
            await self.admin.document(update, context)
        elif not self._is_known_album(message_of(update)):
            await send(message_of(update), self.services.wording(update.effective_user).admins_only)

    async def other(self, update: Update, _context: Context) -> None:
        """Say that only text is read, once for an album."""
        if not self._is_known_album(message_of(update)):
            await send(message_of(update), self.services.wording(update.effective_user).only_text)

    def _is_known_album(self, message: Message) -> bool:
        album = message.media_group_id
        return album is not None and not self.services.storage.updates.add_album(album)

    async def migrated(self, update: Update, _context: Context) -> None:
        """Keep what is stored of a group that became a supergroup under its new id."""
        message = message_of(update)
        if message.migrate_to_chat_id is not None:
            self.services.storage.subscriptions.move_chat(message.chat.id, message.migrate_to_chat_id)

    async def membership(self, update: Update, _context: Context) -> None:
        """Forget people who have blocked the bot, and groups that have removed it."""
        changed = update.my_chat_member
        assert changed is not None
        if changed.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
            self.services.storage.forget_chat(changed.chat.id)
            if changed.chat.type == changed.chat.PRIVATE:
                self.services.storage.forget_user(changed.chat.id)


def _is_via(message: Message, bot: int) -> bool:
    """Whether a message is an inline result of this bot that was sent to the bot itself."""
    return message.via_bot is not None and message.via_bot.id == bot
