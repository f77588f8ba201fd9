"""Store the language and the filters that each user chose."""

import json

from bot.storage.database import Database


class Users:
    """The table of users."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def language(self, user: int) -> str | None:
        """Return the language that a user chose."""
        rows = self._database.rows("SELECT language FROM person WHERE user = ?", user)
        return rows[0][0] if rows else None

    def set_language(self, user: int, language: str | None) -> None:
        """Store a user's language."""
        self._database.execute(
            "INSERT INTO person (user, language) VALUES (?, ?) "
            "ON CONFLICT (user) DO UPDATE SET language = excluded.language",
            user, language,
        )  # fmt: skip

    def filters(self, user: int) -> dict[str, str]:
        """Return the filters that a user chose, by field."""
        rows = self._database.rows("SELECT filters FROM person WHERE user = ?", user)
        return dict(json.loads(rows[0][0])) if rows else {}

    def set_filters(self, user: int, filters: dict[str, str]) -> None:
        """Store a user's filters."""
        self._database.execute(
            "INSERT INTO person (user, filters) VALUES (?, ?) "
            "ON CONFLICT (user) DO UPDATE SET filters = excluded.filters",
            user, json.dumps(filters, ensure_ascii=False),
        )  # fmt: skip
