"""From a page as received to the fields of an article, with a record of every line that was cut."""

from dataclasses import dataclass
from datetime import date

from corpus.article import Section
from corpus.body import read_body
from corpus.byline import opening_byline
from corpus.fold import fold
from corpus.head import read_head
from corpus.headline import made_headline
from corpus.lines import Cut, lines_of
from corpus.mend import Repair, mend
from corpus.places import place_of
from corpus.tail import read_tail


@dataclass(frozen=True, slots=True)
class Understanding:
    """A page read: the fields of `corpus.article.Article` but for its id, `repairs` and `cuts` in page order.

    `text` is empty where the page holds no report.
    """

    title: str
    subtitle: str | None
    publisher: str | None
    date: date | None
    byline: str | None
    place: str | None
    sections: tuple[Section, ...]
    text: str
    url: str | None
    repairs: tuple[Repair, ...]
    cuts: tuple[Cut, ...]


def understand(raw: str) -> Understanding:
    """Read a page as received: mend its characters, then its head, its tail and what is between."""
    mended = mend(raw)
    page = mended.text
    head = read_head(lines_of(page))
    tail = read_tail(head.rest)
    body = read_body(tail.rest)
    text, sections = body.text, body.sections
    if not text and head.title:
        text, sections = head.title, (Section(None, 0, len(head.title)),)
    publisher = head.source or tail.source or head.paper or tail.account or head.account
    place = place_of(head.title or "", head.subtitle or "", publisher or "", text, page)
    return Understanding(
        title=head.title or (made_headline(text, place) if text else ""),
        subtitle=head.subtitle,
        publisher=publisher,
        date=head.date,
        byline=tail.byline or head.byline or _opening(text),
        place=place,
        sections=sections,
        text=text,
        url=head.url,
        repairs=mended.repairs,
        cuts=tuple(sorted((*head.cuts, *tail.cuts, *body.cuts), key=lambda cut: cut.number)),
    )


def _opening(text: str) -> str | None:
    first = text.partition("\n")[0]
    span = opening_byline(fold(first))
    return None if span is None else first[slice(*span)]
