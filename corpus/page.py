"""What a reader makes of a file: the page's text, and what the file itself states about it."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page before anything is cut from it.

    `title` … `url` are what markup, record or front matter state; None leaves it to the text's own
    conventions. `headings` are the lines that markup calls section headings. `properties_title` is the
    title in a document's properties, which is often its template's: it counts only where nothing else
    names a headline.
    """

    text: str
    title: str | None = None
    subtitle: str | None = None
    publisher: str | None = None
    date: datetime.date | None = None
    byline: str | None = None
    place: str | None = None
    url: str | None = None
    headings: tuple[str, ...] = ()
    properties_title: str | None = None
