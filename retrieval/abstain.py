"""Abstention: how likely a passage is to answer, and why there is no answer when none is.

Evidence is a passage's MaxSim and the part of the question's words that it holds. The weights come from a
logistic regression on public questions with the right passage left out, the thresholds from the development
questions; a question in another script than the reports shares no words with them and comes less near.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus import places_named
from retrieval import embedded
from retrieval.answer import Refusal
from retrieval.fold import is_han
from retrieval.generation import Generation
from retrieval.rank import Ranked
from retrieval.terms import HEADER, TEXT, code, terms


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the cosines of one model are worth.

    coverage: what the whole of a question's words counts beside a cosine. steepness: of the logistic
    curve. han, other: evidence at which a passage is as likely to answer as not, by the question's script.
    """

    coverage: float
    steepness: float
    han: float
    other: float


BARE = Calibration(coverage=0.085, steepness=65.0, han=0.825, other=0.72)
"""Of the embedded model as it comes; weights and steepness of a fit on CMRC 2018 dev made by hand."""

TAUGHT = Calibration(coverage=0.151, steepness=43.0, han=0.745, other=0.715)
"""Of the embedded model with its adapter; weights and steepness of `python -m benchmarks.abstention`."""

_ASKING = frozenset(
    terms(
        "多少 几个 有几 什么 是什么 有什么 为什么 什么时候 哪里 哪儿 哪些 哪个 哪位 哪年 哪一年 谁 是谁 谁是 "
        "怎么 怎么样 怎样 如何 何时 是否 请问 一共 多长 多久 吗 呢 的 了 有 是 在 几"
    )
)
"""Words that ask; an answer does not repeat them."""


def confidences(generation: Generation, question: str, ranked: Sequence[Ranked]) -> list[float]:
    """How likely each ranked passage is to answer, 0 to 1.

    The cosines of another model than the embedded one mean something else: with such a model it is
    the part of the question's words that a passage holds, which refuses only what shares none.
    """
    calibration = _calibration(generation.manifest.model)
    han = any(map(is_han, question))
    found = []
    for candidate, coverage in zip(ranked, coverages(generation, question, ranked), strict=True):
        if calibration:
            threshold = calibration.han if han else calibration.other
            margin = candidate.maxsim + calibration.coverage * coverage - threshold
            found.append(1 / (1 + math.exp(-calibration.steepness * margin)))
        else:
            found.append(0.5 + coverage / 2 if coverage or not han else 0.0)
    return found


def coverages(generation: Generation, question: str, ranked: Sequence[Ranked]) -> list[float]:
    """The part of the question's words, by weight, that each ranked passage or its header holds."""
    wanted = {term: _weight(generation, term) for term in terms(question) if term not in _ASKING}
    return [_coverage(generation, candidate.passage, wanted) for candidate in ranked]


def refusal(generation: Generation, question: str, confidence: Sequence[float]) -> Refusal | None:
    """Why there is no answer, or None when the first passage is more likely to answer than not.

    A question about a place that no report ever names is not answered by what they say of another.
    """
    if not confidence or confidence[0] < 0.5:
        return Refusal.UNRELATED
    unknown = any(not _is_mentioned(generation, place) for place in places_named(question))
    return Refusal.NOT_SAID if unknown else None


def _calibration(model: str) -> Calibration | None:
    if model == embedded.NAME:
        return BARE
    return TAUGHT if embedded.is_embedded(model) else None


def _is_mentioned(generation: Generation, name: str) -> bool:
    """Whether some report may hold a name: every term of it stands somewhere."""
    return all(_frequency(generation, term) for term in terms(name))


def _coverage(generation: Generation, number: int, wanted: Mapping[str, float]) -> float:
    held = generation.codes(number)
    found = sum(weight for term, weight in wanted.items() if code(term) in held)
    return found / (sum(wanted.values()) or 1.0)


def _weight(generation: Generation, term: str) -> float:
    """Inverse document frequency: a word few passages hold says more."""
    frequency = _frequency(generation, term)
    return math.log(1 + (generation.manifest.passages - frequency + 0.5) / (frequency + 0.5))


def _frequency(generation: Generation, term: str) -> int:
    return max(generation.frequency(term, field) for field in (TEXT, HEADER))
