"""The page of one report: its text, and what the file states about it."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page before anything is cut from it.

    Attributes:
        title, subtitle, publisher, date, byline, place, url: what the markup, the record or the front matter
            states. What is None is found from the text.
        headings: the lines that the markup marks as section headings.
        properties_title: the title in the document's properties. It is often that of the template, so it
            counts only if nothing else gives a headline.
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
