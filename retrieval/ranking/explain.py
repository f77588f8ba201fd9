"""Where the score and the confidence of a passage come from, for whoever asks."""

from collections.abc import Iterator, Mapping

import numpy as np

from retrieval.answer import Explanation, TokenMatch
from retrieval.index.base import Snapshot
from retrieval.query.parse import Question
from retrieval.ranking.features import Ranked, parts_of
from retrieval.ranking.weights import weights_of


def explain(
    generation: Snapshot, question: Question, candidate: Ranked, signs: Mapping[str, float]
) -> Explanation:
    """Take a score and a confidence apart; `signs` are those of `abstain.signs_of`."""
    weights = weights_of(generation.manifest.model)
    score: dict[str, float] = {}
    confidence: dict[str, float] = {}
    if weights:
        mine = weights.of(han=question.han)
        score = parts_of(candidate, mine)
        confidence = {name: mine.answers[name] * seen for name, seen in signs.items()}
        confidence["intercept"] = mine.intercept
    seen = {**signs, "spelling": candidate.spelling, "spoken_of": candidate.date}
    return Explanation(seen, score, confidence, tuple(_matches(generation, question, candidate)))


def _matches(generation: Snapshot, question: Question, candidate: Ranked) -> Iterator[TokenMatch]:
    """For each token of the question the token of the passage that MaxSim matches it with."""
    passage, met = generation.passage(candidate.passage), candidate.met
    offsets = met.offsets
    if not len(offsets):
        return
    for (start, end), row in zip(question.embedding.offsets.tolist(), met.cosines.T, strict=True):
        best = int(np.argmax(row))
        first, last = offsets[best].tolist()
        yield TokenMatch(
            question.text[start:end],
            passage.text[first:last],
            passage.start + first,
            passage.start + last,
            round(float(row[best]), 3),
        )
