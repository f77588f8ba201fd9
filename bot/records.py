"""What the bot keeps without saying of whom: questions asked in vain, timings, and updates on their way."""

import time
from dataclasses import dataclass

from bot.database import Database


@dataclass(frozen=True, slots=True)
class Timing:
    """One question answered; milliseconds."""

    at: float
    answered: bool
    waiting: float
    searching: float
    sending: float


class Records(Database):
    """The part of the memory that names nobody."""

    def add_gap(self, folded: str, question: str, reason: str) -> None:
        """Count a question that the reports do not answer. Of its time only the day is kept."""
        day = time.strftime("%Y-%m-%d", time.localtime(self._clock()))
        self._do(
            "INSERT INTO gap VALUES (?, ?, ?, 1, ?) ON CONFLICT (folded) DO UPDATE SET "
            "times = times + 1, last = excluded.last, reason = excluded.reason",
            folded, question, reason, day,
        )  # fmt: skip

    def gaps(self) -> list[tuple[str, str, str, int, str]]:
        """Folded question, question, reason, times and last day of each gap, the most frequent first."""
        rows = self._rows(
            "SELECT folded, question, reason, times, last FROM gap ORDER BY times DESC, last DESC, folded"
        )
        return [tuple(row) for row in rows]

    def add_timing(self, answered: bool, waiting: float, searching: float, sending: float) -> None:
        """Keep how long a question took; milliseconds."""
        self._do(
            "INSERT INTO timing VALUES (?, ?, ?, ?, ?)", self._clock(), answered, waiting, searching, sending
        )

    def timings(self) -> list[Timing]:
        """What is kept of the questions answered, oldest first."""
        rows = self._rows("SELECT at, answered, waiting, searching, sending FROM timing ORDER BY at")
        return [Timing(at, bool(answered), *steps) for at, answered, *steps in rows]

    def add_added(self, file: str) -> int:
        """Keep which file an administrator added; returns the number that undoes it."""
        with self._lock, self._db:
            made = self._db.execute("INSERT INTO added (file, at) VALUES (?, ?)", (file, self._clock()))
        return int(made.lastrowid or 0)

    def take_added(self, id: int) -> str | None:
        """The file that was added, which from now on is no longer kept as such."""
        found = self._rows("SELECT file FROM added WHERE id = ?", id)
        self._do("DELETE FROM added WHERE id = ?", id)
        return found[0][0] if found else None

    # ── updates ──────────────────────────────────────────────────────────────────────────────────

    def receive(self, key: str, content: str) -> bool:
        """Keep an update until it is handled; False where it has come before."""
        return bool(
            self._do(
                "INSERT OR IGNORE INTO received (key, content, at) VALUES (?, ?, ?)",
                key, content, self._clock(),
            )
        )  # fmt: skip

    def handled(self, key: str) -> None:
        """Note that an update was handled; what it said is kept no longer."""
        self._do("UPDATE received SET content = NULL WHERE key = ?", key)

    def unhandled(self, most_tries: int) -> list[tuple[str, str]]:
        """Key and content of the updates that an earlier process left behind, each counted as tried once.

        What was tried so often may be what ended the process: it is given up.
        """
        with self._lock:
            self._do(
                "UPDATE received SET content = NULL WHERE content IS NOT NULL AND tries >= ?", most_tries
            )
            rows = self._rows("SELECT key, content FROM received WHERE content IS NOT NULL ORDER BY rowid")
            self._do("UPDATE received SET tries = tries + 1 WHERE content IS NOT NULL")
        return [(key, content) for key, content in rows]
