"""Reads a report file into articles, or says why it gives none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from corpus.article import Article
from corpus.errors import UnreadableReport
from corpus.files import (
    MAX_COLLECTION_BYTES,
    MAX_FILE_BYTES,
    escape_unprintable,
    file_id,
    open_report,
)
from corpus.formats.encoding import decode
from corpus.formats.front_matter import apply_front_matter, split_front_matter
from corpus.formats.tables import Record, read_jsonl, read_table
from corpus.layout.parse import ParsedPage, parse_page
from corpus.page import Page

READER_VERSION = 1
"""Raise this when files are parsed differently than before: a refresh then reads unchanged files again."""

MAX_TEXT_CHARACTERS = 2_000_000
"""The longest page of one article; a book of a thousand pages is shorter."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file, or a record of a file, that gave no article, with the reason in one sentence."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The articles of one file in order, and the records of it that gave none."""

    articles: tuple[Article, ...]
    rejected: tuple[Rejection, ...]


def read_file(path: Path, folder: Path) -> ParsedFile:
    """Read the articles of one file.

    The id of an article is the path of the file relative to `folder`. If the file holds many articles, `#`
    follows, and the record's own id if no two records share one, else its number.

    Raises:
        UnreadableReport: the whole file gives no article.
    """
    articles, rejected = [], []
    for name, page in read_pages(path, folder):
        try:
            articles.append(_article(name, page))
        except UnreadableReport as unreadable:
            rejected.append(Rejection(unreadable.file, unreadable.reason))
    if rejected and not articles and rejected[0].file == file_id(path, folder):
        raise UnreadableReport(rejected[0].file, rejected[0].reason)
    return ParsedFile(tuple(articles), tuple(rejected))


def read_pages(path: Path, folder: Path) -> Iterator[tuple[str, Page | str]]:
    """Read the pages of one file, without parsing them.

    Yields:
        The article's id, and its page or the reason why there is none.

    Raises:
        UnreadableReport: the file cannot be opened, or its format is unknown.
    """
    file = file_id(path, folder)
    suffix = path.suffix.lower()
    try:
        if suffix in RECORD_READERS:
            with open_report(path, folder, MAX_COLLECTION_BYTES) as stream:
                yield from _records(file, RECORD_READERS[suffix](stream))
            return
        with open_report(path, folder, MAX_FILE_BYTES) as stream:
            if suffix not in PAGE_READERS:
                raise ValueError(_other_kind(path.suffix))
            received = stream.read(MAX_FILE_BYTES + 1)
        page = PAGE_READERS[suffix](received)
    except ValueError as error:
        raise UnreadableReport(file, str(error)) from error
    yield file, page


def parse_report(name: str, page: Page | str) -> ParsedPage:
    """Parse the page of one article.

    Args:
        name: the article's id, for errors.
        page: the page, or the reason why there is none.

    Raises:
        UnreadableReport: the page holds no report.
    """
    if isinstance(page, str):
        raise UnreadableReport(name, page)
    if len(page.text) > MAX_TEXT_CHARACTERS:
        raise UnreadableReport(
            name,
            f"the text has {len(page.text):,} characters, the limit is {MAX_TEXT_CHARACTERS:,}: divide it",
        )
    found = parse_page(page)
    if not any(character.isalpha() for character in found.text):
        raise UnreadableReport(name, "no words are left once the page around the report is cut away")
    return found


def _article(name: str, page: Page | str) -> Article:
    found = parse_report(name, page)
    return Article(
        id=name,
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


def _records(file: str, records: Iterator[Record]) -> Iterator[tuple[str, Page | str]]:
    """Name the records of a file by their own ids if those are unique, else by their numbers."""
    pending = list(records)
    if not pending:
        raise ValueError("the file holds no record")
    own = [record.own_id for record in pending if record.page and record.own_id]
    numbers = {str(record.number) for record in pending if record.page and not record.own_id}
    unique = len(set(own)) == len(own) and numbers.isdisjoint(own)
    pending.reverse()
    while pending:  # a page is released as soon as it is yielded: a file may hold a hundred thousand
        record = pending.pop()
        key = record.own_id if unique and record.page and record.own_id else str(record.number)
        yield f"{file}#{escape_unprintable(key)}", record.page or record.reason


def _other_kind(suffix: str) -> str:
    kind = f"{escape_unprintable(suffix)} files" if suffix else "files without a suffix"
    saved = ": save it as .docx" if suffix.lower() in (".doc", ".wps", ".rtf", ".odt") else ""
    return f"{kind} are not read, only {', '.join([*PAGE_READERS, *RECORD_READERS])}{saved}"


def _text(received: bytes) -> Page:
    fields, text = split_front_matter(decode(received))
    return apply_front_matter(Page(text), fields)


def _markdown(received: bytes) -> Page:
    from corpus.formats.markdown import read_markdown

    fields, text = split_front_matter(decode(received))
    return apply_front_matter(read_markdown(text), fields)


def _webpage(received: bytes) -> Page:
    from corpus.formats.web_page import read_web_page

    return read_web_page(received)


def _pdf(received: bytes) -> Page:
    from corpus.formats.pdf import read_pdf

    return read_pdf(received)


def _word(received: bytes) -> Page:
    from corpus.formats.word import read_word

    return read_word(received)


# Each reader turns the bytes of a file into a page, or raises ValueError with a reason for the editor. It
# imports its library when first called: some take as long to load as a folder of plain text takes to read.
PAGE_READERS: Mapping[str, Callable[[bytes], Page]] = {
    ".txt": _text,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _webpage,
    ".htm": _webpage,
    ".pdf": _pdf,
    ".docx": _word,
}

RECORD_READERS: Mapping[str, Callable[[BinaryIO], Iterator[Record]]] = {
    ".jsonl": read_jsonl,
    ".csv": read_table,
    ".tsv": read_table,
}
