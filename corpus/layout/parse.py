"""From a page as received to the fields of an article, with a record of every line that was cut."""

from dataclasses import dataclass, replace
from datetime import date

from corpus.article import Section
from corpus.layout.body import read_body
from corpus.layout.byline import opening_byline
from corpus.layout.crawler_dump import unfold_crawled
from corpus.layout.footer import read_tail
from corpus.layout.header import read_head
from corpus.layout.headline import made_headline
from corpus.layout.lines import Cut, lines_of, squash
from corpus.page import Page
from corpus.repair.repair import Repair, mend
from corpus.text.normalize import halfwidth
from corpus.text.places import place_of


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


def understand(received: Page | str) -> Understanding:
    """Read a page as received: mend its characters, then its head, its tail and what is between.

    What the page states about itself stands; the rest is told from the text.
    """
    mended, repairs = _mended(Page(received) if isinstance(received, str) else received)
    page, front = unfold_crawled(mended)
    head = read_head(lines_of(page.text), page.title, page.subtitle)
    tail = read_tail(head.rest)
    body = read_body(tail.rest, frozenset(map(squash, page.headings)))
    text, sections = body.text, body.sections
    title = page.title or head.title
    subtitle = page.subtitle or head.subtitle
    if not text and title:
        text, sections = title, (Section(None, 0, len(title)),)
    publisher = page.publisher or head.source or tail.source or head.paper or tail.account or head.account
    place = page.place or place_of(title or "", subtitle or "", publisher or "", text, page.text)
    cuts = (*front, *head.cuts, *tail.cuts, *body.cuts)
    return Understanding(
        title=title or page.properties_title or (made_headline(text, place) if text else ""),
        subtitle=subtitle,
        publisher=publisher,
        date=page.date or head.date,
        byline=page.byline or tail.byline or head.byline or _opening(text),
        place=place,
        sections=sections,
        text=text,
        url=page.url or head.url,
        repairs=repairs,
        cuts=tuple(sorted(cuts, key=lambda cut: cut.number)),
    )


def _mended(page: Page) -> tuple[Page, tuple[Repair, ...]]:
    mended = mend(page.text)
    return (
        replace(
            page,
            text=mended.text,
            title=_line(page.title),
            subtitle=_line(page.subtitle),
            publisher=_line(page.publisher),
            byline=_line(page.byline),
            place=_line(page.place),
            url=_line(page.url),
            headings=tuple(mend(heading).text for heading in page.headings),
            properties_title=_line(page.properties_title),
        ),
        mended.repairs,
    )


def _line(words: str | None) -> str | None:
    return " ".join(mend(words).text.split()) or None if words else None


def _opening(text: str) -> str | None:
    first = text.partition("\n")[0]
    span = opening_byline(halfwidth(first))
    return None if span is None else first[slice(*span)]
