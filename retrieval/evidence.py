"""Evidence: which sentence of a passage answers."""

import re
from collections.abc import Sequence

import numpy as np

from corpus import sentences
from retrieval.answer import Span
from retrieval.encoder import Embedding
from retrieval.generation import Generation
from retrieval.terms import terms
from retrieval.tokens import segment_maxsim

LEXICAL_WEIGHT = 0.1
"""What the part of the question's terms that a sentence holds counts beside its MaxSim."""


_QUESTION = re.compile(r"[?？][”’」』)）]*$")


def answering_sentence(
    generation: Generation, number: int, question: Embedding, question_terms: Sequence[str]
) -> Span:
    """Choose the sentence of a passage that comes nearest to a question; the first one of equals.

    A sentence that asks itself is chosen only where there is no other.
    MaxSim is taken over each sentence's own tokens, which the model has read in the passage's context.
    """
    passage = generation.passage(number)
    spans = list(sentences(passage.text))
    tokens, offsets = generation.tokens(number)
    owner = np.searchsorted([end for _, end in spans], offsets[:, 0], side="right")  # (T,)
    lengths = np.bincount(owner, minlength=len(spans))[: len(spans)]
    maxsim = segment_maxsim(question.tokens, tokens[owner < len(spans)], lengths)  # (S,)
    shared = [_shared(passage.text[start:end], question_terms) for start, end in spans]
    asks = [bool(_QUESTION.search(passage.text[start:end])) for start, end in spans]
    nearness = maxsim + LEXICAL_WEIGHT * np.asarray(shared) - np.asarray(asks)  # a question answers none
    start, end = spans[int(np.argmax(nearness))]
    return Span(passage.start + start, passage.start + end, passage.text[start:end])


def _shared(sentence: str, question_terms: Sequence[str]) -> float:
    wanted = set(question_terms)
    return len(wanted & set(terms(sentence))) / max(1, len(wanted))
