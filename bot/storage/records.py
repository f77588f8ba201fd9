"""What the bot keeps without saying of whom: questions asked in vain, timings, and updates on their way."""

import time
from dataclasses import dataclass

from bot.storage.database import Database


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
        """The file that was added, which from now on is no longer kept as such; one taker gets it."""
        with self._lock, self._db:
            found = self._db.execute("DELETE FROM added WHERE id = ? RETURNING file", (id,)).fetchone()
        return found[0] if found else None

    def first_of_album(self, album: str) -> bool:
        """Whether a message is the first of its album that comes in, at whichever process."""
        added = self._do(
            "INSERT OR IGNORE INTO received (key, at) VALUES (?, ?)", f"album {album}", self._clock()
        )
        return bool(added)

    # ── updates ──────────────────────────────────────────────────────────────────────────────────

    def receive(self, key: str, content: str, place: int, writer: int | None) -> bool:
        """Keep an update until it is handled; False where it has come before, to whichever process.

        `place` is that of the process that handles it; `writer` who wrote it, if it is a message.
        """
        return bool(
            self._do(
                "INSERT OR IGNORE INTO received (key, content, at, place, writer) VALUES (?, ?, ?, ?, ?)",
                key, content, self._clock(), place, writer,
            )
        )  # fmt: skip

    def handled(self, key: str) -> None:
        """Note that an update was handled; what it said and who wrote it is kept no longer."""
        self._do("UPDATE received SET content = NULL, writer = NULL WHERE key = ?", key)

    def put_off(self, key: str) -> None:
        """Note that an update waits for the next process; the writer's other messages do not wait for it."""
        self._do("UPDATE received SET writer = NULL WHERE key = ?", key)

    def is_behind_another_place(self, key: str) -> bool:
        """Whether another process has not yet handled a message that the same person wrote before."""
        return bool(
            self._rows(
                "SELECT 1 FROM received mine JOIN received other ON other.writer = mine.writer "
                "AND other.content IS NOT NULL AND other.place != mine.place AND other.rowid < mine.rowid "
                "WHERE mine.key = ? LIMIT 1",
                key,
            )
        )

    def places(self) -> list[int]:
        """The places of the processes that have not yet handled all that they received."""
        rows = self._rows("SELECT DISTINCT place FROM received WHERE content IS NOT NULL ORDER BY place")
        return [place for (place,) in rows]

    def take_over(self, place: int, by: int, most_tries: int) -> list[tuple[str, str]]:
        """Key and content of the updates left behind at a place, each counted as tried once, for another.

        What was tried so often may be what ended the process: it is given up.
        """
        with self._at_once() as db:
            left = "content IS NOT NULL AND place = ?"
            db.execute(
                f"UPDATE received SET content = NULL, writer = NULL WHERE {left} AND tries >= ?",
                (place, most_tries),
            )
            rows = db.execute(
                f"SELECT key, content FROM received WHERE {left} ORDER BY rowid", (place,)
            ).fetchall()
            db.execute(f"UPDATE received SET tries = tries + 1, place = ? WHERE {left}", (by, place))
        return [(key, content) for key, content in rows]
