"""Find the files of a folder that changed since the last refresh, and read their articles."""

from dataclasses import replace
from pathlib import Path

from corpus import ParsedFile, Rejection, UnreadableReport, read_file
from corpus.files import paths_by_id
from retrieval.index.ledger import Seen, seen
from retrieval.index.update import Progress, ReadArticle


class FolderScan:
    """The files of a folder, compared with the ledger, and the articles of changed files.

    Attributes:
        unchanged: The files that did not change since the ledger was written; they were not read.
        read: The articles of all other files.
        files: All files as they are now, for the next ledger.
    """

    def __init__(self, folder: Path, ledger: dict[str, Seen], progress: Progress) -> None:
        self._folder = folder
        self._paths = paths_by_id(folder)
        self.unchanged = frozenset(
            file for file, path in self._paths.items() if file in ledger and ledger[file].is_still(path)
        )
        self.files = {file: ledger[file] for file in self.unchanged}
        self.read: list[ReadArticle] = []
        self._file_of_id: dict[str, str] = {}
        changed = sorted(self._paths.keys() - self.unchanged)
        for done, file in enumerate(changed):
            progress("reading reports", done, len(changed))
            self.read += self._read_file(file)

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """The files and articles that could not be read, whether they changed or not."""
        return tuple(rejection for _, state in sorted(self.files.items()) for rejection in state.rejected)

    def read_unchanged(self, file: str) -> dict[str, ReadArticle]:
        """Read an unchanged file; returns its articles by id."""
        if file not in self.files:  # deleted since the scan: the next refresh removes its articles
            return {}
        return {one.article.id: one for one in self._read_file(file)}

    def _read_file(self, file: str) -> list[ReadArticle]:
        path = Path(self._paths[file])
        state = seen(path)  # taken first, so that a change during the reading shows at the next refresh
        try:
            parsed = read_file(path, self._folder)
        except UnreadableReport as unreadable:
            parsed = ParsedFile((), (Rejection(unreadable.file, unreadable.reason),))
        ids = [article.id for article in parsed.articles]
        taken = [id for id in ids if self._file_of_id.setdefault(id, file) != file]
        clashes = (
            Rejection(id, f"{self._file_of_id[id]} has an article of this id: rename the file")
            for id in taken
        )
        self.files[file] = replace(state, rejected=(*parsed.rejected, *clashes))
        return [
            ReadArticle(file, article, state.modified)
            for article in parsed.articles
            if article.id not in taken
        ]
