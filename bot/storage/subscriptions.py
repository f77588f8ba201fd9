"""Store what users follow."""

from dataclasses import dataclass

from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Subscription:
    """A query that a user follows in a chat.

    Args:
        place: The district that reports must be about; "" for every district.
        language: The language of the notices.
    """

    id: int
    chat: int
    user: int
    query: str
    place: str
    language: str


class Subscriptions:
    """The table of subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, chat: int, user: int, query: str, place: str, language: str) -> Subscription | None:
        """Add a subscription; return None if the user has the same already."""
        id = self._database.insert(
            "INSERT OR IGNORE INTO subscription (chat, user, query, place, language, at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            chat, user, query, place, language, self._database.now(),
        )  # fmt: skip
        return None if id is None else Subscription(id, chat, user, query, place, language)

    def remove(self, id: int, chat: int) -> None:
        """Delete a subscription of a chat."""
        self._database.execute("DELETE FROM subscription WHERE id = ? AND chat = ?", id, chat)

    def find(self, chat: int | None = None, user: int | None = None) -> list[Subscription]:
        """Return all subscriptions, or those of a chat, a user or both, oldest first."""
        rows = self._database.rows(
            "SELECT id, chat, user, query, place, language FROM subscription "
            "WHERE (? IS NULL OR chat = ?) AND (? IS NULL OR user = ?) ORDER BY id",
            chat, chat, user, user,
        )  # fmt: skip
        return [Subscription(*row) for row in rows]

    def move_chat(self, old: int, new: int) -> None:
        """Move a chat's subscriptions to its new number, which a group gets as it becomes a supergroup."""
        self._database.execute("UPDATE OR IGNORE subscription SET chat = ? WHERE chat = ?", new, old)
        self._database.execute("DELETE FROM subscription WHERE chat = ?", old)
