"""Give access to all that the bot stores between two starts, in one SQLite file.

Of a user it stores the language, filters, last question, replies, votes and subscriptions. `/privacy` lists
them and `/forget` deletes them. Unanswered questions and response times are stored without a user.
"""

import time
from collections.abc import Callable
from pathlib import Path

from bot.storage.added_files import AddedFiles
from bot.storage.database import Database
from bot.storage.last_questions import LastQuestions
from bot.storage.metrics import Metrics
from bot.storage.notices import Notices
from bot.storage.replies import Replies
from bot.storage.subscriptions import Subscriptions
from bot.storage.updates import Updates
from bot.storage.users import Users
from bot.storage.votes import Votes

_TABLES_OF_A_USER = ("context", "reply", "vote", "subscription")
_TABLES_OF_A_CHAT = ("context", "reply", "subscription")


class Storage:
    """The tables of one SQLite file."""

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        """Open `file`, or a database in memory; see `Database`.

        Raises:
            StateError: The file cannot be opened, or a newer version of the program wrote it.
        """
        self.database = Database(file, clock)
        self.users = Users(self.database)
        self.last_questions = LastQuestions(self.database)
        self.replies = Replies(self.database)
        self.votes = Votes(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.notices = Notices(self.database)
        self.metrics = Metrics(self.database)
        self.added_files = AddedFiles(self.database)
        self.updates = Updates(self.database)

    def now(self) -> float:
        """Return the time by the storage's clock; seconds since 1970."""
        return self.database.now()

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def count_of_user(self, user: int) -> dict[str, int]:
        """Return how many entries are stored of a user, by kind."""
        counts = {
            table: int(self.database.rows(f"SELECT COUNT(*) FROM {table} WHERE user = ?", user)[0][0])
            for table in _TABLES_OF_A_USER
        }
        return counts | {
            "language": int(self.users.language(user) is not None),
            "filters": len(self.users.filters(user)),
        }

    def forget_user(self, user: int) -> None:
        """Delete all that is stored of a user."""
        with self.database.transaction() as connection:
            for table in ("person", *_TABLES_OF_A_USER):
                connection.execute(f"DELETE FROM {table} WHERE user = ?", (user,))

    def forget_chat(self, chat: int) -> None:
        """Delete what is stored of a chat that no longer accepts messages."""
        with self.database.transaction() as connection:
            for table in _TABLES_OF_A_CHAT:
                connection.execute(f"DELETE FROM {table} WHERE chat = ?", (chat,))

    def delete_expired(self) -> None:
        """Delete all that is stored longer than it is needed."""
        self.last_questions.delete_expired()
        self.replies.delete_expired()
        self.updates.delete_expired()
        self.metrics.delete_expired()
        self.notices.delete_expired()
