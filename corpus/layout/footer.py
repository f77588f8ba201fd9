"""Parses the footer of a page: bylines, credits, statements, links for sharing, the publisher's address."""

import re
from dataclasses import dataclass
from itertools import pairwise

from corpus.layout.boilerplate import DESCRIPTION, PAGE_END, Zone, boilerplate_rule
from corpus.layout.byline import byline_span, closing_byline
from corpus.layout.dateline import source_span
from corpus.layout.lines import Cut, Line
from corpus.text.sentences import ends_sentence

_UNKNOWN_RUN = 3  # lines; more lines that no rule matches belong to the report
_LONGEST_UNKNOWN = 40
_STATED_ACCOUNT = re.compile(r"(?:系|为|由|归)(?P<name>[^,。;:系为由归]{2,16}?)(?:的?原创|所有|独家)")
_LONGEST_ACCOUNT = 15


@dataclass(frozen=True, slots=True)
class Footer:
    """The fields found in the footer of a page, the lines cut, and the lines above the footer."""

    byline: str | None
    source: str | None
    account: str | None
    cuts: tuple[Cut, ...]
    rest: tuple[Line, ...]


def parse_footer(lines: tuple[Line, ...]) -> Footer:
    """Parse the footer of a page whose header has been cut; it may be empty."""
    start = _start(lines)
    footer = lines[start:]
    cuts = [Cut(line.number, line.text, _rule_of(line) or "footer") for line in footer]
    byline = next((line.text[slice(*span)] for line in footer if (span := byline_span(line.key))), None)
    rest = lines[:start]
    if rest and (found := closing_byline(rest[-1].key)):
        last, (begin, *inside) = rest[-1], found
        byline = last.text[slice(*inside)]
        cuts.insert(0, Cut(last.number, last.text[begin:], "byline"))
        text = last.text[:begin].rstrip()
        rest = (*rest[:-1], Line(last.number, text, last.key[: len(text)], last.indented, last.gap))
    source = next(
        (
            line.text[slice(*span)]
            for line in footer
            if boilerplate_rule(line.key, "footer") == "source" and (span := source_span(line.key))
        ),
        None,
    )
    return Footer(byline, source, _account(footer), tuple(cuts), rest)


def _start(lines: tuple[Line, ...]) -> int:
    """Find the first line of the footer: all lines below are boilerplate, except a few short ones."""
    start = _page_end(lines)
    unknown = 0
    for index in range(start - 1, -1, -1):
        line = lines[index]
        if _rule_of(line):
            start, unknown = index, 0
            continue
        unknown += 1
        if unknown > _UNKNOWN_RUN or len(line.text) > _LONGEST_UNKNOWN or ends_sentence(line.text):
            break
        if start == len(lines) and unknown > 1:
            break
    # A line of the imprint may end a report too, unless a line that is certainly boilerplate stands above it.
    while start < len(lines) and _rule_of(lines[start], "footer") is None:
        start += 1
    return start


def _page_end(lines: tuple[Line, ...]) -> int:
    """Find the line that announces other reports, if most of the page stands above it."""
    total = sum(len(line.text) for line in lines)
    above = 0
    for index, line in enumerate(lines):
        if PAGE_END.fullmatch(line.key.rstrip(":> ")) and 3 * above >= 2 * total:
            return index
        above += len(line.text)
    return len(lines)


def _rule_of(line: Line, zone: Zone = "imprint") -> str | None:
    return "byline" if byline_span(line.key) else boilerplate_rule(line.key, zone)


def _account(footer: tuple[Line, ...]) -> str | None:
    """Find the account that claims the page as its own work, or describes itself in the footer."""
    for line in footer:
        if boilerplate_rule(line.key, "footer") == "statement" and (
            found := _STATED_ACCOUNT.search(line.key)
        ):
            return line.text[slice(*found.span("name"))]
    for name, description in pairwise(footer):
        if DESCRIPTION.fullmatch(description.key) and len(name.text) <= _LONGEST_ACCOUNT:
            return None if _rule_of(name) else name.text
    return None
