"""Terms: what the lexical side compares, and what BM25 makes of how often they stand where."""

import unicodedata
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from corpus.text.normalize import SEPARATORS, fold, is_han
from retrieval.text.numbers import numbers_in

TEXT, HEADER, SPELLED = FIELDS = 0, 1, 2
"""The fields of a passage: its own text, what stands above it, and how both are spelled (see `pinyin`)."""

HEADER_WEIGHT = 0.3
"""What a term in a passage's header (title, section, place) counts beside one in its text."""

WORDS, SPELLING = {TEXT: 1.0, HEADER: HEADER_WEIGHT}, {SPELLED: 1.0}
"""The fields that the words of a question are looked for in, and those for its syllables, by weight."""

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson & Zaragoza 2009)."""

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.integer[Any]]
Weights = npt.NDArray[np.float64]


def terms(text: str) -> list[str]:
    """Cut text into terms: character bigrams of Han, words of the rest.

    A run of a single Han character gives that character. `"建成74个"` → `["建成", "74", "个"]`. A number that
    is written in another way is a term in digits too: `"三千万"` → `["三千", "千万", "30000000"]`.
    """
    folded = fold(text)
    found = []
    for run, han in _runs(folded):
        found += [run] if not han or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return found + numbers_in(folded)


def code(term: str) -> int:
    """A term as it is stored."""
    return crc32(term.encode(errors="surrogatepass"))


def weight_of(counts: Numbers, sizes: Numbers, mean_size: float) -> Weights:
    """What BM25 gives a term for how often it stands in fields of so many terms, before its rarity counts."""
    weights: Weights = counts * (K1 + 1) / (counts + K1 * (1 - B + B * sizes / mean_size))
    return weights


def inverse_frequency(passages: int, holders: Numbers) -> Weights:
    """Inverse document frequency of terms that so many of the passages hold."""
    found: Weights = np.log(1 + (passages - holders + 0.5) / (holders + 0.5))
    return found


def _runs(folded: str) -> list[tuple[str, bool]]:
    runs: list[tuple[str, bool]] = []
    before = None
    for char in folded:
        kind = None if unicodedata.category(char)[0] in SEPARATORS else is_han(char)
        if kind is not None:
            if kind == before:
                runs[-1] = (runs[-1][0] + char, kind)
            else:
                runs.append((char, kind))
        before = kind
    return runs
