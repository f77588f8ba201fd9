"""What administrators do to the reports: add one, take it back, bring the index in step."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Article, CorpusError, read_file
from retrieval.errors import IndexBusy

if TYPE_CHECKING:
    from retrieval.index.base import Where
    from retrieval.indexing.refresh import Report
    from retrieval.models.encoder import Encoder

_BUSY_SECONDS = 120.0
_AGAIN_SECONDS = 0.5


class FolderEditor:
    """Works on the folder of reports and its index; safe to share between threads and processes."""

    def __init__(
        self, corpus: Path, index: "Where", encoder: "Encoder", *, private_links: bool = False
    ) -> None:
        """`private_links` lets pages be added from private networks too."""
        self._corpus = corpus
        self._index = index
        self._encoder = encoder
        self._private_links = private_links

    def add(self, source: Path | str) -> str:
        """Put a file, or the page at a URL, among the reports; returns its name there.

        Raises `CorpusError`: it gives no article, or cannot be fetched.
        """
        from retrieval.indexing.add import add

        return add(str(source), self._corpus, private=self._private_links)

    def read(self, file: str) -> tuple[Article, ...]:
        """What is understood of a file of the folder. Raises `UnreadableReport`."""
        return read_file(self._corpus / file, self._corpus).articles

    def remove(self, file: str) -> None:
        """Take a file out of the folder. Raises `CorpusError` where it is not there."""
        path = self._corpus / file
        if path.parent != self._corpus:
            raise CorpusError(f"{file} does not stand in the folder of reports itself")
        try:
            path.unlink()
        except OSError as error:
            raise CorpusError(f"{file} cannot be removed: {error.strerror or error}") from error

    def refresh(self, progress: Callable[[str, int, int], None]) -> "Report":
        """Bring the index in step, after another refresh that is under way.

        Raises what `retrieval.indexing.refresh.refresh` does; `IndexBusy` only when the other does not end.
        """
        from retrieval.indexing.refresh import refresh

        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                return refresh(self._corpus, self._index, encoder=self._encoder, progress=progress)
            except IndexBusy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_AGAIN_SECONDS)
