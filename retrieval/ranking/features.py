"""A candidate passage, the features it is ranked by, and its score."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus import Article, Passage
from retrieval.answer import Span
from retrieval.index.base import Snapshot
from retrieval.index.late_interaction import TokenMatches
from retrieval.ranking.search import Search


class ClosestParts(NamedTuple):
    """The highest MaxSim of a part of a passage, which need not be the part that answers: of a sentence, of
    two neighbouring sentences, and of a stretch of neighbouring tokens.
    """

    sentence: float
    pair: float
    stretch: float


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """The sentence of a passage that answers if any does.

    Attributes:
        span: Where it stands in the article.
        features: Its own features by name, as they were before reading.
        all_features: (S, len(sentences.FEATURES)), those of all sentences of the passage.
        focus_similarity: The mean best cosine of the question's focus tokens; None without a focus.
        answer_log_odds: The reader's log-odds that the passage answers; 0 where it was not read.
    """

    span: Span
    features: Mapping[str, float]
    all_features: npt.NDArray[np.float64]
    focus_similarity: float | None = None
    answer_log_odds: float = 0.0


@dataclass(frozen=True)
class PassageReference:
    """A passage of a snapshot by its number; it and its article are read once, when they are first needed."""

    snapshot: Snapshot
    number: int

    @cached_property
    def passage(self) -> Passage:
        """The passage."""
        return self.snapshot.passage(self.number)

    @cached_property
    def article(self) -> Article:
        """Its article."""
        return self.snapshot.article_of(self.number)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of a snapshot with what is known of it for a question.

    Attributes:
        reference: The passage in the snapshot.
        matches: How its tokens match the question's.
        maxsim: The mean over the question's tokens of their best cosine.
        pooled: The cosine of its vector with the question's.
        bm25: BM25 by words, as a part of the highest possible.
        spelling: BM25 by syllables, as a part of the highest possible.
        date: The part of the question's dates that it names, 1 until its article is read.
        other_place: Whether it names other places than the question, False until its article is read.
        closest: How near its closest parts come; None until it is looked at part by part.
        sentence: Its answering sentence; None until it is read.
        score: What orders the candidates.
    """

    reference: PassageReference
    matches: TokenMatches
    maxsim: float
    pooled: float
    bm25: float
    spelling: float
    date: float
    other_place: bool = False
    closest: ClosestParts | None = None
    sentence: AnswerSentence | None = None
    score: float = 0.0

    @property
    def number(self) -> int:
        """Its number in the snapshot."""
        return self.reference.number

    @property
    def passage(self) -> Passage:
        """The passage itself."""
        return self.reference.passage

    @property
    def article(self) -> Article:
        """Its article."""
        return self.reference.article

    @property
    def answer_log_odds(self) -> float:
        """The reader's log-odds that it answers; 0 where it was not read."""
        return self.sentence.answer_log_odds if self.sentence else 0.0


def score_contributions(search: Search, candidate: Candidate) -> dict[str, float]:
    """What each feature of a candidate adds to its score, by name.

    A candidate that was not looked at part by part has what it could have at most: none of its parts comes
    closer than the whole. Raises `ValueError` with a model that no weights were fitted for.
    """
    weights = search.weights
    if weights is None:
        raise ValueError(f"no weights were fitted for {search.snapshot.manifest.model}")
    maxsim = candidate.maxsim
    closest = candidate.closest or ClosestParts(maxsim, maxsim, maxsim)
    return {
        "maxsim": weights.maxsim * maxsim,
        "pooled": weights.pooled * candidate.pooled,
        "bm25": weights.bm25 * candidate.bm25,
        "spelling": weights.spelling * candidate.spelling,
        "date": weights.date * candidate.date,
        "elsewhere": -search.thresholds.other_place_penalty if candidate.other_place else 0.0,
        "closest": sum(weights.closest[part] * near for part, near in closest._asdict().items()),
        "read": weights.reader * bounded_log_odds(search, candidate.answer_log_odds),
    }


def score_of(search: Search, candidate: Candidate) -> float:
    """The score of a candidate: the sum of its parts."""
    return sum(score_contributions(search, candidate).values())


def bounded_log_odds(search: Search, log_odds: float) -> float:
    """The reader's log-odds as far as they count: beyond that the reader is surer than it is right."""
    bounds = search.thresholds
    return min(bounds.reader_log_odds_max, max(bounds.reader_log_odds_min, log_odds))
