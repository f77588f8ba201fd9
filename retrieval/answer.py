"""Answers: quotes from reports, or the reason why there is none."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from corpus.article import Article
from retrieval.models.thresholds import shipped_thresholds

if TYPE_CHECKING:
    from pandas import DataFrame
    from rich.console import RenderableType


class Refusal(StrEnum):
    """Why a question has no answer."""

    EMPTY = "empty"  # the question holds nothing to look for
    FILTERED = "filtered"  # no report is of that place or time
    UNRELATED = "unrelated"  # the reports have nothing to do with the question
    NOT_SAID = "not_said"  # the reports come near, but do not say


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an article's text: `text == article.text[start:end]`, in code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TokenMatch:
    """A token of a question and the token of an article with the highest cosine to it.

    Args:
        start: Where the article's token begins in the article's text, in code points.
        end: Where it ends there.
    """

    question_word: str
    article_word: str
    start: int
    end: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where the score and the confidence of a result come from.

    Args:
        features: The value of each feature, by name.
        score: What each feature adds to the score.
        confidence: What each feature adds to the logit of the confidence.
        matches: The token matches of late interaction, one for each token of the question.
    """

    features: Mapping[str, float]
    score: Mapping[str, float]
    confidence: Mapping[str, float]
    matches: tuple[TokenMatch, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """A passage that is quoted.

    Args:
        rank: 1 for the best passage.
        score: Orders the results of one question.
        confidence: How likely the passage answers, from 0 to 1; comparable across questions.
        article: The article that it is quoted from.
        section: The heading of its section; None where there is none.
        start: Where it begins in the text of the article, in code points.
        end: Where it ends there.
        text: The passage itself.
        answer: The sentence of the passage that answers.
        explanation: Where the score comes from; None if it was not asked for.
    """

    rank: int
    score: float
    confidence: float
    article: Article
    section: str | None
    start: int
    end: int
    text: str
    answer: Span
    explanation: Explanation | None = None

    def __str__(self) -> str:
        from retrieval.display.text import result_text

        return result_text(self)

    def __repr__(self) -> str:
        from retrieval.display.text import result_text

        return result_text(self, bold=sys.stdout.isatty())

    def __rich__(self) -> "RenderableType":
        from retrieval.display.rich import result_panel

        return result_panel(self)

    def _repr_html_(self) -> str:
        from retrieval.display.text import result_html

        return result_html(self)


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The reply to a question.

    Args:
        question: The question as it was asked.
        answered: Whether the reports answer it.
        reason: Why they do not; None where they do.
        results: The best passages; where nothing is answered, the nearest ones, which do not answer.
        milliseconds: How long it took.
        missing: The place or year that no report mentions, where this is the reason.
        over_time: Whether reports of different days give different figures; `quotes` are then by date.
        asked: The question that was searched for, with the words of `taken`.
        taken: The words that a follow-up question takes over from the question before.
    """

    question: str
    answered: bool
    reason: Refusal | None
    results: tuple[Result, ...]
    milliseconds: float
    missing: str | None = None
    over_time: bool = False
    asked: str = ""
    taken: tuple[str, ...] = ()

    @property
    def quotes(self) -> tuple[Result, ...]:
        """The results to show: the first one and those of nearly its confidence; none without an answer."""
        if not self.answered or not self.results:
            return ()
        least = shipped_thresholds().further_quote_confidence * self.results[0].confidence
        close = [result for result in self.results if result.rank == 1 or result.confidence >= least]
        if self.over_time:
            close.sort(key=lambda result: result.article.date or date.max)
        return tuple(close)

    def to_frame(self) -> "DataFrame":
        """Return the results as a pandas table with a row for each.

        Raises:
            MissingPackage: pandas is not installed.
        """
        from retrieval.display.frame import frame

        return frame(self)

    def __str__(self) -> str:
        from retrieval.display.text import answer_text

        return answer_text(self)

    def __repr__(self) -> str:
        """Show the quotes themselves in a shell, the answering sentence bold on a terminal."""
        from retrieval.display.text import answer_text

        return answer_text(self, bold=sys.stdout.isatty())

    def __rich__(self) -> "RenderableType":
        from retrieval.display.rich import answer_panels

        return answer_panels(self)

    def _repr_html_(self) -> str:
        from retrieval.display.text import answer_html

        return answer_html(self)
