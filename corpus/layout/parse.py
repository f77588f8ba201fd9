"""Parses a page into the fields of an article, and records every line that is cut."""

from dataclasses import dataclass, replace
from datetime import date

from corpus.article import Section
from corpus.layout.body import parse_body
from corpus.layout.byline import opening_byline
from corpus.layout.crawler_dump import parse_crawler_dump
from corpus.layout.footer import parse_footer
from corpus.layout.header import parse_header
from corpus.layout.headline import generate_headline
from corpus.layout.lines import Cut, remove_spaces, split_lines
from corpus.page import Page
from corpus.repair.repair import Repair, repair_text
from corpus.text.normalize import halfwidth
from corpus.text.places import infer_place


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """The fields of an article, except its id, with the repairs and cuts in the order of the page.

    `text` is empty if the page holds no report.
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


def parse_page(received: Page | str) -> ParsedPage:
    """Parse a page as received: repair its characters, then parse its header, footer and body.

    Fields that the page states itself are kept; the others are found in the text.
    """
    repaired, repairs = _repaired(Page(received) if isinstance(received, str) else received)
    page, front = parse_crawler_dump(repaired)
    header = parse_header(split_lines(page.text), page.title, page.subtitle)
    footer = parse_footer(header.rest)
    body = parse_body(footer.rest, frozenset(map(remove_spaces, page.headings)))
    text, sections = body.text, body.sections
    title = page.title or header.title
    subtitle = page.subtitle or header.subtitle
    if not text and title:
        text, sections = title, (Section(None, 0, len(title)),)
    publisher = (
        page.publisher or header.source or footer.source or header.paper or footer.account or header.account
    )
    place = page.place or infer_place(title or "", subtitle or "", publisher or "", text, page.text)
    cuts = (*front, *header.cuts, *footer.cuts, *body.cuts)
    return ParsedPage(
        title=title or page.properties_title or (generate_headline(text, place) if text else ""),
        subtitle=subtitle,
        publisher=publisher,
        date=page.date or header.date,
        byline=page.byline or footer.byline or header.byline or _opening(text),
        place=place,
        sections=sections,
        text=text,
        url=page.url or header.url,
        repairs=repairs,
        cuts=tuple(sorted(cuts, key=lambda cut: cut.number)),
    )


def _repaired(page: Page) -> tuple[Page, tuple[Repair, ...]]:
    repaired = repair_text(page.text)
    return (
        replace(
            page,
            text=repaired.text,
            title=_line(page.title),
            subtitle=_line(page.subtitle),
            publisher=_line(page.publisher),
            byline=_line(page.byline),
            place=_line(page.place),
            url=_line(page.url),
            headings=tuple(repair_text(heading).text for heading in page.headings),
            properties_title=_line(page.properties_title),
        ),
        repaired.repairs,
    )


def _line(words: str | None) -> str | None:
    return " ".join(repair_text(words).text.split()) or None if words else None


def _opening(text: str) -> str | None:
    first = text.partition("\n")[0]
    span = opening_byline(halfwidth(first))
    return None if span is None else first[slice(*span)]
