"""What flows out of this room: articles and passages.

An article's `text` is fixed when its file is read. Everything quoted from it later is
`text[start:end]`, offsets being code points into that text.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the text under one heading; `start` and `end` leave the heading's own line out."""

    heading: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another place where the same report was published."""

    id: str
    publisher: str | None
    date: date | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Article:
    """One report, read and cleaned.

    `text` is the body: paragraphs and section headings, one a line, joined by a single newline,
    without masthead, navigation, captions, bylines or footer. `date` is None when the report does
    not say. `id` is the file's path relative to the corpus folder; behind it stand `#` and the article's own
    id or number where the file holds many.
    """

    id: str
    title: str
    subtitle: str | None
    publisher: str | None
    date: date | None
    byline: str | None
    place: str | None
    sections: tuple[Section, ...]
    text: str
    url: str | None
    reprints: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article's text that is embedded and quoted: `text == article.text[start:end]`."""

    article_id: str
    section: str | None
    start: int
    end: int
    text: str
