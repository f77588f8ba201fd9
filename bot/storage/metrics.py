"""Store response times and unanswered questions, without the users who asked."""

import time
from dataclasses import dataclass

from bot.storage.database import Database

_TIMING_SECONDS = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one question waited, its search and its sending took; milliseconds."""

    at: float
    answered: bool
    waiting: float
    searching: float
    sending: float


class Metrics:
    """The tables of response times and of unanswered questions ("gaps")."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_gap(self, folded: str, question: str, reason: str) -> None:
        """Count a question that the reports do not answer, with the day but not the hour.

        Args:
            folded: The form of the question under which spellings of it are counted together.
        """
        day = time.strftime("%Y-%m-%d", time.localtime(self._database.now()))
        self._database.execute(
            "INSERT INTO gap VALUES (?, ?, ?, 1, ?) ON CONFLICT (folded) DO UPDATE SET "
            "times = times + 1, last = excluded.last, reason = excluded.reason",
            folded, question, reason, day,
        )  # fmt: skip

    def gaps(self) -> list[tuple[str, str, str, int, str]]:
        """Return folded question, question, reason, count and last day of each gap, most frequent first."""
        rows = self._database.rows(
            "SELECT folded, question, reason, times, last FROM gap ORDER BY times DESC, last DESC, folded"
        )
        return [tuple(row) for row in rows]

    def add_timing(self, answered: bool, waiting: float, searching: float, sending: float) -> None:
        """Store how long a question took; milliseconds."""
        self._database.execute(
            "INSERT INTO timing VALUES (?, ?, ?, ?, ?)",
            self._database.now(), answered, waiting, searching, sending,
        )  # fmt: skip

    def timings(self) -> list[Timing]:
        """Return the stored response times, oldest first."""
        rows = self._database.rows("SELECT at, answered, waiting, searching, sending FROM timing ORDER BY at")
        return [Timing(at, bool(answered), *steps) for at, answered, *steps in rows]

    def delete_expired(self) -> None:
        """Delete the response times that are too old to be reported."""
        self._database.execute("DELETE FROM timing WHERE at < ?", self._database.now() - _TIMING_SECONDS)
