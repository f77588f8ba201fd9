"""Parses the date that a file states for a report, in China's time."""

import re
from datetime import date, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))
_FIRST_YEAR, _LAST_YEAR = 1800, 2199
_STAMP = re.compile(r"\d{10}(?:\d{3})?")  # seconds or milliseconds since 1970
_WITH_ZONE = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)", re.IGNORECASE
)
_DAY = re.compile(
    r"(?<!\d)(?P<y>(?:1[89]|2[01])\d\d)\s*(?:年|[-/.])\s*(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})(?!\d)"
)
_COMPACT = re.compile(r"(?P<y>(?:1[89]|2[01])\d\d)(?P<m>\d\d)/?(?P<d>\d\d)(?:\s.*|T.*)?")


def parse_date(stated: str) -> date | None:
    """Parse `2024-03-05`, `2024年3月5日 10:20`, `2024-03-04T20:00:00Z` or `1709604000` as a day.

    Returns:
        None if there is no date, or one that the calendar does not have: a day is never guessed.
    """
    stated = stated.strip()
    if _STAMP.fullmatch(stated):
        return _checked(datetime.fromtimestamp(int(stated[:10]), _CHINA).date())
    if zoned := _WITH_ZONE.match(stated):
        try:
            moment = datetime.fromisoformat(f"{zoned[1]}T{zoned[2]}{zoned[3].upper()}")
            return _checked(moment.astimezone(_CHINA).date())
        except (ValueError, OverflowError):
            return None
    found = _DAY.search(stated) or _COMPACT.fullmatch(stated)
    if found is None:
        return None
    try:
        return _checked(date(int(found["y"]), int(found["m"]), int(found["d"])))
    except ValueError:
        return None


def _checked(day: date) -> date | None:
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
