"""Explain where the score and the confidence of a passage come from."""

from collections.abc import Iterator

import numpy as np

from retrieval.answer import Explanation, TokenMatch
from retrieval.query.parse import Query
from retrieval.ranking.confidence import ScoredCandidate
from retrieval.ranking.features import Candidate, score_contributions
from retrieval.ranking.search import Search


def explain(search: Search, scored: ScoredCandidate) -> Explanation:
    """Take the score and the confidence of a passage apart."""
    candidate, weights = scored.candidate, search.weights
    score: dict[str, float] = {}
    confidence: dict[str, float] = {}
    if weights:
        score = score_contributions(search, candidate)
        confidence = {name: weights.confidence[name] * value for name, value in scored.features.items()}
        confidence["intercept"] = weights.intercept
    seen = {**scored.features, "spelling": candidate.spelling, "spoken_of": candidate.date}
    return Explanation(seen, score, confidence, tuple(_token_matches(search.query, candidate)))


def _token_matches(query: Query, candidate: Candidate) -> Iterator[TokenMatch]:
    """For each token of the question the token of the passage that MaxSim matches it with."""
    passage, offsets = candidate.passage, candidate.matches.offsets
    if not len(offsets):
        return
    for (start, end), row in zip(query.embedding.offsets.tolist(), candidate.matches.cosines.T, strict=True):
        best = int(np.argmax(row))
        first, last = offsets[best].tolist()
        yield TokenMatch(
            query.text[start:end],
            passage.text[first:last],
            passage.start + first,
            passage.start + last,
            round(float(row[best]), 3),
        )
