"""What flows out of this room: an answer made of quotes."""

import sys
from dataclasses import dataclass
from enum import StrEnum

from corpus.article import Article

CLOSE = 0.75
"""The part of the first passage's score from which on a further one is worth showing beside it."""


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
class Result:
    """One quoted passage. `answer` is its answering sentence, inside `start`..`end`.

    `score` orders the results of one question; `confidence`, 0 to 1, compares across questions.
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


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The reply to one question.

    When `answered` is false, `reason` says why and `results` holds the nearest passages: material
    to look at, not an answer. `missing` is a name, place or date that no report mentions, where that is
    the reason.
    """

    question: str
    answered: bool
    reason: Refusal | None
    results: tuple[Result, ...]
    milliseconds: float
    missing: str | None = None

    @property
    def quotes(self) -> tuple[Result, ...]:
        """The results worth a reader's time: the first, and those that come close behind it.

        None where there is no answer.
        """
        if not self.answered:
            return ()
        return tuple(result for result in self.results if result.score >= CLOSE * self.results[0].score)

    def __str__(self) -> str:
        from retrieval.show import answer_text

        return answer_text(self)

    def __repr__(self) -> str:
        """What a shell shows: the quotes themselves, the answering sentence bold on a terminal."""
        from retrieval.show import answer_text

        return answer_text(self, bold=sys.stdout.isatty())

    def _repr_html_(self) -> str:
        from retrieval.show import answer_html

        return answer_html(self)
