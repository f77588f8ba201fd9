"""Find dates in a text, `2022年5月24日`, `去年5月`, `May 2022`, given the day it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Self

from corpus.text.normalize import fold

CACHED_TEXTS = 2_000
"""Texts whose dates are kept, because many questions retrieve the same passages."""

LAST_REVIEW_MONTH = 3
"""The last month in which 全年 or 过去一年 means the year before."""

_RELATIVE = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "当年": 0, "明年": 1}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)

_CHINESE = re.compile(
    r"(?=[\d前去上今本当明过一全])"  # all that follows may be missing: this alone tells where to look
    r"(?:(?P<year>(?:1[89]|20)\d\d)\s*年|(?P<relative>前年|去年|上年|今年|本年|当年|明年)"
    r"|(?P<review>过去的?一年|一年来|(?<!年)全年))?\s*的?"
    r"(?:(?P<month>1[0-2]|0?[1-9])\s*月(?:份)?(?:(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号])?)?"
)
_NUMERIC = re.compile(
    r"(?<!\d)(?P<year>(?:1[89]|20)\d\d)[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?(?!\d)"
)
_ENGLISH = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<name>{_MONTH_NAME})"
    r"(?:\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?P<year>(?:1[89]|20)\d\d))?\b"
)
_YEAR = re.compile(
    r"\b(?:in|of|during|since|for|by|year)\s+(?P<year>(?:1[89]|20)\d\d)\b(?!\s*年)"
    r"|(?<![\d.])(?P<title>20\d\d)(?=[\u4e00-\u9fff]{4})(?!年)"  # 2023成渝体育大会
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day, month or year in a text, from `start` to `end` in code points; None is what it does not say."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return a mention of a day that stands in no text."""
        return cls(day.year, day.month, day.day, 0, 0)

    def includes(self, other: "DateMention") -> bool:
        """Return whether the other mention names the same time or a part of it."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine is None or mine == theirs for mine, theirs in pairs)


@lru_cache(CACHED_TEXTS)
def dates_in(text: str, written: date | None = None) -> tuple[DateMention, ...]:
    """Return the dates in a text in order.

    Args:
        text: The text, folded or not.
        written: The day of the text, which tells the year of `去年` and `5月24日`.
    """
    return tuple(sorted(_found(fold(text), written), key=lambda mention: mention.start))


def _found(folded: str, written: date | None) -> Iterator[DateMention]:
    for match in _CHINESE.finditer(folded):
        if not any(match[name] for name in ("year", "relative", "review", "month")):
            continue
        year = int(match["year"]) if match["year"] else None
        if year is None and written is not None:
            year = written.year + _RELATIVE.get(match["relative"] or "今年", 0)
            if match["review"] and written.month <= LAST_REVIEW_MONTH:
                year -= 1
        if year is None and match["month"] is None:
            continue  # 去年 in a text of an unknown day
        yield _mention(year, match["month"], match["day"], match)
    for match in _NUMERIC.finditer(folded):
        yield _mention(int(match["year"]), match["month"], match["day"], match)
    for match in _ENGLISH.finditer(folded):
        day, stated = match["day"] or match["day2"], match["year"]
        if not day and not stated and match["name"] in ("may", "mar", "dec", "march"):
            continue  # words as well as months
        month = str(_MONTHS.index(match["name"][:3]) + 1)
        yield _mention(int(stated) if stated else written.year if written else None, month, day, match)
    for match in _YEAR.finditer(folded):
        yield _mention(int(match["year"] or match["title"]), None, None, match)


def _mention(year: int | None, month: str | None, day: str | None, match: re.Match[str]) -> DateMention:
    return DateMention(year, int(month) if month else None, int(day) if day else None, *match.span())
