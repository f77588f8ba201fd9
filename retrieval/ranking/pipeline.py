"""Ranking: candidates from the dense and the lexical side, ordered by late interaction and BM25."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from heapq import heapify, heappop, heapreplace
from typing import TYPE_CHECKING

import numpy as np

from corpus.text.normalize import compact, is_han
from retrieval.index.base import Scope, Snapshot
from retrieval.index.late_interaction import TokenMatches
from retrieval.index.on_demand import OnDemandTokens
from retrieval.models.encoder import Floats
from retrieval.query.parse import Question
from retrieval.ranking.features import Ranked, score_of
from retrieval.ranking.place_match import elsewhere
from retrieval.ranking.sentences import REMEMBERED, Evidence, closest_of, evidence, importance_of, reread
from retrieval.ranking.weights import Weights, weights_of
from retrieval.text.dates import DateMention, dates_in
from retrieval.text.pinyin import syllable_pairs
from retrieval.text.tokenize import PINYIN_FIELDS

if TYPE_CHECKING:
    from retrieval.models.reader import Reader

CANDIDATES = 50
"""Passages taken from each side."""

MET, ENCODED = 48, 12
"""Of them so many, the nearest by vectors and words, meet the question token by token; and so many where no
token vectors are stored, but encoded when they are asked about."""

UNMET = 2
"""So many times its weight counts the cosine of a passage that has not met the question token by token."""

LOOKED = 8
"""Of these so many are looked at sentence by sentence."""

READ = 3
"""Of these so many are read (see `reader`)."""

LEXICAL_WEIGHT = 0.5
"""What scaled BM25 counts beside scaled MaxSim with a model that no weights were fitted for."""

WRITTEN, PARTLY = 0.7, 0.5
"""See `spoken_of`."""

SHINGLE = 5
REPEATED = 0.8
"""Passages that share this part of their shingles of five characters are one passage in two places."""


def rank(
    generation: Snapshot,
    question: Question,
    scope: Scope | None = None,
    unstored: OnDemandTokens | None = None,
    least: int = 0,
) -> list[Ranked]:
    """Order the passages that come near a question, best first; ties by article id and place in it.

    `scope` is what may answer, None being all. `unstored` is needed where the generation stores no token
    vectors. MET passages are ordered, or `least` if that is more; ENCODED where token vectors are not stored.
    """
    if scope is None:
        scope = generation.scope()
    weights = weights_of(generation.manifest.model)
    mine = weights.of(han=question.han) if weights else None
    limit = max(MET, least) if generation.manifest.bits else ENCODED
    candidates = _candidates(generation, question, scope, unstored, mine, limit)
    if not candidates:
        return []
    if mine:
        first, others = _first(generation, question, candidates, mine)
    else:
        first, others = _first_unfitted(generation, question, candidates)

    def looked_at(each: Ranked) -> Ranked:
        found = replace(each, closest=closest_of(generation.passage(each.passage).text, each.met))
        return replace(found, score=score_of(found, mine)) if mine else found

    near = _by_score(map(looked_at, first))
    if mine:
        near = _read(generation, question, near, mine)
    # The others stay behind, though what was seen of them might place them before.
    last = near[-1].score
    return near + [replace(each, score=min(score, last)) for score, each in others]


def _candidates(
    generation: Snapshot,
    question: Question,
    scope: Scope,
    unstored: OnDemandTokens | None,
    weights: Weights | None,
    limit: int,
) -> list[Ranked]:
    """The nearest `limit` of what the dense and the lexical side find, not yet settled: of the times and
    places asked about each may speak.
    """
    lexical = generation.search_terms(question.terms, CANDIDATES, scope)
    syllables = syllables_of(generation, question)
    sounding = generation.search_terms(syllables, CANDIDATES, scope, PINYIN_FIELDS) if syllables else []
    dense = generation.search_vectors(question.embedding.vector, CANDIDATES, scope)
    # In an order that does not depend on how the index grew: of equals the first stays first.
    passages = sorted({*lexical, *sounding, *dense}, key=generation.sort_key)
    if not passages:
        return []
    pooled = generation.cosines(question.embedding.vector, passages)  # (C,)
    bm25 = generation.bm25(question.terms, passages)  # (C,)
    spelling = np.zeros_like(bm25)
    if syllables:
        part = len(syllables) / max(len(syllables), len(question.terms) if question.han else 0)
        spelling = part * generation.bm25(syllables, passages, PINYIN_FIELDS)
    near = _nearness(weights, pooled, bm25, spelling)
    nearest = sorted(np.argsort(-near, kind="stable")[:limit].tolist())
    mets = _met(generation, question, [passages[i] for i in nearest], unstored)
    date = 1.0 if question.dates else 0.0
    return [
        Ranked(
            passages[i],
            met,
            float(met.best.mean()) if met.best.size else 0.0,
            float(pooled[i]),
            float(bm25[i]),
            float(spelling[i]),
            date,
            elsewhere=False,
        )
        for i, met in zip(nearest, mets, strict=True)
    ]


def _nearness(weights: Weights | None, pooled: Floats, bm25: Floats, spelling: Floats) -> Floats:
    """How near passages come that have not met the question token by token: (C,)."""
    near: Floats
    if weights is None:
        near = _scaled(pooled) + LEXICAL_WEIGHT * (_scaled(bm25) + _scaled(spelling))
    else:
        near = UNMET * weights.pooled * pooled + weights.lexical * bm25 + weights.spelling * spelling
    return near


def _settled(generation: Snapshot, question: Question, candidate: Ranked) -> Ranked:
    """A candidate with the times and places that it does speak of, for which its article is read."""
    if not (question.dates or question.places):
        return candidate
    number = candidate.passage
    return replace(
        candidate,
        date=spoken_of(generation, number, question.dates),
        elsewhere=elsewhere(generation, number, question),
    )


def shown(
    generation: Snapshot, question: Question, ranked: Sequence[Ranked]
) -> tuple[list[Ranked], list[Evidence]]:
    """Ranked passages, those settled too that were not looked at, and the best sentence of each, all read."""
    settled = [each if each.closest is not None else _settled(generation, question, each) for each in ranked]
    seen = _seen(generation, question, [each for each in settled if not each.evidence])
    return settled, [each.evidence or next(seen) for each in settled]


def _first(
    generation: Snapshot, question: Question, candidates: Sequence[Ranked], weights: Weights
) -> tuple[list[Ranked], list[tuple[float, Ranked]]]:
    """The LOOKED candidates that score most, settled, and the others, each with what it would score at most.

    Reading an article takes longer than all else that is seen of a passage: only those are settled that
    would be among the first.
    """
    waiting = [(-score_of(each, weights), place, each) for place, each in enumerate(candidates)]
    heapify(waiting)
    first: list[Ranked] = []
    known: set[int] = set()
    while waiting and len(first) < LOOKED:
        _, place, each = waiting[0]
        if place in known:
            heappop(waiting)
            first.append(each)
        else:
            known.add(place)
            each = _settled(generation, question, each)
            heapreplace(waiting, (-score_of(each, weights), place, each))
    return first, [(-score, each) for score, _, each in sorted(waiting)]


def _first_unfitted(
    generation: Snapshot, question: Question, candidates: Sequence[Ranked]
) -> tuple[list[Ranked], list[tuple[float, Ranked]]]:
    """The same with a model that no weights were fitted for."""
    known = [_settled(generation, question, each) for each in candidates]
    signs = [(each.maxsim, each.bm25, each.spelling + each.date, each.elsewhere) for each in known]
    maxsim, bm25, others, away = np.asarray(signs, np.float64).T
    scores = (_scaled(maxsim) + LEXICAL_WEIGHT * (_scaled(bm25) + others) - away).tolist()
    ordered = _by_score(replace(each, score=score) for each, score in zip(known, scores, strict=True))
    return ordered[:LOOKED], [(each.score, each) for each in ordered[LOOKED:]]


def _read(generation: Snapshot, question: Question, near: list[Ranked], weights: Weights) -> list[Ranked]:
    """The first READ of the candidates, read and ordered anew, and the others behind them."""
    if not _reader(generation):
        return near
    seen = _seen(generation, question, near[:READ])
    found = [replace(each, evidence=read) for each, read in zip(near[:READ], seen, strict=True)]
    read = _by_score(replace(each, score=score_of(each, weights)) for each in found)
    return read + [replace(each, score=min(each.score, read[-1].score)) for each in near[READ:]]


def _seen(generation: Snapshot, question: Question, candidates: Sequence[Ranked]) -> Iterator[Evidence]:
    """The best sentence of each candidate, which is read if there is a reader."""
    if not candidates:
        return
    reader, weights = _reader(generation), weights_of(generation.manifest.model)
    importance = importance_of(generation, question)
    for each in candidates:
        found = evidence(generation, each.passage, question, each.met, importance)
        if reader and weights:
            reading = weights.of(han=question.han).reading
            found = reread(reader, generation, each.passage, question, each.met, found, reading)
        yield found


def _reader(generation: Snapshot) -> "Reader | None":
    from retrieval.models.reader import reader_for  # what only lists reports does without torch

    return reader_for(generation.manifest.model)


def _by_score(candidates: Iterable[Ranked]) -> list[Ranked]:
    return sorted(candidates, key=lambda each: -each.score)


def _met(
    generation: Snapshot, question: Question, passages: Sequence[int], unstored: OnDemandTokens | None
) -> list[TokenMatches]:
    if generation.manifest.bits:
        return generation.match_tokens(question.embedding.tokens, passages)
    assert unstored is not None  # whoever opens such an index has the model at hand
    texts = [generation.passage(number).text for number in passages]
    return unstored.match_tokens(question.embedding.tokens, texts)


def syllables_of(generation: Snapshot, question: Question) -> list[str]:
    """The syllables to look for: of Latin words, and of Chinese ones that no passage writes so."""
    unknown = [
        syllable
        for term in question.terms
        if len(term) > 1 and is_han(term[0]) and not generation.passage_frequency(term)
        for syllable in syllable_pairs(term)
    ]
    return [*question.syllables, *unknown]


def spoken_of(generation: Snapshot, number: int, asked: Sequence[DateMention]) -> float:
    """The part of the times asked about that a passage speaks of, dates being read from its article's day on.

    A time that only the article's day falls into counts WRITTEN, one of whose day or month something else is
    said PARTLY.
    """
    if not asked:
        return 0.0
    article = generation.article_of(number)
    named = dates_in(generation.passage(number).text, article.date)
    written = DateMention.of(article.date) if article.date else None
    return sum(
        1.0
        if any(mention.includes(other) for other in named)
        else WRITTEN
        if written and mention.includes(written)
        else PARTLY
        if any(month.includes(other) for other in named)
        else 0.0
        for mention, month in ((mention, replace(mention, day=None)) for mention in asked)
    ) / len(asked)


def distinct(generation: Snapshot, ranked: Sequence[Ranked], limit: int) -> list[Ranked]:
    """The first `limit` of them that do not repeat a better one's text, as reprints do."""
    kept: list[tuple[Ranked, frozenset[str]]] = []
    for candidate in ranked:
        if len(kept) == limit:
            break
        shingles = _shingles(generation.passage(candidate.passage).text)
        if not any(_overlap(shingles, other) >= REPEATED for _, other in kept):
            kept.append((candidate, shingles))
    return [candidate for candidate, _ in kept]


def _scaled(scores: Floats) -> Floats:
    """Scores to 0..1 over the candidates; all 0 where they do not differ."""
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


@lru_cache(REMEMBERED)
def _shingles(text: str) -> frozenset[str]:
    plain = compact(text)
    return frozenset(plain[i : i + SHINGLE] for i in range(max(1, len(plain) - SHINGLE + 1)))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of the smaller set that the other holds too."""
    return len(one & other) / min(len(one), len(other))
