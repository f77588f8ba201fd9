"""Choose the sentence of a passage that answers, and measure how near the parts of a passage come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from corpus import Passage
from retrieval.answer import Span
from retrieval.index.late_interaction import TokenMatches, max_per_run
from retrieval.models.encoder import Floats
from retrieval.query.answer_type import AnswerType, holds_answer
from retrieval.query.parse import Query
from retrieval.ranking.features import AnswerSentence, Candidate, ClosestParts
from retrieval.ranking.passage_text import sentence_facts, sentence_of, sentence_spans
from retrieval.ranking.search import Search

if TYPE_CHECKING:
    from retrieval.models.reader import ReaderInput, ReaderOutput

ANSWER_TYPES = (AnswerType.NUMBER, AnswerType.PERSON, AnswerType.PLACE, AnswerType.TIME)

FEATURES = (
    "maxsim", "weighted", "lowest", "named", "shared", *map(str, ANSWER_TYPES), "asks", "length", "read",
)  # fmt: skip
"""The features of a sentence.

maxsim: MaxSim over its own tokens. weighted: the same, each token of the question weighed by its importance.
lowest: the mean over that third of the question's content tokens that match it least. named: the lowest of
its focus tokens, 0 without a focus. shared: the part of the question's terms that it holds. number, person,
place, time: how well it holds one, where one is asked for. asks: whether it is a question itself. length: as
a part of a long one. read: the logarithm of its share in what the reader gives to the passage, 0 where it was
not read; it stays last.
"""

LOWEST_PART = 1 / 3
"""The part of the question's content tokens that `lowest` is the mean over."""

BLOCK, STRETCH = 16, 8
"""Tokens of a block, and blocks of a stretch."""

UNFITTED = dict.fromkeys(FEATURES, 0.0) | {"maxsim": 1.0, "shared": 0.1, "asks": -1.0}
"""The weights of the features with a model that none were fitted for."""


def answer_sentences(search: Search, candidates: Sequence[Candidate]) -> list[AnswerSentence]:
    """Choose the sentence of each candidate that answers; the reader reads all of them, if there is one."""
    unread = [unread_sentence(search, each) for each in candidates]
    if search.reader is None or search.weights is None or not candidates:
        return unread
    inputs = [reader_input(each.passage.text, each.matches) for each in candidates]
    outputs = search.reader.read_batch(search.query.embedding.tokens, inputs)
    found = []
    for candidate, before, output in zip(candidates, unread, outputs, strict=True):
        best = _best(with_reading(before.all_features, output), search.weights.read_sentence)
        span = _span(candidate.passage, best)
        # The features stay those of the sentence chosen before: the confidence was fitted on these.
        found.append(replace(before, span=span, answer_log_odds=output.answer_log_odds))
    return found


def unread_sentence(search: Search, candidate: Candidate) -> AnswerSentence:
    """Choose the sentence of a candidate that answers by its features alone; of equal ones the first."""
    passage, query = candidate.passage, search.query
    features = sentence_features(search, passage.text, candidate.matches)
    best = _best(features, search.weights.unread_sentence if search.weights else UNFITTED)
    by_name = dict(zip(FEATURES, features[best].tolist(), strict=True))
    focus = None
    if query.has_focus:
        focus = float(without_questions(passage.text, candidate.matches).best[query.focus_tokens].mean())
    return AnswerSentence(_span(passage, best), by_name, features, focus)


def closest_parts(text: str, matches: TokenMatches) -> ClosestParts:
    """Measure how near the closest parts of a passage come; 0 where the passage or the question has no
    tokens.
    """
    if not matches.cosines.size:
        return ClosestParts(0.0, 0.0, 0.0)
    by_sentence = _by_sentence(sentence_spans(text).ends, matches)  # (S, Q)
    by_block = np.maximum.reduceat(matches.cosines, range(0, len(matches.cosines), BLOCK))  # (blocks, Q)
    parts = ((by_sentence, 1), (by_sentence, 2), (by_block, STRETCH))
    return ClosestParts(*(float(_mean(_runs(*each)).max()) for each in parts))


def sentence_features(search: Search, text: str, matches: TokenMatches) -> npt.NDArray[np.float64]:
    """The features of each sentence of a passage that is not read: (S, len(FEATURES)).

    MaxSim is taken over each sentence's own tokens, which the model has read in the passage's context.
    """
    query = search.query
    spans, ends = sentence_spans(text)
    facts = sentence_facts(text)
    best = _by_sentence(ends, matches)  # (S, Q)
    content = np.sort(best[:, query.content_tokens], axis=1)
    lowest = content[:, : max(1, round(content.shape[1] * LOWEST_PART))]
    focus = best[:, query.focus_tokens].min(axis=1) if query.has_focus else np.zeros(len(spans))
    terms = set(query.terms)
    shared = [len(terms & held) / max(1, len(terms)) for held in facts.terms]
    types = np.zeros((len(spans), len(ANSWER_TYPES)))
    if query.expected.type in ANSWER_TYPES:
        held = [holds_answer(text[start:end], query.expected) for start, end in spans]
        types[:, ANSWER_TYPES.index(query.expected.type)] = held
    unread = np.zeros(len(spans))
    return np.column_stack(
        [
            _mean(best), best @ search.importance, _mean(lowest), focus, shared, types, facts.asks,
            facts.lengths, unread,
        ]
    )  # fmt: skip


def holds_answer_type(query: Query, sentence: AnswerSentence) -> bool:
    """Tell whether some sentence of a passage surely holds the type of answer that a question asks for."""
    if query.expected.type not in ANSWER_TYPES:
        return True
    return bool((sentence.all_features[:, FEATURES.index(str(query.expected.type))] >= 1).any())


def with_reading(features: npt.NDArray[np.float64], output: "ReaderOutput") -> npt.NDArray[np.float64]:
    """The features of sentences, (S, len(FEATURES)), with what a reader gives to each."""
    return np.column_stack([features[:, :-1], output.sentence_log_shares])


def reader_input(text: str, matches: TokenMatches) -> "ReaderInput":
    """What the reader reads of a passage: its tokens, without those of sentences that ask."""
    from retrieval.models.reader import ReaderInput  # commands that only list reports do without torch

    matches, ends = without_questions(text, matches), sentence_spans(text).ends
    return ReaderInput(matches.vectors(), sentence_of(matches.places, ends), len(ends))


def without_questions(text: str, matches: TokenMatches) -> TokenMatches:
    """The matches of a passage without its sentences that ask, which come near and answer nothing; as they
    are where the passage has no others.
    """
    asks = np.asarray(sentence_facts(text).asks)
    if not asks.any() or asks.all():
        return matches
    keep = ~asks[sentence_of(matches.places, sentence_spans(text).ends)]
    if not keep.any():
        return matches
    cosines = matches.cosines[keep]
    return TokenMatches(
        cosines,
        cosines.max(axis=0),
        matches.places[keep],
        matches.lengths[keep],
        lambda: matches.vectors()[keep],
    )


def _best(features: npt.NDArray[np.float64], weights: Mapping[str, float]) -> int:
    return int(np.argmax(features @ np.asarray([weights[name] for name in FEATURES])))


def _span(passage: Passage, sentence: int) -> Span:
    start, end = sentence_spans(passage.text).spans[sentence]
    return Span(passage.start + start, passage.start + end, passage.text[start:end])


def _runs(best: Floats, length: int) -> Floats:
    """The highest cosines of parts, (P, Q), to those of each run of `length` of them, (R, Q); there is one
    run at least.
    """
    runs: Floats = sliding_window_view(best, min(length, len(best)), axis=0).max(axis=2)
    return runs


def _by_sentence(ends: Sequence[int], matches: TokenMatches) -> Floats:
    """The highest cosine that each token of the question reaches in each sentence: (S, Q)."""
    owner = np.searchsorted(ends, matches.places, side="right")  # (T,)
    lengths = np.bincount(owner, minlength=len(ends))[: len(ends)]
    return max_per_run(matches.cosines[owner < len(ends)], lengths)


def _mean(cosines: Floats) -> Floats:
    """(S, Q) → (S,); 0 for a question without tokens."""
    means: Floats = cosines.mean(axis=1) if cosines.shape[1] else np.zeros(len(cosines), np.float32)
    return means
