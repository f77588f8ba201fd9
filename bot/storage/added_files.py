"""Store which files administrators added to the reports, so that adding can be undone."""

from bot.storage.database import Database


class AddedFiles:
    """The table of added files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, file: str) -> int:
        """Store the name of an added file and return the number by which it can be undone."""
        id = self._database.insert("INSERT INTO added (file, at) VALUES (?, ?)", file, self._database.now())
        assert id is not None
        return id

    def take(self, id: int) -> str | None:
        """Delete an added file and return its name; only the first caller gets it."""
        with self._database.transaction() as connection:
            row = connection.execute("DELETE FROM added WHERE id = ? RETURNING file", (id,)).fetchone()
        return row[0] if row else None
