"""Reading whole folders, and the five reports as received, read once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import Article, ParsedFile, Rejection, UnreadableReport, read_file
from corpus.files import paths_by_id

REPORTS = Path(__file__).parents[2] / "corpus" / "reports"


def _read_folder(folder: Path) -> ParsedFile:
    articles: list[Article] = []
    rejected: list[Rejection] = []
    for path in paths_by_id(folder).values():
        try:
            parsed = read_file(Path(path), folder)
        except UnreadableReport as unreadable:
            rejected.append(Rejection(unreadable.file, unreadable.reason))
            continue
        articles += parsed.articles
        rejected += parsed.rejected
    return ParsedFile(tuple(articles), tuple(rejected))


@pytest.fixture(scope="session")
def read_folder() -> Callable[[Path], ParsedFile]:
    """Reads every file of a folder."""
    return _read_folder


@pytest.fixture(scope="session")
def reports() -> dict[str, Article]:
    """The articles by the number in front of their file's name."""
    return {article.id[:3]: article for article in _read_folder(REPORTS).articles}
