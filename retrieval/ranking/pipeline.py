"""Rank candidates: rerank them by their features, then let the reader read the first ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heapreplace

import numpy as np

from retrieval.index.base import Scope
from retrieval.ranking.candidates import rescaled, retrieve
from retrieval.ranking.features import Candidate, score_of
from retrieval.ranking.place_match import names_other_places
from retrieval.ranking.search import Search
from retrieval.ranking.sentences import answer_sentences, closest_parts
from retrieval.ranking.time_match import matched_dates

LOOK_DEPTH = 8
"""Candidates whose articles are read and whose parts are scored."""

READ_DEPTH = 3
"""Candidates that the reader reads."""


def rank(search: Search, scope: Scope | None = None, least: int = 0) -> list[Candidate]:
    """Rank the passages nearest to a question, best first; ties by article id and place in the article.

    Args:
        search: The question and the snapshot.
        scope: What may be found; None for everything.
        least: Rank at least this many passages, if there are, where token vectors are stored.
    """
    pool = retrieve(search, search.snapshot.scope() if scope is None else scope, least)
    return read(search, rerank(search, pool))


def rerank(search: Search, pool: Sequence[Candidate]) -> list[Candidate]:
    """Order candidates by their scores; only the first LOOK_DEPTH are looked at part by part."""
    if not pool:
        return []
    if search.weights is None:
        first, others = _first_unfitted(search, pool)
    else:
        first, others = _first(search, pool)
    near = _by_score(_looked_at(search, each) for each in first)
    # The others stay behind, though their upper bounds might place them before.
    last = near[-1].score
    return near + [replace(each, score=min(each.score, last)) for each in others]


def read(search: Search, ranked: Sequence[Candidate]) -> list[Candidate]:
    """Let the reader read the first READ_DEPTH candidates and order these anew; the others stay behind."""
    if search.reader is None or search.weights is None or not ranked:
        return list(ranked)
    sentences = answer_sentences(search, ranked[:READ_DEPTH])
    chosen = [replace(each, sentence=found) for each, found in zip(ranked, sentences, strict=False)]
    first = _by_score(replace(each, score=score_of(search, each)) for each in chosen)
    last = first[-1].score
    # What was not looked at is behind the last of those that were, and so behind all that were read.
    return first + [replace(each, score=min(each.score, last)) for each in ranked[READ_DEPTH:]]


def with_article(search: Search, candidate: Candidate) -> Candidate:
    """Complete a candidate with the dates and places that it names, for which its article is read."""
    if not (search.query.dates or search.query.places):
        return candidate
    return replace(
        candidate,
        date=matched_dates(search, candidate),
        other_place=names_other_places(search, candidate),
    )


def _first(search: Search, pool: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Choose the LOOK_DEPTH candidates that score most with their articles read; the others keep the score
    that they would have at most.

    Reading an article takes longer than all else: only those of the first candidates are read.
    """
    waiting = [(-score_of(search, each), order, each) for order, each in enumerate(pool)]
    heapify(waiting)
    first: list[Candidate] = []
    completed: set[int] = set()
    while waiting and len(first) < LOOK_DEPTH:
        _, order, each = waiting[0]
        if order in completed:
            heappop(waiting)
            first.append(each)
        else:
            completed.add(order)
            each = with_article(search, each)
            heapreplace(waiting, (-score_of(search, each), order, each))
    return first, [replace(each, score=-score) for score, _, each in sorted(waiting)]


def _first_unfitted(search: Search, pool: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """The same with a model that no weights were fitted for."""
    known = [with_article(search, each) for each in pool]
    features = [(each.maxsim, each.bm25, each.spelling + each.date, each.other_place) for each in known]
    maxsim, bm25, others, away = np.asarray(features, np.float64).T
    lexical = rescaled(bm25) + others
    scores = rescaled(maxsim) + search.thresholds.unfitted_lexical_weight * lexical - away
    scored = zip(known, scores.tolist(), strict=True)
    ordered = _by_score(replace(each, score=score) for each, score in scored)
    return ordered[:LOOK_DEPTH], ordered[LOOK_DEPTH:]


def _looked_at(search: Search, candidate: Candidate) -> Candidate:
    found = replace(candidate, closest=closest_parts(candidate.passage.text, candidate.matches))
    return replace(found, score=score_of(search, found)) if search.weights else found


def _by_score(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: -each.score)
