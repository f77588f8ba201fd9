"""What flows out of this room: articles and passages.

An article's `text` is fixed when its file is read. Everything quoted from it later is
`text[start:end]`, offsets being code points into that text.
"""

from dataclasses import dataclass
from datetime import date
from html import escape


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


@dataclass(frozen=True, slots=True, repr=False)
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

    def __str__(self) -> str:
        """The report whole: what is known of it, then its text."""
        return "\n".join(self._head()) + "\n\n" + self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The report whole, for a notebook."""
        title, *facts = self._head()
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in self.text.split("\n"))
        return f"<h3>{escape(title)}</h3><p><small>{escape(' · '.join(facts))}</small></p>{paragraphs}"

    def _head(self) -> list[str]:
        facts = (self.title, self.subtitle, self.publisher, self.date, self.place, self.byline)
        return [str(fact) for fact in facts if fact]


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article's text that is embedded and quoted: `text == article.text[start:end]`."""

    article_id: str
    section: str | None
    start: int
    end: int
    text: str
