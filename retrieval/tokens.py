"""Token vectors on disk, and late interaction over them (ColBERT, Khattab & Zaharia 2020)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.encoder import Embedding, Floats, Offsets

Ints = npt.NDArray[np.int64]

VECTORS = "tokens.int8"
SCALES = "scales.float16"
OFFSETS = "offsets.uint16"
STARTS = "starts.int64"

LEVELS = 127
"""The largest component of a token vector, as int8; smaller ones in proportion."""


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """One passage's token vectors as they are stored, so that they can be copied without loss.

    vectors: (T, D) int8. scales: (T,) float16. offsets: (T, 2) uint16.
    """

    vectors: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]
    offsets: npt.NDArray[np.uint16]


def stored(embedding: Embedding) -> StoredTokens:
    """Quantise the token vectors of a passage."""
    peaks = np.abs(embedding.tokens).max(axis=1, initial=1e-12)  # (T,)
    quantised = np.rint(embedding.tokens / peaks[:, None] * LEVELS).astype(np.int8)  # (T, D)
    return StoredTokens(quantised, (peaks / LEVELS).astype(np.float16), embedding.offsets.astype(np.uint16))


class TokenWriter:
    """Appends the token vectors of passages, in the order of their numbers."""

    def __init__(self, folder: Path) -> None:
        self._vectors = (folder / VECTORS).open("wb")
        self._scales = (folder / SCALES).open("wb")
        self._offsets = (folder / OFFSETS).open("wb")
        self._starts = [0]
        self._starts_path = folder / STARTS

    def append(self, tokens: StoredTokens) -> None:
        """Append one passage."""
        self._vectors.write(tokens.vectors.tobytes())
        self._scales.write(tokens.scales.tobytes())
        self._offsets.write(tokens.offsets.tobytes())
        self._starts.append(self._starts[-1] + len(tokens.vectors))

    def close(self) -> int:
        """Write what is left, so that a store can be opened; returns the number of tokens."""
        for file in (self._vectors, self._scales, self._offsets):
            file.close()
        np.asarray(self._starts, np.int64).tofile(self._starts_path)
        return self._starts[-1]


class TokenStore:
    """The token vectors of a generation, mapped, not loaded.

    vectors: (T, D) int8. scales: (T,) float16, what a row is multiplied by. offsets: (T, 2) uint16,
    code points in the passage. starts: (P + 1,), the row where each passage begins.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self.vectors = _map(folder / VECTORS, np.int8).reshape(-1, dimension)
        self.scales = _map(folder / SCALES, np.float16)
        self.offsets = _map(folder / OFFSETS, np.uint16).reshape(-1, 2)
        self.starts: Ints = np.fromfile(folder / STARTS, np.int64)

    def tokens(self, passage: int) -> tuple[Floats, Offsets]:
        """One passage's token vectors, (T, D), and their offsets, (T, 2)."""
        rows = slice(self.starts[passage], self.starts[passage + 1])
        return self._floats(self.vectors[rows], self.scales[rows]), self.offsets[rows].astype(np.int32)

    def stored(self, passage: int) -> StoredTokens:
        """One passage's token vectors as they lie on disk."""
        rows = slice(self.starts[passage], self.starts[passage + 1])
        return StoredTokens(self.vectors[rows], self.scales[rows], self.offsets[rows])

    def maxsim(self, question: Floats, passages: Sequence[int]) -> Floats:
        """Late interaction of a question's tokens, (Q, D), with numbered passages: (P,).

        The mean, over the question's tokens, of the cosine with the best token of the passage.
        """
        spans = [(self.starts[p], self.starts[p + 1]) for p in passages]
        rows = np.concatenate([np.arange(a, b) for a, b in spans] or [np.empty(0, np.int64)])
        lengths = np.asarray([b - a for a, b in spans])
        tokens = self._floats(self.vectors[rows], self.scales[rows])  # (sum T, D)
        return segment_maxsim(question, tokens, lengths)

    @staticmethod
    def _floats(vectors: npt.NDArray[np.int8], scales: npt.NDArray[np.float16]) -> Floats:
        return vectors.astype(np.float32) * scales.astype(np.float32)[:, None]


def segment_maxsim(question: Floats, tokens: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """MaxSim of (Q, D) with consecutive runs of (sum T, D), `lengths` rows each: (runs,).

    A run without tokens, or a question without any, scores 0.
    """
    best = segment_maxima(question, tokens, lengths)
    scores: Floats = best.mean(axis=1) if best.shape[1] else np.zeros(len(best), np.float32)
    return scores


def segment_maxima(question: Floats, tokens: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """The best cosine of each token of a question in each run: (runs, Q); 0 in a run without tokens."""
    best = np.zeros((len(lengths), len(question)), np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled) and len(question):
        begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])[filled]
        best[filled] = np.maximum.reduceat(tokens @ question.T, begins, axis=0)
    return best


def _map(path: Path, kind: type) -> npt.NDArray[Any]:
    if path.stat().st_size == 0:  # which cannot be mapped
        return np.empty(0, kind)
    return np.memmap(path, kind, mode="r")
