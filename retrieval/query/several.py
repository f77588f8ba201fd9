"""Questions that several reports answer: each report's best passage, told apart by place and time."""

import re
from collections.abc import Sequence
from datetime import date

from corpus.text.normalize import fold
from retrieval.answer import Result
from retrieval.query.answer_type import AnswerType, expected_answer

_EACH = re.compile(
    r"各(?:个|区|县|地|街道|镇|乡|村|社区|家|报)|哪些(?:区|县|地方|街道|镇|乡|村|社区|报道|单位)|分别|几个区"
    r"|\beach (?:district|street|town|report)|\bdistricts\b"
    r"|\b(?:which|what) (?:streets|towns|places|reports)\b"
)


def asks_of_several(question: str) -> bool:
    """Whether a question asks what several places or reports say."""
    return bool(_EACH.search(fold(question)))


def each_report_first(owners: Sequence[object]) -> list[int]:
    """The order in which the best passage of each report comes before a second one of any: (N,) places."""
    seen: set[object] = set()
    first = []
    for place, owner in enumerate(owners):
        if owner not in seen:
            seen.add(owner)
            first.append(place)
    return first + [place for place in range(len(owners)) if place not in first]


def differ_over_time(question: str, results: Sequence[Result]) -> bool:
    """Whether reports of one place and several days each give a figure, and not the same one."""
    wanted = expected_answer(question)
    if wanted.type is not AnswerType.NUMBER or not results:
        return False
    figures: dict[date, set[str]] = {}
    for result in results:
        found = re.findall(r"\d[\d,.]*", fold(result.answer.text))
        if result.article.date and found and _district(result) == _district(results[0]):
            figures.setdefault(result.article.date, set(found))
    values = list(figures.values())
    return len(values) > 1 and any(one.isdisjoint(other) for one in values for other in values)


def _district(result: Result) -> str:
    """The district of a report's place, which may go on with a street."""
    found = re.match(r".+?[区县]", result.article.place or "")
    return found.group() if found else ""
