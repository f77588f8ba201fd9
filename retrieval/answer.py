"""What flows out of this room: an answer made of quotes."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from corpus.article import Article

if TYPE_CHECKING:
    from pandas import DataFrame
    from rich.console import RenderableType

CLOSE = 0.75
"""The part of the first passage's confidence from which on a further one is worth showing beside it."""


class Refusal(StrEnum):
    """Why an answer holds no quote that answers."""

    EMPTY = "empty"  # the question holds nothing to look for
    FILTERED = "filtered"  # no report is of that place or time
    UNRELATED = "unrelated"  # the reports have nothing to do with the question
    NOT_SAID = "not_said"  # the reports come near, but do not say


@dataclass(frozen=True, slots=True)
class Span:
    """A slice of an article's text: `text == article.text[start:end]`, in code points."""

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
    """One quoted passage. `answer` is its answering sentence, inside `start`..`end`.

    `score` orders the results of one question; `confidence`, 0 to 1, compares across questions.
    `explanation` is there when it was asked for.
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
    """The reply to one question.

    When `answered` is false, `reason` says why, `missing` names the place or year that no report mentions
    where that is why, and `results` holds the nearest passages: material to look at, not an answer.
    `over_time` says that reports of different days give different figures: `quotes` are then in order of
    date. `taken` are the words that a follow-up took over from the question before, and `asked` the question
    with them, which is what was looked for.
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
        """The results worth a reader's time: the first, and those that come close behind it.

        None where there is no answer.
        """
        if not self.answered or not self.results:
            return ()
        bar = CLOSE * self.results[0].confidence
        close = [result for result in self.results if result.rank == 1 or result.confidence >= bar]
        if self.over_time:
            close.sort(key=lambda result: result.article.date or date.max)
        return tuple(close)

    def to_frame(self) -> "DataFrame":
        """The results as a pandas table, a row each; needs pandas, which is not installed with the rest."""
        from retrieval.display.frame import frame

        return frame(self)

    def __str__(self) -> str:
        from retrieval.display.text import answer_text

        return answer_text(self)

    def __repr__(self) -> str:
        """What a shell shows: the quotes themselves, the answering sentence bold on a terminal."""
        from retrieval.display.text import answer_text

        return answer_text(self, bold=sys.stdout.isatty())

    def __rich__(self) -> "RenderableType":
        from retrieval.display.rich import answer_panels

        return answer_panels(self)

    def _repr_html_(self) -> str:
        from retrieval.display.text import answer_html

        return answer_html(self)
