"""Store the passages that are to be sent to subscribers, and the reports already searched for them."""

import json
from typing import Any

from bot.storage.database import Database
from bot.storage.subscriptions import Subscription

NOTICE_SECONDS = 3 * 24 * 3600
"""How long a passage waits to be sent before it is dropped as old news."""

_SEARCHED = ""  # no report has this id


class Notices:
    """The tables of notices and of known reports."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: int, digest: str, quote: dict[str, Any]) -> None:
        """Store a passage to be sent for a subscription, unless it was stored before."""
        self._database.execute(
            "INSERT OR IGNORE INTO notice (subscription, digest, quote, at) VALUES (?, ?, ?, ?)",
            subscription, digest, json.dumps(quote), self._database.now(),
        )  # fmt: skip

    def unsent(self) -> list[tuple[Subscription, str, dict[str, Any]]]:
        """Return subscription, digest and quote of each notice still to be sent, oldest first."""
        rows = self._database.rows(
            "SELECT s.id, s.chat, s.user, s.query, s.place, s.language, n.digest, n.quote FROM notice n "
            "JOIN subscription s ON s.id = n.subscription WHERE n.sent IS NULL ORDER BY n.at, s.id, n.digest"
        )
        return [(Subscription(*row[:6]), row[6], json.loads(row[7])) for row in rows]

    def mark_sent(self, subscription: int, digest: str) -> None:
        """Mark a notice as sent and delete its quote."""
        self._database.execute(
            "UPDATE notice SET sent = ?, quote = '{}' WHERE subscription = ? AND digest = ?",
            self._database.now(), subscription, digest,
        )  # fmt: skip

    def count_sent(self, chat: int, since: float) -> int:
        """Return how many notices were sent to a chat since a time."""
        rows = self._database.rows(
            "SELECT COUNT(*) FROM notice n JOIN subscription s ON s.id = n.subscription "
            "WHERE s.chat = ? AND n.sent >= ?",
            chat, since,
        )  # fmt: skip
        return int(rows[0][0])

    def known_reports(self) -> dict[str, str] | None:
        """Return the digest of each report already searched, by id; None if none ever was searched."""
        known = dict(self._database.rows("SELECT id, digest FROM known_report"))
        return known if known.pop(_SEARCHED, None) is not None else None

    def set_known_reports(self, reports: dict[str, str]) -> None:
        """Replace the reports already searched; digest by id."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM known_report")
            rows = [(_SEARCHED, ""), *reports.items()]
            connection.executemany("INSERT INTO known_report VALUES (?, ?)", rows)

    def delete_expired(self) -> None:
        """Delete the notices that waited too long."""
        self._database.execute(
            "DELETE FROM notice WHERE sent IS NULL AND at < ?", self._database.now() - NOTICE_SECONDS
        )
