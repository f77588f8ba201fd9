"""Answer questions, and store what buttons, follow-ups and statistics need of each answer."""

import re
import time
from dataclasses import dataclass

from telegram import Message, User

from bot.botapi.addressing import is_private
from bot.botapi.message import OutgoingMessage
from bot.botapi.send import edit, send, typing
from bot.content.filters import arguments, filter_of
from bot.content.quotes import VerifiedQuote, quotes_of, verify_all
from bot.delivery.processor import received_at
from bot.handlers.services import Services, off_loop
from bot.storage.replies import Reply
from bot.views.answer import MAX_PASSAGES, reply_message
from corpus import simplify
from retrieval import Answer, Filter, Refusal

_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class QuestionAnswerer:
    """Answers questions in messages."""

    services: Services

    async def answer(
        self, message: Message, user: User, question: str, *, follow: bool = True, headed: bool = False
    ) -> None:
        """Answer a question with one message.

        Args:
            follow: Whether the question may take over what it leaves out from the person's previous question.
            headed: Whether the answer repeats the question, which the chat does not show above it.
        """
        began = time.perf_counter()
        waiting = began - received_at.get(began)
        services, chat = self.services, message.chat.id
        previous = services.storage.last_questions.get(chat, user.id, _thread(message)) if follow else None
        filters = services.storage.users.filters(user.id)
        async with typing(message):
            answer, verified = await off_loop(self.ask, question, filter_of(filters), previous)
        found = time.perf_counter()
        reply, outgoing = self._reply(chat, user, answer, verified, filters, headed)
        sent = await send(message, outgoing)
        services.storage.replies.set_message(reply.id, sent.message_id)
        if answer.reason is not Refusal.EMPTY:
            services.storage.metrics.add_timing(
                reply.answered,
                *(1_000 * step for step in (waiting, found - began, time.perf_counter() - found)),
            )

    async def again(self, message: Message, user: User, question: str, filters: dict[str, str]) -> None:
        """Ask a question again, and show its answer in a message that showed another answer."""
        answer, verified = await off_loop(self.ask, question, filter_of(filters))
        reply, outgoing = self._reply(message.chat.id, user, answer, verified, filters, headed=True)
        self.services.storage.replies.set_message(reply.id, message.message_id)
        await edit(message, outgoing)

    def ask(
        self, question: str, chosen: Filter, previous: str | None = None
    ) -> tuple[Answer, tuple[VerifiedQuote, ...]]:
        """Ask the retriever; return its answer and the quotes that the articles hold word for word.

        Args:
            previous: The complete previous question, from which a follow-up takes over what it leaves out.
        """
        for _ in range(2):
            answer = self.services.retriever.ask(question, MAX_PASSAGES, after=previous, **arguments(chosen))
            quotes = quotes_of(answer)
            verified = verify_all(quotes, self.services.articles)
            if len(verified) == len(quotes):
                break  # else the index was refreshed meanwhile: ask the new generation
        return answer, verified

    def _reply(
        self,
        chat: int,
        user: User,
        answer: Answer,
        verified: tuple[VerifiedQuote, ...],
        filters: dict[str, str],
        headed: bool,
    ) -> tuple[Reply, OutgoingMessage]:
        storage, wording = self.services.storage, self.services.wording(user)
        answered = answer.answered and any(one.quote.near for one in verified)
        reason = answer.reason or (None if answered else Refusal.NOT_SAID)
        quotes = quotes_of(answer)
        reply = storage.replies.add(
            Reply(
                id=0,
                chat=chat,
                user=user.id,
                asked=answer.question,
                question=answer.asked,
                taken=answer.taken,
                answered=answered,
                reason=reason,
                missing=answer.missing,
                quotes=tuple(quote.record() for quote in quotes),
                filters=filters,
                headed=headed,
            )
        )
        if reason is not Refusal.EMPTY:
            storage.last_questions.set(chat, user.id, answer.asked)
        if reason in (Refusal.UNRELATED, Refusal.NOT_SAID) and not filters:
            self._keep_gap(answer.asked, reason)
        return reply, reply_message(reply, verified, wording)

    def _keep_gap(self, question: str, reason: Refusal) -> None:
        if self.services.keep_questions:
            folded = _NOT_LETTERS.sub("", simplify(question).lower())
            self.services.storage.metrics.add_gap(folded, question, reason)


def _thread(message: Message) -> int | None:
    """Return the message replied to in a group; None in a private chat, which has one thread."""
    if is_private(message):
        return None
    return message.reply_to_message.message_id if message.reply_to_message else 0
