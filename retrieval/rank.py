"""Ranking: candidates from the dense and the lexical side, ordered by late interaction and BM25."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.encoder import Embedding
from retrieval.fold import compact
from retrieval.generation import Generation

CANDIDATES = 50
"""Passages taken from each side."""

LEXICAL_WEIGHT = 0.5
"""What scaled BM25 counts beside scaled MaxSim."""

SHINGLE = 5
REPEATED = 0.8
"""Passages that share this part of their shingles of five characters are one passage in two places."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what it scored: `score` is the fused one that orders, the others are raw."""

    passage: int
    score: float
    maxsim: float
    bm25: float


def rank(
    generation: Generation,
    question: Embedding,
    terms: Sequence[str],
    articles: Sequence[int] | None = None,
) -> list[Ranked]:
    """Order the passages that come near a question, best first; ties by article id and place in it.

    `terms` are the question's, for BM25; `articles` numbers those that may answer, None being all.
    """
    masks = generation.allowed(articles)
    lexical = generation.sharing(terms, CANDIDATES, masks)
    dense = generation.nearest(question.vector, CANDIDATES, masks)
    # In an order that does not depend on how the index grew: of equals the first stays first.
    passages = sorted({*lexical, *dense}, key=generation.key)
    if not passages:
        return []
    maxsim = generation.maxsim(question.tokens, passages)  # (C,)
    bm25 = generation.bm25(terms, passages)  # (C,)
    fused = _scaled(maxsim) + LEXICAL_WEIGHT * _scaled(bm25)
    order = np.argsort(-fused, kind="stable")
    return [Ranked(passages[i], float(fused[i]), float(maxsim[i]), float(bm25[i])) for i in order]


def distinct(generation: Generation, ranked: Sequence[Ranked], limit: int) -> list[Ranked]:
    """The first `limit` of them that do not repeat a better one's text, as reprints do."""
    kept: list[tuple[Ranked, frozenset[str]]] = []
    for candidate in ranked:
        if len(kept) == limit:
            break
        shingles = _shingles(generation.passage(candidate.passage).text)
        if not any(_overlap(shingles, other) >= REPEATED for _, other in kept):
            kept.append((candidate, shingles))
    return [candidate for candidate, _ in kept]


def _scaled(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scores to 0..1 over the candidates; all 0 where they do not differ."""
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _shingles(text: str) -> frozenset[str]:
    plain = compact(text)
    return frozenset(plain[i : i + SHINGLE] for i in range(max(1, len(plain) - SHINGLE + 1)))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of the smaller set that the other holds too."""
    return len(one & other) / min(len(one), len(other))
