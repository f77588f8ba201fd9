"""Evidence: which sentence of a passage answers, and how near it comes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from corpus import Passage, sentences
from corpus.text.normalize import compact, fold
from retrieval.answer import Span
from retrieval.index.base import Snapshot
from retrieval.index.late_interaction import TokenMatches, max_per_run
from retrieval.query.answer_type import AnswerType, holds_answer
from retrieval.query.parse import ASKING, Question
from retrieval.ranking.weights import weights_of
from retrieval.text.tokenize import terms

if TYPE_CHECKING:
    from retrieval.models.reader import Reader, ReaderOutput

KINDS = (AnswerType.NUMBER, AnswerType.PERSON, AnswerType.PLACE, AnswerType.TIME)

SIGNS = ("maxsim", "weighted", "lowest", "named", "shared", *map(str, KINDS), "asks", "length", "read")
"""What is seen of a sentence. maxsim: late interaction with its own tokens; weighted: the same, rare words
counting more. lowest: the mean over that third of the question's words that meet the least there.
named: the lowest of the words for what is asked about by name, 0 where nothing is. shared: the part of the
question's terms that it holds. number, person, place, time: whether it holds one, where one is
asked for. asks: whether it is a question itself. length: in characters, up to LONG, as a part of it. read:
the logarithm of its share in what the reader reads of the passage; 0 where it was not read. It stays last."""

LONG, LOW = 60, 1 / 3

BLOCK, STRETCH = 16, 8
"""Tokens of a block, and blocks of a stretch."""

LEAST_SURE, SURE = -4.0, 3.0
"""The reader's log-odds count no further: it is surer than it is right of texts that are unlike those that
taught it."""

DEFAULT = dict.fromkeys(SIGNS, 0.0) | {"maxsim": 1.0, "shared": 0.1, "asks": -1.0}
"""The weights with a model that none were fitted for."""

REMEMBERED = 2_000
"""Passages whose sentences are remembered: the same ones come near question after question."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_QUESTION = re.compile(r"[?？][”’」』)）]*$")


class Closest(NamedTuple):
    """The highest MaxSim of a part of a passage, which need not be the one that answers: of a sentence, of
    two that follow each other, and of a stretch of 128 tokens.
    """

    sentence: float
    pair: float
    stretch: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence of a passage that answers if any does, with its signs by name.

    seen: the signs of all its sentences, (S, len(SIGNS)). named: how well the passage meets the words for
    what is asked about by name, their mean best cosine; None where nothing is. answers: the reader's log-odds
    that the passage answers; 0 where it was not read.
    """

    sentence: Span
    signs: Mapping[str, float]
    seen: Floats
    named: float | None = None
    answers: float = 0.0

    @property
    def sure(self) -> float:
        """The reader's log-odds as far as they count: from LEAST_SURE to SURE."""
        return min(SURE, max(LEAST_SURE, self.answers))


def evidence(
    generation: Snapshot,
    number: int,
    question: Question,
    met: TokenMatches,
    importance: Floats | None = None,
    worth: Mapping[str, float] | None = None,
) -> Evidence:
    """Choose the sentence of a passage that answers a question; the first one of equals.

    `met` are its tokens met with the question's. `importance` is that of the question's tokens, worked out
    here if not given; `worth` gives each of SIGNS its weight, in place of what was fitted.
    """
    if worth is None:
        weights = weights_of(generation.manifest.model)
        worth = weights.of(han=question.han).sentence if weights else DEFAULT
    if importance is None:
        importance = importance_of(generation, question)
    passage = generation.passage(number)
    seen = signs_of(passage.text, met, question, importance)
    best = _best(seen, worth)
    by_name = dict(zip(SIGNS, seen[best].tolist(), strict=True))
    named = float(stated(passage.text, met).best[question.named].mean()) if question.named.any() else None
    return Evidence(_span(passage, best), by_name, seen, named)


def closest_of(text: str, met: TokenMatches) -> Closest:
    """How near the parts of a passage come, met with a question; 0 where one of them has no tokens."""
    if not met.cosines.size:
        return Closest(0.0, 0.0, 0.0)
    best = _by_sentence(_cut(text).ends, met)  # (S, Q)
    blocks = np.maximum.reduceat(met.cosines, range(0, len(met.cosines), BLOCK))
    return Closest(*(float(_mean(_runs(*each)).max()) for each in ((best, 1), (best, 2), (blocks, STRETCH))))


def _runs(best: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """The highest cosines of parts, (P, Q), to those of each run of `length` of them, (R, Q); there is one
    run at least.
    """
    runs: npt.NDArray[np.float32] = sliding_window_view(best, min(length, len(best)), axis=0).max(axis=2)
    return runs


def reread(
    reader: "Reader",
    generation: Snapshot,
    number: int,
    question: Question,
    met: TokenMatches,
    unread: Evidence,
    worth: Mapping[str, float],
) -> Evidence:
    """Let a reader choose the sentence too, `worth` giving each of SIGNS its weight.

    The signs by name stay those of the sentence chosen before: what tells from them whether a passage answers
    goes on seeing what it was fitted on.
    """
    passage = generation.passage(number)
    reading = read(reader, passage.text, met, question)
    best = _best(with_reading(unread.seen, reading), worth)
    return replace(unread, sentence=_span(passage, best), answers=reading.answer_log_odds)


def _best(seen: Floats, worth: Mapping[str, float]) -> int:
    return int(np.argmax(seen @ np.asarray([worth[name] for name in SIGNS])))


def _span(passage: Passage, sentence: int) -> Span:
    start, end = _cut(passage.text).spans[sentence]
    return Span(passage.start + start, passage.start + end, passage.text[start:end])


def read(reader: "Reader", text: str, met: TokenMatches, question: Question) -> "ReaderOutput":
    """Read a passage for a question."""
    met, ends = stated(text, met), _cut(text).ends
    return reader.read(question.embedding.tokens, met.vectors(), sentence_of(met.places, ends), len(ends))


def stated(text: str, met: TokenMatches) -> TokenMatches:
    """A passage met with a question without its sentences that ask, which answer nothing though they come
    near; as it is where it has no others.
    """
    asks = np.asarray(_read(text).asks)
    if not asks.any() or asks.all():
        return met
    keep = ~asks[sentence_of(met.places, _cut(text).ends)]
    if not keep.any():
        return met
    cosines = met.cosines[keep]
    best = cosines.max(axis=0)
    return TokenMatches(cosines, best, met.places[keep], met.lengths[keep], lambda: met.vectors()[keep])


def sentence_of(places: npt.NDArray[Any], ends: Sequence[int]) -> Ints:
    """The number of the sentence, ending at `ends`, that the token beginning at each place is of: (T,)."""
    found: Ints = np.minimum(np.searchsorted(ends, places, side="right"), len(ends) - 1)
    return found


def importance_of(generation: Snapshot, question: Question) -> Floats:
    """How much each token of a question counts, (Q,), by the rarity of its word; together 1."""
    terms_of = set(question.terms)
    rarity = {term: 0.0 if term in ASKING else generation.idf(term) for term in terms_of}
    unknown = max([*rarity.values(), 1.0])
    folded = fold(question.text)
    counts = [
        max(
            (rarity[term] for term in terms_of if word in term or term in word),
            default=unknown,
        )
        if (word := compact(folded[start:end]))
        else 0.0
        for start, end in question.embedding.offsets.tolist()
    ]
    total = sum(counts)
    return np.asarray(counts) / total if total else np.full(len(counts), 1 / max(1, len(counts)))


def with_reading(seen: Floats, reading: "ReaderOutput") -> Floats:
    """The signs of sentences, (S, len(SIGNS)), with what a reader makes of each."""
    return np.column_stack([seen[:, :-1], reading.sentence_log_shares])


def signs_of(text: str, met: TokenMatches, question: Question, importance: Floats) -> Floats:
    """The signs of each sentence of a passage that is not read: (S, len(SIGNS)).

    MaxSim is taken over each sentence's own tokens, which the model has read in the passage's context.
    """
    spans, ends = _cut(text)
    seen = _read(text)
    best = _by_sentence(ends, met)  # (S, Q)
    said = np.sort(best[:, question.says], axis=1)
    lowest = said[:, : max(1, round(said.shape[1] * LOW))]
    named = best[:, question.named].min(axis=1) if question.named.any() else np.zeros(len(spans))
    wanted = set(question.terms)
    shared = [len(wanted & held) / max(1, len(wanted)) for held in seen.terms]
    kinds = np.zeros((len(spans), len(KINDS)))
    if question.asked.type in KINDS:
        held = [holds_answer(text[start:end], question.asked) for start, end in spans]
        kinds[:, KINDS.index(question.asked.type)] = held
    unread = np.zeros(len(spans))
    return np.column_stack(
        [_mean(best), best @ importance, _mean(lowest), named, shared, kinds, seen.asks, seen.lengths, unread]
    )


def _by_sentence(ends: Sequence[int], met: TokenMatches) -> npt.NDArray[np.float32]:
    """The highest cosine that each token of the question reaches in each sentence: (S, Q)."""
    owner = np.searchsorted(ends, met.places, side="right")  # (T,)
    lengths = np.bincount(owner, minlength=len(ends))[: len(ends)]
    return max_per_run(met.cosines[owner < len(ends)], lengths)


def _mean(cosines: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(S, Q) → (S,); 0 for a question without tokens."""
    means: npt.NDArray[np.float32] = (
        cosines.mean(axis=1) if cosines.shape[1] else np.zeros(len(cosines), np.float32)
    )
    return means


class _Cut(NamedTuple):
    """The sentences of a passage, and where each ends."""

    spans: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """What is seen of a passage's sentences, whatever is asked."""

    terms: tuple[frozenset[str], ...]
    asks: tuple[bool, ...]
    lengths: tuple[float, ...]


@lru_cache(REMEMBERED)
def _cut(text: str) -> _Cut:
    spans = sentences(text)
    return _Cut(spans, tuple(end for _, end in spans))


@lru_cache(REMEMBERED)
def _read(text: str) -> _Read:
    said = [text[start:end] for start, end in _cut(text).spans]
    return _Read(
        tuple(frozenset(terms(sentence)) for sentence in said),
        tuple(bool(_QUESTION.search(sentence)) for sentence in said),
        tuple(min(1.0, len(sentence) / LONG) for sentence in said),
    )
