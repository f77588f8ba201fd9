"""Retrieve candidates: passages found by vectors, by BM25 over words, and by BM25 over syllables."""

from collections.abc import Sequence

import numpy as np

from corpus.text.normalize import is_han
from retrieval.index.base import Scope
from retrieval.index.late_interaction import TokenMatches
from retrieval.models.encoder import Floats
from retrieval.ranking.features import Candidate, PassageReference
from retrieval.ranking.search import Search
from retrieval.text.pinyin import syllable_pairs
from retrieval.text.tokenize import PINYIN_FIELDS

RETRIEVED = 50
"""Passages taken from each of the three sources."""

RERANK_DEPTH = 48
"""Candidates that are matched token by token."""

ENCODE_DEPTH = 12
"""The same where the index stores no token vectors, so that each candidate has to be encoded."""


def retrieve(search: Search, scope: Scope, least: int = 0) -> list[Candidate]:
    """Retrieve the passages nearest to a question, in the order of article ids and places in the article.

    Args:
        search: The question and the snapshot.
        scope: What may be found.
        least: Return at least this many candidates, if there are, where token vectors are stored.
    """
    snapshot, query = search.snapshot, search.query
    # First: it fetches the counts of all terms at once, which what follows would ask for one by one.
    by_words = snapshot.search_terms(query.terms, RETRIEVED, scope)
    syllables = syllables_of(search)
    by_syllables = snapshot.search_terms(syllables, RETRIEVED, scope, PINYIN_FIELDS) if syllables else []
    by_vector = snapshot.search_vectors(query.embedding.vector, RETRIEVED, scope)
    # Sorted so that of equal candidates the same one stays first however the index grew.
    passages = sorted({*by_words, *by_syllables, *by_vector}, key=snapshot.sort_key)
    if not passages:
        return []
    pooled = snapshot.cosines(query.embedding.vector, passages)  # (C,)
    bm25 = snapshot.bm25(query.terms, passages)  # (C,)
    spelling = np.zeros_like(bm25)
    if syllables:
        part = len(syllables) / max(len(syllables), len(query.terms) if query.han else 0)
        spelling = part * snapshot.bm25(syllables, passages, PINYIN_FIELDS)
    near = _shortlist_score(search, pooled, bm25, spelling)
    limit = max(RERANK_DEPTH, least) if snapshot.manifest.bits else ENCODE_DEPTH
    shortlist = sorted(np.argsort(-near, kind="stable")[:limit].tolist())
    return [
        Candidate(
            PassageReference(snapshot, passages[i]),
            matches,
            maxsim=float(matches.best.mean()) if matches.best.size else 0.0,
            pooled=float(pooled[i]),
            bm25=float(bm25[i]),
            spelling=float(spelling[i]),
            date=1.0 if query.dates else 0.0,
        )
        for i, matches in zip(shortlist, _matches(search, [passages[i] for i in shortlist]), strict=True)
    ]


def syllables_of(search: Search) -> list[str]:
    """The syllables to look for: of Latin words, and of Chinese words that no passage writes that way."""
    unknown = [
        syllable
        for term in search.query.terms
        if len(term) > 1 and is_han(term[0]) and not search.snapshot.passage_frequency(term)
        for syllable in syllable_pairs(term)
    ]
    return [*search.query.syllables, *unknown]


def rescaled(scores: Floats) -> Floats:
    """Rescale the scores of candidates to 0..1; all 0 where they do not differ."""
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _shortlist_score(search: Search, pooled: Floats, bm25: Floats, spelling: Floats) -> Floats:
    """What orders candidates before they are matched token by token: (C,)."""
    weights, thresholds = search.weights, search.thresholds
    near: Floats
    if weights is None:
        lexical = rescaled(bm25) + rescaled(spelling)
        near = rescaled(pooled) + thresholds.unfitted_lexical_weight * lexical
    else:
        near = thresholds.shortlist_vector_factor * weights.pooled * pooled
        near = near + weights.bm25 * bm25 + weights.spelling * spelling
    return near


def _matches(search: Search, passages: Sequence[int]) -> list[TokenMatches]:
    snapshot, question = search.snapshot, search.query.embedding.tokens
    if snapshot.manifest.bits:
        return snapshot.match_tokens(question, passages)
    assert search.on_demand is not None  # whoever opens such an index has the model at hand
    return search.on_demand.match_tokens(question, [snapshot.passage(number).text for number in passages])
