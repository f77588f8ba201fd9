from datetime import date

import pytest

from corpus import Article, Section
from retrieval import Answer, Refusal, Result, Span

TEXT = "公园建成。面积30亩。"
ARTICLE = Article(
    "a.txt", "公园", None, "海棠日报", date(2024, 1, 2), None, None, (Section(None, 0, 11),), TEXT, None
)


def result(rank, confidence):
    return Result(rank, 1.0, confidence, ARTICLE, None, 0, len(TEXT), TEXT, Span(5, 11, TEXT[5:11]))


def answer(*confidences, reason=None):
    results = tuple(result(rank, confidence) for rank, confidence in enumerate(confidences, 1))
    return Answer("?", reason is None, reason, results, 1.0)


def test_what_comes_close_behind_the_first_is_quoted_too():
    assert [quote.rank for quote in answer(0.9, 0.8, 0.6).quotes] == [1, 2]


@pytest.mark.parametrize("reason", list(Refusal))
def test_a_refusal_quotes_nothing_whatever_came_near(reason):
    assert answer(0.9, 0.8, reason=reason).quotes == ()
