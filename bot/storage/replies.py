"""Store the answers that were sent, because the buttons below them need their content."""

import json
from dataclasses import dataclass, replace
from typing import Any

from bot.storage.database import Database

REPLY_SECONDS = 30 * 24 * 3600
"""How long the buttons below an answer work."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was sent.

    Args:
        id: The number of the row; 0 until the reply is stored.
        asked: The question as the user wrote it.
        question: The question completed with the words `taken` from the question before.
        filters: The filters that the search was limited by.
        headed: Whether the question stands above the answer in the message.
    """

    id: int
    chat: int
    user: int
    asked: str
    question: str
    taken: tuple[str, ...]
    answered: bool
    reason: str | None
    missing: str | None
    quotes: tuple[dict[str, Any], ...]
    filters: dict[str, str]
    headed: bool


class Replies:
    """The table of answers that were sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, reply: Reply) -> Reply:
        """Store a reply and return it with its id."""
        row = (
            reply.chat, reply.user, reply.asked, reply.question, json.dumps(reply.taken), reply.answered,
            reply.reason, reply.missing, json.dumps(reply.quotes), json.dumps(reply.filters), reply.headed,
            self._database.now(),
        )  # fmt: skip
        id = self._database.insert(
            "INSERT INTO reply (chat, user, asked, question, taken, answered, reason, missing, quotes, "
            f"filters, headed, at) VALUES ({', '.join('?' * len(row))})",
            *row,
        )
        assert id is not None
        return replace(reply, id=id)

    def set_message(self, id: int, message: int) -> None:
        """Store the number of the message that holds a reply."""
        self._database.execute("UPDATE reply SET message = ? WHERE id = ?", message, id)

    def get(self, id: int, chat: int) -> Reply | None:
        """Return a reply that was sent to a chat, while its buttons work."""
        rows = self._database.rows(
            "SELECT id, chat, user, asked, question, taken, answered, reason, missing, quotes, filters, "
            "headed FROM reply WHERE id = ? AND chat = ? AND at >= ?",
            id, chat, self._database.now() - REPLY_SECONDS,
        )  # fmt: skip
        if not rows:
            return None
        id, chat, user, asked, question, taken, answered, reason, missing, quotes, filters, headed = rows[0]
        return Reply(
            id, chat, user, asked, question, tuple(json.loads(taken)), bool(answered), reason, missing,
            tuple(json.loads(quotes)), json.loads(filters), bool(headed),
        )  # fmt: skip

    def delete_expired(self) -> None:
        """Delete the replies whose buttons no longer work."""
        self._database.execute("DELETE FROM reply WHERE at < ?", self._database.now() - REPLY_SECONDS)
