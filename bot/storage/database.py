"""An SQLite file that is brought up to date when it is opened.

Several processes may have it open: reading waits for no writer, and writers wait for each other.
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

_WAIT_SECONDS = 10.0


class StateError(WenbaoError):
    """The file of the bot's memory cannot be used."""


class Database:
    """One file. Every call is short and is one transaction; threads and processes may share it."""

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        """Open `file`, or memory that ends with the process. Raises `StateError`."""
        self._clock = clock
        self._lock = threading.RLock()
        where = str(file) if file else ":memory:"
        try:
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
            # One process after the other: tables are made once.
            with FileLock(f"{where}.lock", timeout=_WAIT_SECONDS) if file else nullcontext():
                self._open(file, where)
        except (sqlite3.Error, OSError) as error:
            raise StateError(
                f"{where} cannot be used as the bot's memory ({error}): name another file in STATE_FILE."
            ) from error

    def _open(self, file: Path | None, where: str) -> None:
        self._db = sqlite3.connect(where, check_same_thread=False, timeout=_WAIT_SECONDS)
        if file:
            self._db.execute("PRAGMA journal_mode = WAL")
            file.chmod(0o600)
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA secure_delete = ON")  # what is forgotten leaves no trace in the file
        self._migrate(where)

    def _migrate(self, where: str) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StateError(
                f"{where} was written by a newer version of this program: update it, or name another "
                "file in STATE_FILE."
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._db.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def now(self) -> float:
        """The time, as the store tells it; seconds."""
        return self._clock()

    @contextmanager
    def _at_once(self) -> Iterator[sqlite3.Connection]:
        """Several statements between which no other process comes."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    def _do(self, statement: str, *values: Any) -> int:
        with self._lock, self._db:
            return self._db.execute(statement, values).rowcount

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()
