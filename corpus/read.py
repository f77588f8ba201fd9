"""Reading a folder of reports: every file becomes an article, or is named with the reason why not."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Article
from corpus.errors import CorpusError, UnreadableReport
from corpus.understand import understand


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file of the folder that gave no article, and why, in one sentence for the editor."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles of a folder and the files it could not read, both sorted by file name."""

    articles: tuple[Article, ...]
    rejected: tuple[Rejection, ...]


def read_corpus(folder: Path) -> Corpus:
    """Every report under `folder`, at any depth; hidden files and folders are passed over.

    Raises
    ------
    CorpusError: there is no such folder. A file that cannot be read is no error but a `Rejection`.
    """
    readings = [read_file(path, folder) for path in list_files(folder)]
    articles = [article for reading in readings for article in reading.articles]
    return Corpus(tuple(articles), tuple(rejection for reading in readings for rejection in reading.rejected))


def list_files(folder: Path) -> tuple[Path, ...]:
    """The files under `folder` that are there to be read, by name. Raises `CorpusError`."""
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder: create it and put the reports in, or name another")
    found = (path for path in folder.rglob("*") if not path.is_dir())
    visible = (p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))
    return tuple(sorted(visible, key=lambda path: file_id(path, folder)))


def read_file(path: Path, folder: Path) -> Corpus:
    """The articles of one file, or the reason why it has none."""
    try:
        return Corpus((_read(path, folder),), ())
    except UnreadableReport as unreadable:
        return Corpus((), (Rejection(unreadable.file, unreadable.reason),))


def _read(path: Path, folder: Path) -> Article:
    """One report; its id is its path relative to `folder`, with forward slashes.

    Raises
    ------
    UnreadableReport: the file's kind, encoding or content gives no article.
    """
    file = file_id(path, folder)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        kind = f"{path.suffix} files" if path.suffix else "files without a suffix"
        raise UnreadableReport(file, f"{kind} are not read, only {', '.join(READERS)}")
    try:
        received = path.read_bytes()
    except OSError as error:
        raise UnreadableReport(file, f"the file cannot be opened: {error.strerror}") from error
    try:
        page = reader(received)
    except ValueError as error:
        raise UnreadableReport(file, str(error)) from error
    found = understand(page)
    if not any(character.isalpha() for character in found.text):
        raise UnreadableReport(file, "no words are left once the page around the report is cut away")
    return Article(
        id=file,
        title=found.title,
        subtitle=found.subtitle,
        publisher=found.publisher,
        date=found.date,
        byline=found.byline,
        place=found.place,
        sections=found.sections,
        text=found.text,
        url=found.url,
    )


def file_id(path: Path, folder: Path) -> str:
    """A file's path relative to the folder of reports, the same on every system."""
    return path.relative_to(folder).as_posix()


def _plain_text(received: bytes) -> str:
    if not received:
        raise ValueError("the file is empty")
    try:
        page = received.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"the text is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    if "\0" in page or _share_of_controls(page) > 0.02:
        raise ValueError("the file is not text but binary data")
    if not page.strip():
        raise ValueError("the file holds nothing but white space")
    return page


def _share_of_controls(page: str) -> float:
    controls = sum(unicodedata.category(character) == "Cc" and not character.isspace() for character in page)
    return controls / max(len(page), 1)


# A reader turns a file's bytes into the page it holds, or raises ValueError saying why it cannot.
READERS: Mapping[str, Callable[[bytes], str]] = {".txt": _plain_text}
