"""Store received updates until they are handled, so that a process that ends loses none."""

from bot.storage.database import Database

UPDATE_SECONDS = 3 * 24 * 3600
"""How long a handled update is known; Telegram delivers none that is older than a day."""


class Updates:
    """The table of received updates, each of which one process slot handles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: str, content: str, slot: int, sender: int | None) -> bool:
        """Store an update until it is handled; return False if any process received it before.

        Args:
            slot: The slot of the process that handles the update.
            sender: The user who wrote the update, if it is a message.
        """
        return bool(
            self._database.execute(
                "INSERT OR IGNORE INTO received (key, content, at, place, writer) VALUES (?, ?, ?, ?, ?)",
                key, content, self._database.now(), slot, sender,
            )
        )  # fmt: skip

    def add_album(self, album: str) -> bool:
        """Store the id of an album; return False if any process stored it before."""
        return bool(
            self._database.execute(
                "INSERT OR IGNORE INTO received (key, at) VALUES (?, ?)",
                f"album {album}", self._database.now(),
            )
        )  # fmt: skip

    def mark_handled(self, key: str) -> None:
        """Mark an update as handled and delete its content and sender."""
        self._database.execute("UPDATE received SET content = NULL, writer = NULL WHERE key = ?", key)

    def postpone(self, key: str) -> None:
        """Leave an update to the next process, without holding up other messages of its sender."""
        self._database.execute("UPDATE received SET writer = NULL WHERE key = ?", key)

    def must_wait(self, key: str) -> bool:
        """Return whether another process still handles an earlier message of the same sender."""
        return bool(
            self._database.rows(
                "SELECT 1 FROM received mine JOIN received other ON other.writer = mine.writer "
                "AND other.content IS NOT NULL AND other.place != mine.place AND other.rowid < mine.rowid "
                "WHERE mine.key = ? LIMIT 1",
                key,
            )
        )

    def unhandled_slots(self) -> list[int]:
        """Return the process slots that have updates still to handle."""
        rows = self._database.rows(
            "SELECT DISTINCT place FROM received WHERE content IS NOT NULL ORDER BY place"
        )
        return [slot for (slot,) in rows]

    def take_over(self, slot: int, by: int, max_tries: int) -> list[tuple[str, str]]:
        """Move the unhandled updates of a slot to the slot `by` and count one try for each.

        Updates that were tried `max_tries` times are dropped, because they may have ended the process.

        Returns:
            Key and content of each update, oldest first.
        """
        with self._database.transaction() as connection:
            unhandled = "content IS NOT NULL AND place = ?"
            connection.execute(
                f"UPDATE received SET content = NULL, writer = NULL WHERE {unhandled} AND tries >= ?",
                (slot, max_tries),
            )
            rows = connection.execute(
                f"SELECT key, content FROM received WHERE {unhandled} ORDER BY rowid", (slot,)
            ).fetchall()
            connection.execute(
                f"UPDATE received SET tries = tries + 1, place = ? WHERE {unhandled}", (by, slot)
            )
        return [(key, content) for key, content in rows]

    def delete_expired(self) -> None:
        """Delete the handled updates that Telegram no longer delivers."""
        self._database.execute(
            "DELETE FROM received WHERE content IS NULL AND at < ?", self._database.now() - UPDATE_SECONDS
        )
