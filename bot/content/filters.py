"""What a person narrows the reports to: a place, a time, a paper."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from bot.botapi.message import one_line
from bot.i18n.wording import Wording
from corpus import Article, places_named, publishers, simplify

PLACE, SINCE, UNTIL, PAPER = "place", "since", "until", "paper"

_DAY = r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?|\s*年)?"
_TIME = re.compile(
    rf"(?:since|from|从|自)?\s*{_DAY}(?:\s*(?:\.\.|~|～|至|到|—+|–|to)\s*(?:{_DAY})?|(以来|以后|起))?"
)
_NAME_UNITS = 60
_OFF = re.compile(r"(?:off|none|clear|all|清除|清空|取消|全部|不限)", re.IGNORECASE)
_DISTRICT = re.compile(r"^.{1,8}?(?:自治县|区|县|市)")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A person's filters; what is None narrows nothing."""

    place: str | None = None
    since: date | None = None
    until: date | None = None
    publisher: str | None = None

    @classmethod
    def of(cls, kept: dict[str, str]) -> Self:
        """The filters as the store keeps them."""
        return cls(
            kept.get(PLACE),
            date.fromisoformat(kept[SINCE]) if SINCE in kept else None,
            date.fromisoformat(kept[UNTIL]) if UNTIL in kept else None,
            kept.get(PAPER),
        )

    def asked(self) -> dict[str, Any]:
        """The filters as arguments of `Library.ask`, without those that narrow nothing."""
        given = {
            "place": self.place, "since": self.since, "until": self.until, "publisher": self.publisher
        }  # fmt: skip
        return {name: value for name, value in given.items() if value is not None}

    def words(self, wording: Wording) -> str:
        """The filters in words; "" where there are none."""
        time = ""
        if self.since and self.until and year_filter(self.since.year) == self._days():
            time = wording.year_format.format(self.since)
        elif self.since and self.until:
            time = wording.since_until.format(since=wording.day(self.since), until=wording.day(self.until))
        elif self.since:
            time = wording.since.format(day=wording.day(self.since))
        elif self.until:
            time = wording.until.format(day=wording.day(self.until))
        place, paper = (one_line(name or "", _NAME_UNITS) for name in (self.place, self.publisher))
        return wording.joined.join(filter(None, (place, time, paper)))

    def _days(self) -> dict[str, str]:
        days = {SINCE: self.since, UNTIL: self.until}
        return {name: day.isoformat() for name, day in days.items() if day}


def read_filters(text: str, articles: Iterable[Article]) -> dict[str, str] | None:
    """What a person writes behind /filter, as the store keeps it; {} clears, None is not understood.

    Places and papers are those of the reports at hand, in either script; times are a year, a month or a
    day, or two of these.
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
        if place := read_place(word, reports):
            found[PLACE] = place
        elif paper := _paper(word, reports):
            found[PAPER] = paper
        else:
            unknown.append(word)
    return found if found and not unknown else None


def places(articles: Iterable[Article]) -> list[str]:
    """The districts of the reports, most reports first."""
    counted = Counter(district for article in articles if (district := _district(article.place)))
    return [place for place, _ in sorted(counted.items(), key=lambda found: (-found[1], found[0]))]


def papers(articles: Iterable[Article]) -> list[str]:
    """The papers of the reports, most reports first."""
    counted = Counter(name for article in articles for name in publishers(article))
    return [name for name, _ in sorted(counted.items(), key=lambda found: (-found[1], found[0]))]


def years(articles: Iterable[Article]) -> list[int]:
    """The years of the reports, latest first."""
    return sorted({article.date.year for article in articles if article.date}, reverse=True)


def year_filter(year: int) -> dict[str, str]:
    """The filter that keeps to a year."""
    return {SINCE: date(year, 1, 1).isoformat(), UNTIL: date(year, 12, 31).isoformat()}


def _district(place: str | None) -> str | None:
    match = _DISTRICT.match(place or "")
    return match.group() if match else place


def read_place(word: str, reports: list[Article]) -> str | None:
    """The place that one word names, in simplified script; None where it names none."""
    wanted = simplify(word)
    if len(wanted) > 1 and any(simplify(article.place or "").startswith(wanted) for article in reports):
        return wanted
    # A place of the gazetteer is understood though no report is of it: the answer then says so.
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
    except ValueError:
        return None
    except OverflowError:
        return None
