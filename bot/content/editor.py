"""Add reports to the folder, remove them, and refresh the index, for administrators in the chat."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus import Article, CorpusError, read_file
from retrieval.errors import IndexBusy

if TYPE_CHECKING:
    from retrieval import Encoder
    from retrieval.index.address import IndexLocation
    from retrieval.indexing.refresh import RefreshReport

_BUSY_SECONDS = 120.0
_AGAIN_SECONDS = 0.5


class Editor(Protocol):
    """What administrators may do to the reports. Each method may block and may be called from any thread."""

    def add(self, source: Path | str) -> str: ...

    def read(self, file: str) -> tuple[Article, ...]: ...

    def remove(self, file: str) -> None: ...

    def refresh(self, progress: Callable[[str, int, int], None]) -> "RefreshReport": ...


class FolderEditor:
    """The editor of a folder of reports and its index; safe to share between threads and processes."""

    def __init__(
        self, corpus: Path, index: "IndexLocation", encoder: "Encoder", *, private_links: bool = False
    ) -> None:
        """Edit the folder `corpus`; `private_links` also allows pages of private networks."""
        self._corpus = corpus
        self._index = index
        self._encoder = encoder
        self._private_links = private_links

    def add(self, source: Path | str) -> str:
        """Add a file, or the page at a URL, to the folder, and return its name there.

        Raises:
            CorpusError: It holds no article, or cannot be fetched.
        """
        from retrieval import add

        return add(str(source), self._corpus, private=self._private_links)

    def read(self, file: str) -> tuple[Article, ...]:
        """Return the articles of a file of the folder.

        Raises:
            UnreadableReport: The file holds no article.
        """
        return read_file(self._corpus / file, self._corpus).articles

    def remove(self, file: str) -> None:
        """Delete a file of the folder.

        Raises:
            CorpusError: The file is not in the folder itself or cannot be deleted.
        """
        path = self._corpus / file
        if path.parent != self._corpus:
            raise CorpusError(f"{file} does not stand in the folder of reports itself")
        try:
            path.unlink()
        except OSError as error:
            raise CorpusError(f"{file} cannot be removed: {error.strerror or error}") from error

    def refresh(self, progress: Callable[[str, int, int], None]) -> "RefreshReport":
        """Refresh the index, after any other refresh that is running.

        Raises:
            IndexBusy: The other refresh does not end.
            WenbaoError: Whatever else `retrieval.refresh` raises.
        """
        from retrieval import refresh

        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                return refresh(self._corpus, self._index, encoder=self._encoder, progress=progress)
            except IndexBusy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_AGAIN_SECONDS)
