"""Open the SQLite file of the bot's state, bring its schema up to date, and run statements on it.

Several processes may have the file open: readers wait for no writer, and writers wait for each other.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock

from bot.storage.migrations import MIGRATIONS
from corpus import WenbaoError

_TIMEOUT_SECONDS = 10.0


class StateError(WenbaoError):
    """The file of the bot's state cannot be used."""


class Database:
    """A connection to one SQLite file, which threads and processes may share."""

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        """Open `file`, or a database in memory that ends with the process.

        Args:
            clock: Returns the time in seconds since 1970.

        Raises:
            StateError: The file cannot be opened, or a newer version of the program wrote it.
        """
        self.now = clock
        self._lock = threading.RLock()
        name = str(file) if file else ":memory:"
        try:
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
            # Without the lock two new processes would create the tables at the same time.
            with FileLock(f"{name}.lock", timeout=_TIMEOUT_SECONDS) if file else nullcontext():
                self._open(file, name)
        except (sqlite3.Error, OSError) as error:
            raise StateError(
                f"{name} cannot be used as the bot's state file ({error}): name another file in STATE_FILE."
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the statements of a `with` block as one transaction, which no other writer interrupts."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    def execute(self, statement: str, *values: Any) -> int:
        """Run one statement and return the number of rows it changed."""
        with self._lock, self._connection:
            return self._connection.execute(statement, values).rowcount

    def insert(self, statement: str, *values: Any) -> int | None:
        """Run an INSERT and return the id of the new row, or None if no row was inserted."""
        with self._lock, self._connection:
            cursor = self._connection.execute(statement, values)
            return cursor.lastrowid if cursor.rowcount else None

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Run a query and return its rows."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _open(self, file: Path | None, name: str) -> None:
        self._connection = sqlite3.connect(name, check_same_thread=False, timeout=_TIMEOUT_SECONDS)
        if file:
            self._connection.execute("PRAGMA journal_mode = WAL")
            file.chmod(0o600)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        # Data that a person had deleted must not stay readable in the file.
        self._connection.execute("PRAGMA secure_delete = ON")
        self._migrate(name)

    def _migrate(self, name: str) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StateError(
                f"{name} was written by a newer version of this program: update it, or name another "
                "file in STATE_FILE."
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
