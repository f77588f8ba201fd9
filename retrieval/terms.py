"""Terms: what the lexical side compares, and exact BM25 over the terms of chosen passages.

Tantivy finds candidates, segment by segment, each with statistics of its own that still count what
has been removed. Their order must not depend on how the index grew: it is computed here from the
terms of the passages themselves and the statistics of what is live.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from retrieval.fold import PUNCTUATION, fold, is_han
from retrieval.mapped import mapped
from retrieval.numerals import numbers_in

TEXT, HEADER, SPELLED = FIELDS = 0, 1, 2
"""The fields of a passage: its own text, what stands above it, and how both are spelled (see `pinyin`)."""

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson & Zaragoza 2009)."""

Codes = npt.NDArray[np.uint32]
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


@dataclass(frozen=True, slots=True)
class FieldStatistics:
    """What BM25 needs to know of one field of all live passages."""

    passages: int
    mean_length: float
    frequencies: npt.NDArray[np.int64]  # (Q,): passages that hold each question term


class TermWriter:
    """Appends the terms of passages, in the order of their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._codes: list[Codes] = []
        self._starts = [0]

    def append(self, fields: Sequence[Sequence[str]]) -> None:
        """Append one passage by the terms of each of its `FIELDS`."""
        for found in fields:
            self._codes.append(np.asarray([code(term) for term in found], np.uint32))
            self._starts.append(self._starts[-1] + len(found))

    def close(self) -> None:
        """Write the files."""
        np.concatenate([np.empty(0, np.uint32), *self._codes]).tofile(self._folder / "terms.uint32")
        np.asarray(self._starts, np.int64).tofile(self._folder / "terms.int64")


class TermStore:
    """The terms of a segment's passages: codes (sum T,), starts (3P + 1,), field by field."""

    def __init__(self, folder: Path) -> None:
        self.codes: Codes = mapped(folder / "terms.uint32", np.uint32)
        self.starts = np.fromfile(folder / "terms.int64", np.int64)

    def lengths(self, field: int) -> npt.NDArray[np.int64]:
        """The number of terms of each passage's field: (P,)."""
        return np.diff(self.starts)[field :: len(FIELDS)]

    def of(self, passage: int, field: int) -> Codes:
        """The codes of one passage's field."""
        at = len(FIELDS) * passage + field
        return self.codes[self.starts[at] : self.starts[at + 1]]


def bm25(documents: Sequence[Codes], wanted: Codes, weights: Weights, field: FieldStatistics) -> Weights:
    """BM25 of documents, given as codes, for the wanted codes (Q,) with weights (Q,): (documents,)."""
    if not documents or not field.passages or not field.mean_length:
        return np.zeros(len(documents))
    idf = _rarity(field)
    lengths = np.asarray([len(document) for document in documents])
    counts = np.zeros((len(documents), len(wanted)))
    codes, ends = np.concatenate(documents), np.cumsum(lengths)
    for i, each in enumerate(wanted):
        holders = np.searchsorted(ends, np.flatnonzero(codes == each), side="right")
        counts[:, i] = np.bincount(holders, minlength=len(documents))
    norm = K1 * (1 - B + B * lengths / field.mean_length)  # (documents,)
    scores: Weights = (counts * (K1 + 1) / (counts + norm[:, None])) @ (weights * idf)
    return scores


def highest(weights: Weights, field: FieldStatistics) -> float:
    """What BM25 comes near to for a document that repeats all the terms that some document holds."""
    return float((weights * _rarity(field) * (field.frequencies > 0)).sum()) * (K1 + 1)


def _rarity(field: FieldStatistics) -> Weights:
    """Inverse document frequency of each question term: (Q,)."""
    rarity: Weights = np.log(1 + (field.passages - field.frequencies + 0.5) / (field.frequencies + 0.5))
    return rarity


def _runs(folded: str) -> list[tuple[str, bool]]:
    runs: list[tuple[str, bool]] = []
    before = None
    for char in folded:
        kind = None if unicodedata.category(char)[0] in PUNCTUATION else is_han(char)
        if kind is not None:
            if kind == before:
                runs[-1] = (runs[-1][0] + char, kind)
            else:
                runs.append((char, kind))
        before = kind
    return runs
