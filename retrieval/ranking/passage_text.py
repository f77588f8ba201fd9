"""What ranking reads of a passage's text whatever is asked: its sentences, their terms, its shingles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus import sentences
from corpus.text.normalize import compact
from retrieval.text.tokenize import terms

LONG_SENTENCE = 60
"""Characters from which on a sentence counts as long."""

SHINGLE = 5
"""Characters of a shingle."""

CACHED = 2_000
"""Passages whose facts are kept: the same ones are candidates for question after question."""

Ints = npt.NDArray[np.int64]

_ASKS = re.compile(r"[?？][”’」』)）]*$")


class SentenceSpans(NamedTuple):
    """The code points of each sentence of a passage, and where each ends."""

    spans: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """Of each sentence of a passage: its terms, whether it asks, and its length as a part of a long one."""

    terms: tuple[frozenset[str], ...]
    asks: tuple[bool, ...]
    lengths: tuple[float, ...]


@lru_cache(CACHED)
def sentence_spans(text: str) -> SentenceSpans:
    """Cut a passage into sentences."""
    spans = sentences(text)
    return SentenceSpans(spans, tuple(end for _, end in spans))


@lru_cache(CACHED)
def sentence_facts(text: str) -> SentenceFacts:
    """Read the sentences of a passage."""
    found = [text[start:end] for start, end in sentence_spans(text).spans]
    return SentenceFacts(
        tuple(frozenset(terms(sentence)) for sentence in found),
        tuple(bool(_ASKS.search(sentence)) for sentence in found),
        tuple(min(1.0, len(sentence) / LONG_SENTENCE) for sentence in found),
    )


@lru_cache(CACHED)
def shingles(text: str) -> frozenset[str]:
    """The runs of SHINGLE characters in a text without its separators."""
    plain = compact(text)
    return frozenset(plain[i : i + SHINGLE] for i in range(max(1, len(plain) - SHINGLE + 1)))


def sentence_of(starts: npt.NDArray[Any], ends: Sequence[int]) -> Ints:
    """Number the sentence, ending at one of `ends`, in which the token at each of `starts` begins: (T,)."""
    found: Ints = np.minimum(np.searchsorted(ends, starts, side="right"), len(ends) - 1)
    return found
