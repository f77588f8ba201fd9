"""Parses datelines: the line above a report that says when, and often by whom, it was published."""

import re
from dataclasses import dataclass
from datetime import date

_DATE = (
    r"(?P<y>(?:19|20)\d\d)\s*(?:年|[-/.])\s*(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})(?:\s*日|(?!\d))"
)
_TIME = r"\d{1,2}\s*[:时]\s*\d{2}(?:\s*[:分]\s*\d{2})?(?:\s*秒)?"
# In front of the date: an account, a column or a label; behind it: weekday, time, source, town.
_DATELINE = re.compile(
    rf"(?P<front>(?:[^\d。!?;,]{{0,30}}[\s:|·丨])?){_DATE}"
    r"(?P<rest>(?:\s*[(]?(?:星期|周)[一二三四五六日天][)]?)?(?:\s*农历\S{2,10})?"
    rf"(?:\s*{_TIME})?(?:[\s|·丨,]+[^。!?;]{{0,80}}|(?:来源|责编|作者|编辑)[^。!?;]{{0,60}})?)"
)
_NOT_IN_NAME = r"\s|丨()\[\]【】,;/"
_SOURCE = re.compile(
    rf"(?:来源|稿源)\s*:\s*(?P<name>[^{_NOT_IN_NAME}]{{2,24}}?)(?=$|[{_NOT_IN_NAME}]|作者|编辑|责编|记者)"
)
_LABEL = re.compile(r"(?:发布|发表|更新|出版|上传|编辑)?(?:时间|日期)\s*:?\s*|来源\s*:.*")


@dataclass(frozen=True, slots=True)
class Dateline:
    """A parsed dateline.

    Attributes:
        date: None if the calendar has no such day.
        of_report: this is the dateline of the report itself, not the day of a whole issue in the masthead.
        name: start and end of the account or column in front of the date, if there is one.
    """

    date: date | None
    of_report: bool
    name: tuple[int, int] | None


def parse_dateline(key: str) -> Dateline | None:
    """Parse a normalized line as a dateline; None if the date is only part of a headline or sentence."""
    if len(key) > 160 or (found := _DATELINE.fullmatch(key)) is None:
        return None
    of_report = bool(re.search(_TIME, found["rest"]) or source_span(key))
    front = found["front"].rstrip(" :|·丨\t")
    name = (0, len(front)) if front and not _LABEL.fullmatch(front) else None
    return Dateline(_day(found), of_report or name is not None, name)


def source_span(key: str) -> tuple[int, int] | None:
    """Find the start and end of the publisher that a normalized line names as its source."""
    found = _SOURCE.search(key)
    return None if found is None else found.span("name")


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None
