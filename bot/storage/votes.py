"""Store what users think of the answers."""

from bot.storage.database import Database


class Votes:
    """The table of votes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(
        self, reply: int, user: int, good: bool, question: str, answer: str | None, report: str | None
    ) -> None:
        """Store a user's vote on a reply; a second vote replaces the first."""
        self._database.execute(
            "INSERT OR REPLACE INTO vote VALUES (?, ?, ?, ?, ?, ?, ?)",
            reply, user, good, question, answer, report, self._database.now(),
        )  # fmt: skip

    def get(self, reply: int, user: int) -> bool | None:
        """Return whether a user found a reply good, or None if the user did not vote."""
        rows = self._database.rows("SELECT good FROM vote WHERE reply = ? AND user = ?", reply, user)
        return bool(rows[0][0]) if rows else None

    def all(self) -> list[tuple[int, bool, str, str | None, str | None]]:
        """Return reply, verdict, question, answering sentence and report of each vote, without the user."""
        rows = self._database.rows(
            "SELECT reply, good, question, answer, report FROM vote ORDER BY at, reply, rowid"
        )
        return [
            (reply, bool(good), question, answer, report) for reply, good, question, answer, report in rows
        ]
