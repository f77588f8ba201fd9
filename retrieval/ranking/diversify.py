"""Diversify ranked passages: no reprints, each report first, and figures that differ over time."""

import re
from collections.abc import Sequence
from datetime import date

from corpus.text.normalize import fold
from retrieval.answer import Result
from retrieval.query.answer_type import AnswerType
from retrieval.query.parse import Query
from retrieval.ranking.features import Candidate
from retrieval.ranking.passage_text import shingles
from retrieval.ranking.search import Search

WIDTH = 5
"""How many times the passages wanted are ranked: reprints are left out, and other reports come before the
second passage of one."""


def diversify(search: Search, ranked: Sequence[Candidate], k: int) -> list[Candidate]:
    """The first `k` passages that repeat none before them; where several reports are asked for, the best of
    each report before a second one of any.
    """
    if not search.query.of_several:
        return without_reprints(search, ranked, k)
    return each_report_first(without_reprints(search, ranked, WIDTH * k))[:k]


def without_reprints(search: Search, ranked: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The first `limit` passages that do not repeat the text of a better one."""
    kept: list[tuple[Candidate, frozenset[str]]] = []
    for candidate in ranked:
        if len(kept) == limit:
            break
        here = shingles(candidate.passage.text)
        if not any(_overlap(here, other) >= search.thresholds.reprint_overlap for _, other in kept):
            kept.append((candidate, here))
    return [candidate for candidate, _ in kept]


def each_report_first(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Move the best passage of each report before the second one of any."""
    seen: set[str] = set()
    best: list[Candidate] = []
    further: list[Candidate] = []
    for candidate in ranked:
        (further if candidate.article.id in seen else best).append(candidate)
        seen.add(candidate.article.id)
    return best + further


def differ_over_time(query: Query, results: Sequence[Result]) -> bool:
    """Tell whether reports of one place and several days each give a figure, and not the same one."""
    if query.expected.type is not AnswerType.NUMBER or not results:
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


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of the smaller set that the other holds too."""
    return len(one & other) / min(len(one), len(other))
