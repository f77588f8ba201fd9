"""Parses the header of a page: masthead, navigation, headline, subtitle and dateline."""

import re
from dataclasses import dataclass
from datetime import date

from corpus.data import read_toml
from corpus.layout.boilerplate import BREADCRUMBS, DIGITAL_EDITION, boilerplate_rule
from corpus.layout.byline import byline_span
from corpus.layout.dateline import Dateline, parse_dateline, source_span
from corpus.layout.headline import Headline, choose_headline, find_headline
from corpus.layout.lines import Cut, Line, remove_spaces
from corpus.text.sentences import ends_sentence

_FARTHEST = 40  # lines; the header ends here at the latest
_FARTHEST_WITHOUT_PROSE = 12  # lines; where the page has no paragraph
_LEAD_IN = re.compile(r"\S{0,16}(?:讯|(?<=日)电|(?<=日)消息|(?<=日)报道)\s*[:( ].*")  # 本报讯(…), 新华社…日电
_LONGEST_HEADLINE = 120  # characters; titles of browser windows that name paper, page and report are long
_SUBTITLE = re.compile(r"[—–―─-]{2,}\s*(?P<words>[^。]{2,60})")
_PAGE_NUMBER = re.compile(r"[A-Z]?\d{1,3}")
_OUTLET_ENDINGS = read_toml("layout_words.toml")["masthead"]["outlet_endings"]
_NAME = re.compile(rf"[\u4e00-\u9fffA-Za-z]{{2,12}}(?:{'|'.join(_OUTLET_ENDINGS)})")
_MASTHEAD_RULES = ("digital edition", "serial number", "calendar", "page turning")
_WEB_ADDRESS = re.compile(r"(?:原文|网页|文章)?(?:链接|网址|地址)?\s*:?\s*(?P<url>https?://\S+)")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields found in the header of a page, the lines cut, and the lines below the header."""

    title: str | None
    subtitle: str | None
    date: date | None
    source: str | None
    paper: str | None
    account: str | None
    byline: str | None
    url: str | None
    cuts: tuple[Cut, ...]
    rest: tuple[Line, ...]


def parse_header(lines: tuple[Line, ...], title: str | None = None, subtitle: str | None = None) -> Header:
    """Parse the header of a page; it is empty if the page begins with its first paragraph.

    Args:
        title: the headline in the page's markup, if any: then no other line is taken for one.
        subtitle: the subtitle in the page's markup, if any.
    """
    first = next((index for index, line in enumerate(lines) if _is_prose(line)), None)
    zone = lines[: _FARTHEST_WITHOUT_PROSE if first is None else min(first, _FARTHEST)]
    datelines = {index: found for index, line in enumerate(zone) if (found := parse_dateline(line.key))}
    rules = [_rule_of(line, index in datelines) for index, line in enumerate(zone)]
    if subtitle:
        _mark_subtitle(zone, rules, subtitle)
    names = _mark_names(zone, rules)
    headline = _headline(zone, rules, datelines, names, title)
    if headline:
        for index in range(headline.index):
            rules[index] = rules[index] or "above the headline"
        for index in headline.window_titles:
            rules[index] = "window title"
        for index in headline.repeats:
            rules[index] = "headline repeated"
        rules[headline.index] = "headline"
    return Header(
        title=headline.title if headline else None,
        subtitle=_subtitle(zone, rules),
        date=next((found.date for found in datelines.values() if found.date), None),
        source=_first_span(zone, rules, ("dateline", "source", "credits")),
        paper=names[0] if names else None,
        account=_account(zone, datelines),
        byline=_byline(zone, rules),
        url=next((link["url"] for line in zone if (link := _WEB_ADDRESS.fullmatch(line.key))), None),
        cuts=tuple(Cut(line.number, line.text, rule) for line, rule in zip(zone, rules, strict=True) if rule),
        rest=tuple(line for line, rule in zip(zone, rules, strict=True) if not rule) + lines[len(zone) :],
    )


def _is_prose(line: Line) -> bool:
    """Tell whether a line is a paragraph: it holds a full stop, or is a long sentence with commas."""
    if boilerplate_rule(line.key, "header") or parse_dateline(line.key):
        return False
    if _LEAD_IN.fullmatch(line.key) and ends_sentence(line.text):
        return True
    sentence = len(line.key) >= 40 and "," in line.key and ends_sentence(line.text)
    return sentence or "。" in line.text or line.key.endswith(";") or len(line.text) > _LONGEST_HEADLINE


def _rule_of(line: Line, is_dateline: bool) -> str | None:
    if is_dateline:
        return "dateline"
    if _WEB_ADDRESS.fullmatch(line.key):
        return "web address"
    if byline_span(line.key):
        return "byline"
    if rule := boilerplate_rule(line.key, "header"):
        return rule
    return "subtitle" if _SUBTITLE.fullmatch(line.text) else None


def _mark_names(zone: tuple[Line, ...], rules: list[str | None]) -> tuple[str, ...]:
    """Mark in `rules` the lines that only name the paper, the site or the page.

    A line is marked only if another line below can be the headline.

    Returns:
        The names: papers first, then sites, then pages.
    """
    papers = [
        line.text[slice(*found.span("paper"))]
        for line in zone
        if (found := DIGITAL_EDITION.fullmatch(line.key))
    ]
    roots = [
        line.text[slice(*found.span("root"))] for line in zone if (found := BREADCRUMBS.fullmatch(line.key))
    ]
    pages = []
    in_masthead = any(rule in _MASTHEAD_RULES for rule in rules)
    for index, line in enumerate(zone):
        others = any(rule is None for rule in rules[index + 1 :])
        if rules[index] or not others:
            continue
        if line.text in papers or line.text in roots or _NAME.fullmatch(line.key):
            rules[index] = "masthead"
            papers.append(line.text)
        elif in_masthead and index + 1 < len(zone) and _PAGE_NUMBER.fullmatch(zone[index + 1].key):
            rules[index] = "page name"
            pages.append(line.text)
    return tuple(dict.fromkeys([*papers, *roots, *pages]))


def _headline(
    zone: tuple[Line, ...],
    rules: list[str | None],
    datelines: dict[int, Dateline],
    names: tuple[str, ...],
    title: str | None,
) -> Headline | None:
    candidates = [index for index, rule in enumerate(rules) if rule is None]
    if title is not None:
        return find_headline(zone, candidates, title)
    of_report = next((index for index, found in datelines.items() if found.of_report), None)
    subtitle = next((index for index, rule in enumerate(rules) if rule == "subtitle"), None)
    return choose_headline(zone, candidates, of_report, subtitle, names)


def _mark_subtitle(zone: tuple[Line, ...], rules: list[str | None], subtitle: str) -> None:
    for index, line in enumerate(zone):
        if rules[index] is None and remove_spaces(line.text) == remove_spaces(subtitle):
            rules[index] = "subtitle"


def _subtitle(zone: tuple[Line, ...], rules: list[str | None]) -> str | None:
    for line, rule in zip(zone, rules, strict=True):
        if rule == "subtitle" and (found := _SUBTITLE.fullmatch(line.text)):
            return " ".join(found["words"].split())
    return None


def _first_span(zone: tuple[Line, ...], rules: list[str | None], wanted: tuple[str, ...]) -> str | None:
    for line, rule in zip(zone, rules, strict=True):
        if rule in wanted and (span := source_span(line.key)):
            return line.text[slice(*span)]
    return None


def _account(zone: tuple[Line, ...], datelines: dict[int, Dateline]) -> str | None:
    """Find the account named in front of the date; the name of a column is not one."""
    for index, found in datelines.items():
        if found.name:
            last = zone[index].text[slice(*found.name)].split()[-1]
            if _NAME.fullmatch(zone[index].key[slice(*found.name)].split()[-1]):
                return last
    return None


def _byline(zone: tuple[Line, ...], rules: list[str | None]) -> str | None:
    for line, rule in zip(zone, rules, strict=True):
        if rule == "byline" and (span := byline_span(line.key)):
            return line.text[slice(*span)]
    return None
