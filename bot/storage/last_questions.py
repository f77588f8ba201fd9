"""Store the last question of each user in each chat, so that it can be followed up."""

from bot.storage.database import Database

FOLLOW_UP_SECONDS = 30 * 60
"""How long a question can be followed up."""


class LastQuestions:
    """The table of last questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, chat: int, user: int, message: int | None = None) -> str | None:
        """Return the user's last question in a chat, while it can be followed up.

        Args:
            message: If given, return the user's question that this message of the bot answered.
        """
        since = self._database.now() - FOLLOW_UP_SECONDS
        if message is not None:
            rows = self._database.rows(
                "SELECT question FROM reply WHERE chat = ? AND user = ? AND message = ? AND open AND at >= ?",
                chat, user, message, since,
            )  # fmt: skip
        else:
            rows = self._database.rows(
                "SELECT question FROM context WHERE chat = ? AND user = ? AND at >= ?", chat, user, since
            )
        return rows[0][0] if rows else None

    def set(self, chat: int, user: int, question: str) -> None:
        """Store the user's last question in a chat."""
        self._database.execute(
            "INSERT OR REPLACE INTO context VALUES (?, ?, ?, ?)", chat, user, question, self._database.now()
        )

    def clear(self, chat: int, user: int) -> None:
        """Let no earlier question of a user in a chat be followed up any more."""
        self._database.execute("UPDATE reply SET open = 0 WHERE chat = ? AND user = ?", chat, user)
        self._database.execute("DELETE FROM context WHERE chat = ? AND user = ?", chat, user)

    def delete_expired(self) -> None:
        """Delete the questions that can no longer be followed up."""
        self._database.execute("DELETE FROM context WHERE at < ?", self._database.now() - FOLLOW_UP_SECONDS)
