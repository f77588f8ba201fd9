"""Parse and describe the filters of a person: a place, a time, a paper."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from bot.botapi.message import one_line
from bot.i18n.wording import Wording
from corpus import Article, places_named, publishers, simplify
from retrieval import Filter

PLACE, SINCE, UNTIL, PAPER = "place", "since", "until", "paper"

_DAY = r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?|\s*年)?"
_TIME = re.compile(
    rf"(?:since|from|从|自)?\s*{_DAY}(?:\s*(?:\.\.|~|～|至|到|—+|–|to)\s*(?:{_DAY})?|(以来|以后|起))?"
)
_NAME_UNITS = 60
_OFF = re.compile(r"(?:off|none|clear|all|清除|清空|取消|全部|不限)", re.IGNORECASE)
_DISTRICT = re.compile(r"^.{1,8}?(?:自治县|区|县|市)")


def filter_of(stored: Mapping[str, str]) -> Filter:
    """Return the filter that the storage keeps as strings."""
    return Filter(
        stored.get(PLACE),
        date.fromisoformat(stored[SINCE]) if SINCE in stored else None,
        date.fromisoformat(stored[UNTIL]) if UNTIL in stored else None,
        stored.get(PAPER),
    )


def arguments(kept: Filter) -> dict[str, Any]:
    """Return the fields of a filter that are set, as keyword arguments of `Retriever.ask`."""
    return {name: value for name, value in asdict(kept).items() if value is not None}


def describe(kept: Filter, wording: Wording) -> str:
    """Return a filter in words; "" where it keeps all reports."""
    time = ""
    if kept.since and kept.until and (kept.since, kept.until) == _days(str(kept.since.year), None, None):
        time = wording.year_format.format(kept.since)
    elif kept.since and kept.until:
        time = wording.since_until.format(since=wording.day(kept.since), until=wording.day(kept.until))
    elif kept.since:
        time = wording.since.format(day=wording.day(kept.since))
    elif kept.until:
        time = wording.until.format(day=wording.day(kept.until))
    place, paper = (one_line(name or "", _NAME_UNITS) for name in (kept.place, kept.publisher))
    return wording.joined.join(filter(None, (place, time, paper)))


def parse_filters(text: str, articles: Iterable[Article]) -> dict[str, str] | None:
    """Parse what a person writes behind /filter.

    Places and papers are those of `articles`, in simplified or traditional characters. A time is a year, a
    month or a day, or two of these.

    Returns:
        The filter as the storage keeps it; {} clears it, None means that it is not understood.
    """
    if _OFF.fullmatch(text.strip()):
        return {}
    found: dict[str, str] = {}
    time = _TIME.search(text)
    if time and (span := _span(time)):
        since, until = span
        found[SINCE] = since.isoformat()
        if until:
            found[UNTIL] = until.isoformat()
        text = text[: time.start()] + " " + text[time.end() :]
    reports = list(articles)
    unknown = []
    for word in re.split(r"[\s,，、;；]+", text.strip()):
        if not word:
            continue
        if place := parse_place(word, reports):
            found[PLACE] = place
        elif paper := _paper(word, reports):
            found[PAPER] = paper
        else:
            unknown.append(word)
    return found if found and not unknown else None


def places(articles: Iterable[Article]) -> list[str]:
    """Return the districts of the reports, the most frequent first."""
    counted = Counter(district for article in articles if (district := _district(article.place)))
    return [place for place, _ in sorted(counted.items(), key=lambda found: (-found[1], found[0]))]


def papers(articles: Iterable[Article]) -> list[str]:
    """Return the papers of the reports, the most frequent first."""
    counted = Counter(name for article in articles for name in publishers(article))
    return [name for name, _ in sorted(counted.items(), key=lambda found: (-found[1], found[0]))]


def years(articles: Iterable[Article]) -> list[int]:
    """Return the years of the reports, the latest first."""
    return sorted({article.date.year for article in articles if article.date}, reverse=True)


def year_filter(year: int) -> dict[str, str]:
    """Return the filter for one year, as the storage keeps it."""
    return {SINCE: date(year, 1, 1).isoformat(), UNTIL: date(year, 12, 31).isoformat()}


def _district(place: str | None) -> str | None:
    match = _DISTRICT.match(place or "")
    return match.group() if match else place


def parse_place(word: str, reports: list[Article]) -> str | None:
    """Return the place that one word names, in simplified characters; None where it names none."""
    wanted = simplify(word)
    if len(wanted) > 1 and any(simplify(article.place or "").startswith(wanted) for article in reports):
        return wanted
    # A place of the gazetteer is accepted without any report about it: the answer then says so.
    named = places_named(word)
    return wanted if len(named) == 1 and len(wanted) - len(named[0]) <= len("自治县") else None


def _paper(word: str, reports: list[Article]) -> str | None:
    wanted = simplify(word).lower()
    return next((name for name in papers(reports) if wanted in simplify(name).lower()), None)


def _span(match: re.Match[str]) -> tuple[date, date | None] | None:
    year, month, day, year_2, month_2, day_2, open_ended = match.groups()
    first = _days(year, month, day)
    if first is None:
        return None
    if year_2:
        last = _days(year_2, month_2, day_2)
        return (first[0], last[1]) if last and last[1] >= first[0] else None
    ends_open = (
        open_ended
        or re.search(r"(?:\.\.|~|～|至|到|—|–|to)\s*$", match.group())
        or re.match(r"(?:since|from|从|自)", match.group())
    )
    return (first[0], None) if ends_open else first


def _days(year: str, month: str | None, day: str | None) -> tuple[date, date] | None:
    """The first and last day of a year, a month or a day."""
    try:
        if day:
            only = date(int(year), int(month or 1), int(day))
            return only, only
        if month:
            first = date(int(year), int(month), 1)
            return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return date(int(year), 1, 1), date(int(year), 12, 31)
    except (ValueError, OverflowError):
        return None
