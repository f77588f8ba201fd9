"""Articles and passages: what reading a report yields.

The text of an article never changes after its file is read. Whatever is quoted from it later is
`text[start:end]`; offsets count code points.
"""

from dataclasses import dataclass
from datetime import date
from html import escape


@dataclass(frozen=True, slots=True)
class Section:
    """The part of an article's text under one heading, without the line of the heading."""

    heading: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another publication of the same report."""

    id: str
    publisher: str | None
    date: date | None
    url: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Article:
    """One report, read and cleaned.

    Attributes:
        id: the path of the file relative to the corpus folder. If the file holds many articles, `#` and the
            article's own id or number follow.
        date: None if the report does not state it.
        place: the district, and the street or town, that the report is about.
        text: paragraphs and section headings, one a line, joined by single newlines, without masthead,
            navigation, captions, bylines and footer.
        reprints: other publications of the same report.
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
        """Format the whole report: its fields, then its text."""
        return "\n".join(self._fields()) + "\n\n" + self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Format the whole report as HTML for a notebook."""
        title, *facts = self._fields()
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in self.text.split("\n"))
        return f"<h3>{escape(title)}</h3><p><small>{escape(' · '.join(facts))}</small></p>{paragraphs}"

    def _fields(self) -> list[str]:
        facts = (self.title, self.subtitle, self.publisher, self.date, self.place, self.byline)
        return [str(fact) for fact in facts if fact]


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article that is embedded and quoted: `text == article.text[start:end]`."""

    article_id: str
    section: str | None
    start: int
    end: int
    text: str
