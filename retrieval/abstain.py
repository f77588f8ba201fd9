"""Abstention: how likely a passage is to answer, and why there is no answer when none is."""

from collections.abc import Sequence

from retrieval.answer import Refusal
from retrieval.generation import Generation
from retrieval.rank import Ranked


def confidences(generation: Generation, ranked: Sequence[Ranked], question_terms: Sequence[str]) -> list[float]:
    return [1.0 for r in ranked]


def refusal(confidence: Sequence[float]) -> Refusal | None:
    return None
