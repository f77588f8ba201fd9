"""What the bot remembers between two starts, in one SQLite file.

Of a person: language, filters, the last question, subscriptions, votes, and what the buttons of the
answers sent to them need. `/privacy` lists these and `/forget` deletes them. Without an author: the
questions that the reports do not answer, and one line of timings a question.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.storage.records import Records

CONTEXT_SECONDS = 30 * 60
"""How long a question can be followed up."""

REPLY_SECONDS = 30 * 24 * 3600
"""How long the buttons under an answer work."""

UPDATE_SECONDS = 3 * 24 * 3600
"""How long an update that was handled is known; Telegram delivers none that is older than a day."""

TIMING_SECONDS = 90 * 24 * 3600

NOTICE_SECONDS = 3 * 24 * 3600
"""How long a new passage is news that waits to be sent."""

_LOOKED = ""  # no report has this id


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was sent.

    `asked` is what the person wrote, `question` that with the `taken` words, `filters` what it was narrowed
    to; `headed` tells whether the question stands above the answer.
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


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody follows; an empty place is every place. `language` is that of the notices."""

    id: int
    chat: int
    user: int
    query: str
    place: str
    language: str


class Store(Records):
    """The bot's memory."""

    def tidy(self) -> None:
        """Delete what is past its time."""
        now = self._clock()
        self._do("DELETE FROM context WHERE at < ?", now - CONTEXT_SECONDS)
        self._do("DELETE FROM reply WHERE at < ?", now - REPLY_SECONDS)
        self._do("DELETE FROM received WHERE content IS NULL AND at < ?", now - UPDATE_SECONDS)
        self._do("DELETE FROM timing WHERE at < ?", now - TIMING_SECONDS)
        self._do("DELETE FROM notice WHERE sent IS NULL AND at < ?", now - NOTICE_SECONDS)

    # ── preferences ──────────────────────────────────────────────────────────────────────────────

    def language(self, user: int) -> str | None:
        """The language that a person chose."""
        found = self._rows("SELECT language FROM person WHERE user = ?", user)
        return found[0][0] if found else None

    def set_language(self, user: int, language: str | None) -> None:
        """Keep a person's language."""
        self._do(
            "INSERT INTO person (user, language) VALUES (?, ?) "
            "ON CONFLICT (user) DO UPDATE SET language = excluded.language",
            user, language,
        )  # fmt: skip

    def filters(self, user: int) -> dict[str, str]:
        """What a person has narrowed the reports to."""
        found = self._rows("SELECT filters FROM person WHERE user = ?", user)
        return dict(json.loads(found[0][0])) if found else {}

    def set_filters(self, user: int, filters: dict[str, str]) -> None:
        """Keep a person's filters."""
        self._do(
            "INSERT INTO person (user, filters) VALUES (?, ?) "
            "ON CONFLICT (user) DO UPDATE SET filters = excluded.filters",
            user, json.dumps(filters, ensure_ascii=False),
        )  # fmt: skip

    # ── follow-ups ───────────────────────────────────────────────────────────────────────────────

    def previous(self, chat: int, user: int, message: int | None = None) -> str | None:
        """The question a person asked last in a chat, while it can be followed up.

        Where a message is given, it is the person's question that this message answered.
        """
        if message is not None:
            found = self._rows(
                "SELECT question FROM reply WHERE chat = ? AND user = ? AND message = ? AND open AND at >= ?",
                chat, user, message, self._clock() - CONTEXT_SECONDS,
            )  # fmt: skip
            return found[0][0] if found else None
        found = self._rows(
            "SELECT question FROM context WHERE chat = ? AND user = ? AND at >= ?",
            chat, user, self._clock() - CONTEXT_SECONDS,
        )  # fmt: skip
        return found[0][0] if found else None

    def remember(self, chat: int, user: int, question: str) -> None:
        """Keep the question that a person asked last."""
        self._do("INSERT OR REPLACE INTO context VALUES (?, ?, ?, ?)", chat, user, question, self._clock())

    def begin_anew(self, chat: int, user: int) -> None:
        """Forget what a person asked in a chat, as far as follow-ups go."""
        self._do("UPDATE reply SET open = 0 WHERE chat = ? AND user = ?", chat, user)
        self._do("DELETE FROM context WHERE chat = ? AND user = ?", chat, user)

    # ── answers that were sent ───────────────────────────────────────────────────────────────────

    def add_reply(
        self,
        chat: int,
        user: int,
        asked: str,
        question: str,
        taken: Sequence[str],
        answered: bool,
        reason: str | None,
        missing: str | None,
        quotes: Sequence[dict[str, Any]],
        filters: dict[str, str],
        headed: bool,
    ) -> Reply:
        """Keep what the buttons under an answer need."""
        row = (
            chat, user, asked, question, json.dumps(list(taken)), answered, reason, missing,
            json.dumps(list(quotes)), json.dumps(filters), headed, self._clock(),
        )  # fmt: skip
        with self._lock, self._db:
            made = self._db.execute(
                "INSERT INTO reply (chat, user, asked, question, taken, answered, reason, missing, quotes, "
                f"filters, headed, at) VALUES ({', '.join('?' * len(row))})",
                row,
            )
        return Reply(
            int(made.lastrowid or 0), chat, user, asked, question, tuple(taken), answered, reason, missing,
            tuple(quotes), filters, headed,
        )  # fmt: skip

    def sent_as(self, reply: int, message: int) -> None:
        """Note under which number of its chat an answer was sent."""
        self._do("UPDATE reply SET message = ? WHERE id = ?", message, reply)

    def reply(self, id: int, chat: int) -> Reply | None:
        """An answer that was sent to a chat, while it is kept."""
        return self._reply("id = ? AND chat = ?", id, chat)

    def reply_in(self, chat: int, message: int) -> Reply | None:
        """The answer that a message of a chat gave."""
        return self._reply("chat = ? AND message = ?", chat, message)

    def _reply(self, condition: str, *values: int) -> Reply | None:
        found = self._rows(
            "SELECT id, chat, user, asked, question, taken, answered, reason, missing, quotes, filters, "
            f"headed FROM reply WHERE {condition} AND at >= ?",
            *values, self._clock() - REPLY_SECONDS,
        )  # fmt: skip
        if not found:
            return None
        id, chat, user, asked, question, taken, answered, reason, missing, quotes, filters, headed = found[0]
        return Reply(
            id, chat, user, asked, question, tuple(json.loads(taken)), bool(answered), reason, missing,
            tuple(json.loads(quotes)), json.loads(filters), bool(headed),
        )  # fmt: skip

    # ── votes ────────────────────────────────────────────────────────────────────────────────────

    def vote(
        self, reply: int, user: int, good: bool, question: str, answer: str | None, report: str | None
    ) -> None:
        """Keep what a person thinks of an answer; a second vote replaces the first."""
        self._do(
            "INSERT OR REPLACE INTO vote VALUES (?, ?, ?, ?, ?, ?, ?)",
            reply, user, good, question, answer, report, self._clock(),
        )  # fmt: skip

    def vote_of(self, reply: int, user: int) -> bool | None:
        """What a person thinks of an answer, if they said so."""
        found = self._rows("SELECT good FROM vote WHERE reply = ? AND user = ?", reply, user)
        return bool(found[0][0]) if found else None

    def votes(self) -> list[tuple[int, bool, str, str | None, str | None]]:
        """Reply, verdict, question, answering sentence and report of each vote, without who voted."""
        rows = self._rows("SELECT reply, good, question, answer, report FROM vote ORDER BY at, reply, rowid")
        return [
            (reply, bool(good), question, answer, report) for reply, good, question, answer, report in rows
        ]

    # ── subscriptions ────────────────────────────────────────────────────────────────────────────

    def subscribe(self, chat: int, user: int, query: str, place: str, language: str) -> Subscription | None:
        """Add a subscription; None where there is one like it."""
        with self._lock, self._db:
            made = self._db.execute(
                "INSERT OR IGNORE INTO subscription (chat, user, query, place, language, at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (chat, user, query, place, language, self._clock()),
            )
        if not made.rowcount:
            return None
        return Subscription(int(made.lastrowid or 0), chat, user, query, place, language)

    def unsubscribe(self, id: int, chat: int) -> None:
        """End a subscription of a chat."""
        self._do("DELETE FROM subscription WHERE id = ? AND chat = ?", id, chat)

    def subscriptions(self, chat: int | None = None, user: int | None = None) -> list[Subscription]:
        """All subscriptions, or those of a chat or a person, oldest first."""
        rows = self._rows(
            "SELECT id, chat, user, query, place, language FROM subscription "
            "WHERE (? IS NULL OR chat = ?) AND (? IS NULL OR user = ?) ORDER BY id",
            chat, chat, user, user,
        )  # fmt: skip
        return [Subscription(*row) for row in rows]

    def move_chat(self, old: int, new: int) -> None:
        """A group has become a supergroup, with another number."""
        self._do("UPDATE OR IGNORE subscription SET chat = ? WHERE chat = ?", new, old)
        self._do("DELETE FROM subscription WHERE chat = ?", old)

    def add_notice(self, subscription: int, digest: str, quote: dict[str, Any]) -> None:
        """Keep a passage for a subscription to be sent, unless it was kept before."""
        self._do(
            "INSERT OR IGNORE INTO notice (subscription, digest, quote, at) VALUES (?, ?, ?, ?)",
            subscription, digest, json.dumps(quote), self._clock(),
        )  # fmt: skip

    def notices(self) -> list[tuple[Subscription, str, dict[str, Any]]]:
        """What is still to be sent, oldest first."""
        rows = self._rows(
            "SELECT s.id, s.chat, s.user, s.query, s.place, s.language, n.digest, n.quote FROM notice n "
            "JOIN subscription s ON s.id = n.subscription WHERE n.sent IS NULL ORDER BY n.at, s.id, n.digest"
        )
        return [(Subscription(*row[:6]), row[6], json.loads(row[7])) for row in rows]

    def notice_sent(self, subscription: int, digest: str) -> None:
        """Note that a passage was sent; what it said is kept no longer."""
        self._do(
            "UPDATE notice SET sent = ?, quote = '{}' WHERE subscription = ? AND digest = ?",
            self._clock(), subscription, digest,
        )  # fmt: skip

    def sent_since(self, chat: int, since: float) -> int:
        """How many notices a chat got since a time."""
        rows = self._rows(
            "SELECT COUNT(*) FROM notice n JOIN subscription s ON s.id = n.subscription "
            "WHERE s.chat = ? AND n.sent >= ?",
            chat, since,
        )  # fmt: skip
        return int(rows[0][0])

    def known_reports(self) -> dict[str, str] | None:
        """The digest of each report at the last look, by id; None before the first look."""
        known = dict(self._rows("SELECT id, digest FROM known_report"))
        return known if known.pop(_LOOKED, None) is not None else None

    def set_known_reports(self, reports: dict[str, str]) -> None:
        """Keep which reports there are."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM known_report")
            rows = [(_LOOKED, ""), *reports.items()]
            self._db.executemany("INSERT INTO known_report VALUES (?, ?)", rows)

    # ── a person ─────────────────────────────────────────────────────────────────────────────────

    def kept_of(self, user: int) -> dict[str, int]:
        """How much is kept of a person, by kind."""
        counted = {
            table: int(self._rows(f"SELECT COUNT(*) FROM {table} WHERE user = ?", user)[0][0])
            for table in ("context", "reply", "vote", "subscription")
        }
        return counted | {
            "language": int(self.language(user) is not None),
            "filters": len(self.filters(user)),
        }

    def forget(self, user: int) -> None:
        """Delete all that is kept of a person."""
        with self._lock:
            for table in ("person", "context", "reply", "vote", "subscription"):
                self._do(f"DELETE FROM {table} WHERE user = ?", user)

    def forget_chat(self, chat: int) -> None:
        """Delete what is kept for a chat that takes no messages any more."""
        with self._lock:
            for table in ("context", "reply", "subscription"):
                self._do(f"DELETE FROM {table} WHERE chat = ?", chat)
