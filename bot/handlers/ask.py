"""A question, from the message that puts it to the message that answers it."""

import re
import time
from dataclasses import dataclass

from telegram import Message, User

from bot.botapi.addressing import is_private
from bot.botapi.message import OutgoingMessage
from bot.content.filters import Narrowing
from bot.content.quotes import Proven, all_proven, quotes_of
from bot.handlers.context import Desk, edit, off_loop, received_at, send, typing
from bot.storage.store import Reply
from bot.views.answer import MOST_PASSAGES, reply_message
from corpus import simplify
from retrieval import Answer, Refusal
from retrieval.query.followup import FollowUp

_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers questions and keeps what their buttons, their follow-ups and the figures need."""

    desk: Desk

    async def answer(
        self, message: Message, user: User, question: str, *, follow: bool = True, headed: bool = False
    ) -> None:
        """Answer a question with one message, taking over from the question before what it leaves out.

        `headed` puts the question above the answer, where it does not stand above it in the chat.
        """
        began = time.perf_counter()
        waiting = began - received_at.get(began)
        desk, chat = self.desk, message.chat.id
        previous = desk.store.previous(chat, user.id, _thread(message)) if follow else None
        followed = desk.complete(question, previous) if previous else FollowUp(question, ())
        filters = desk.store.filters(user.id)
        async with typing(message):
            answer, proven = await off_loop(self.ask, followed.question, Narrowing.of(filters))
        found = time.perf_counter()
        reply, outgoing = self._reply(chat, user, question, followed, answer, proven, filters, headed)
        sent = await send(message, outgoing)
        desk.store.sent_as(reply.id, sent.message_id)
        if answer.reason is not Refusal.EMPTY:
            desk.store.add_timing(
                reply.answered,
                *(1_000 * step for step in (waiting, found - began, time.perf_counter() - found)),
            )

    async def again(self, message: Message, user: User, question: str, filters: dict[str, str]) -> None:
        """Put a question anew and show the answer in the message that gave another."""
        answer, proven = await off_loop(self.ask, question, Narrowing.of(filters))
        alone = FollowUp(question, ())
        reply, outgoing = self._reply(
            message.chat.id, user, question, alone, answer, proven, filters, headed=True
        )
        self.desk.store.sent_as(reply.id, message.message_id)
        await edit(message, outgoing)

    def ask(self, question: str, narrowing: Narrowing) -> tuple[Answer, tuple[Proven, ...]]:
        """An answer, with those of its quotes that the stored reports say word for word."""
        for _ in range(2):
            answer = self.desk.library.ask(question, MOST_PASSAGES, **narrowing.asked())
            quotes = quotes_of(answer)
            proven = all_proven(quotes, self.desk.shelf)
            if len(proven) == len(quotes):
                break  # else the reports were refreshed in between: what they say now counts
        return answer, proven

    def _reply(
        self,
        chat: int,
        user: User,
        asked: str,
        followed: FollowUp,
        answer: Answer,
        proven: tuple[Proven, ...],
        filters: dict[str, str],
        headed: bool,
    ) -> tuple[Reply, OutgoingMessage]:
        store, wording = self.desk.store, self.desk.wording(user)
        answered = answer.answered and any(one.quote.near for one in proven)
        reason = answer.reason or (None if answered else Refusal.NOT_SAID)
        quotes = quotes_of(answer)
        reply = store.add_reply(
            chat, user.id, asked, followed.question, followed.taken, answered, reason, answer.missing,
            [quote.record() for quote in quotes], filters, headed,
        )  # fmt: skip
        if reason is not Refusal.EMPTY:
            store.remember(chat, user.id, followed.question)
        if reason in (Refusal.UNRELATED, Refusal.NOT_SAID) and not filters:
            self._keep_gap(followed.question, reason)
        return reply, reply_message(reply, proven, wording)

    def _keep_gap(self, question: str, reason: Refusal) -> None:
        if self.desk.keep_questions:
            folded = _NOT_LETTERS.sub("", simplify(question).lower())
            self.desk.store.add_gap(folded, question, reason)


def _thread(message: Message) -> int | None:
    """In a group, the message replied to; in a private chat there is only one thread."""
    if is_private(message):
        return None
    return message.reply_to_message.message_id if message.reply_to_message else 0
