"""Evidence: which sentence of a passage answers, and how near it comes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus import sentences
from retrieval.answer import Span
from retrieval.generation import Generation
from retrieval.kinds import holds_kind
from retrieval.question import Question
from retrieval.terms import terms
from retrieval.tokens import segment_maxsim
from retrieval.weights import weights_of

SIGNS = ("maxsim", "shared", "kind", "asks", "length")
"""What is seen of a sentence. maxsim: late interaction with its own tokens. shared: the part of the
question's terms that it holds. kind: whether it holds the kind of answer asked for. asks: whether it is a
question itself. length: in characters, up to LONG, as a part of it."""

LONG = 60

DEFAULT = {"maxsim": 1.0, "shared": 0.1, "kind": 0.02, "asks": -1.0, "length": 0.0}
"""The weights with a model that none were fitted for."""

Floats = npt.NDArray[np.float64]

_QUESTION = re.compile(r"[?？][”’」』)）]*$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence of a passage that answers if any does, with its signs by name."""

    sentence: Span
    signs: Mapping[str, float]


def evidence(
    generation: Generation, number: int, question: Question, worth: Mapping[str, float] | None = None
) -> Evidence:
    """Choose the sentence of a passage that answers a question; the first one of equals.

    `worth` gives each of SIGNS its weight, in place of what was fitted.
    """
    if worth is None:
        weights = weights_of(generation.manifest.model)
        worth = weights.of(han=question.han).sentence if weights else DEFAULT
    passage = generation.passage(number)
    spans = list(sentences(passage.text))
    signs = signs_of(generation, number, question)  # (S, len(SIGNS))
    best = int(np.argmax(signs @ np.asarray([worth[name] for name in SIGNS])))
    start, end = spans[best]
    span = Span(passage.start + start, passage.start + end, passage.text[start:end])
    return Evidence(span, dict(zip(SIGNS, signs[best].tolist(), strict=True)))


def signs_of(generation: Generation, number: int, question: Question) -> Floats:
    """The signs of each sentence of a passage: (S, len(SIGNS)).

    MaxSim is taken over each sentence's own tokens, which the model has read in the passage's context.
    """
    text = generation.passage(number).text
    spans = list(sentences(text))
    tokens, offsets = generation.tokens(number)
    owner = np.searchsorted([end for _, end in spans], offsets[:, 0], side="right")  # (T,)
    lengths = np.bincount(owner, minlength=len(spans))[: len(spans)]
    maxsim = segment_maxsim(question.embedding.tokens, tokens[owner < len(spans)], lengths)  # (S,)
    seen = [list(_seen(text[start:end], question)) for start, end in spans]
    return np.column_stack([maxsim, np.asarray(seen)])


def _seen(sentence: str, question: Question) -> Iterator[float]:
    wanted = set(question.terms)
    yield len(wanted & set(terms(sentence))) / max(1, len(wanted))
    yield holds_kind(sentence, question.asked)
    yield float(bool(_QUESTION.search(sentence)))
    yield min(1.0, len(sentence) / LONG)
