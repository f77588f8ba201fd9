"""Token vectors on disk, and late interaction over them (ColBERT, Khattab & Zaharia 2020).

What the token vectors of a model have in common, their mean, is two thirds of their length and tells nothing
apart: without it two bits a component lose nothing that questions on the reports show, and of the public
ones two first places in a thousand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.index.local.mapped import mapped
from retrieval.models.encoder import Embedding, Floats, Offsets

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

CODES = "tokens.uint8"
SCALES = "scales.float16"
PLACES = "places.uint16"
LENGTHS = "lengths.uint8"
STARTS = "starts.int64"
MEAN = "mean.float32"

STEPS = {4: 0.335, 2: 0.996}
"""By bits a component: the distance of two levels that loses least where components are spread normally, as
a part of their standard deviation (Max 1960)."""

LONGEST = 255
"""Code points of a token; what is longer is taken to end there."""


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """One passage's token vectors as they are stored, so that they can be copied without loss.

    codes: (T, W) uint8, several components a byte. scales: (T,) float16. places: (T,) uint16, the code point
    where each begins. lengths: (T,) uint8.
    """

    codes: Bytes
    scales: npt.NDArray[np.float16]
    places: npt.NDArray[np.uint16]
    lengths: Bytes


@dataclass(frozen=True, slots=True)
class Met:
    """A passage's tokens met with a question's.

    cosines: (T, Q). best: (Q,), the highest cosine of each token of the question; 0 in a passage without
    tokens. places, lengths: (T,), where each token begins in the passage and how long it is, in code points.
    vectors: gives the passage's token vectors, (T, D).
    """

    cosines: Floats
    best: Floats
    places: npt.NDArray[np.integer[Any]]
    lengths: npt.NDArray[np.integer[Any]]
    vectors: Callable[[], Floats]

    @property
    def offsets(self) -> Offsets:
        """Code points in the passage: (T, 2)."""
        places = self.places.astype(np.int32)
        return np.stack([places, places + self.lengths], axis=1)


@dataclass(frozen=True, slots=True)
class Quantiser:
    """From token vectors to codes: `bits` for how far a component is from that of the `mean`, (D,).

    The scale is chosen so that the product of what is apart from the mean with itself is exact, as RaBitQ
    does (Gao & Long 2024): cosines come out neither too low nor too high. `bits` 0: none are stored.
    """

    bits: int
    mean: Floats

    @property
    def width(self) -> int:
        """Bytes a vector."""
        return -(-len(self.mean) * self.bits // 8)

    def stored(self, embedding: Embedding) -> StoredTokens:
        """Quantise the token vectors of a passage."""
        offsets = embedding.offsets[: len(embedding.tokens) if self.bits else 0]
        return StoredTokens(
            *self._coded(embedding.tokens[: len(offsets)]),
            offsets[:, 0].astype(np.uint16),
            np.minimum(offsets[:, 1] - offsets[:, 0], LONGEST).astype(np.uint8),
        )

    def _coded(self, tokens: Floats) -> tuple[Bytes, npt.NDArray[np.float16]]:
        if not self.bits:
            return np.empty((0, 0), np.uint8), np.empty(0, np.float16)
        levels, parts = 2**self.bits, 8 // self.bits
        apart = self._padded(tokens - self.mean)  # (T, parts * W)
        step = np.sqrt(np.square(apart).mean(axis=1, keepdims=True)).clip(1e-12) * STEPS[self.bits]
        level = (np.floor(apart / step) + levels // 2).clip(0, levels - 1)
        product = (apart * (level - (levels - 1) / 2)).sum(axis=1)
        scales = np.square(apart).sum(axis=1) / product.clip(1e-12)
        split = level.astype(np.uint8).reshape(len(tokens), parts, self.width)
        codes = np.zeros((len(tokens), self.width), np.uint8)
        for part in range(parts):
            codes |= split[:, part] << (self.bits * part)
        return codes, scales.clip(0, np.finfo(np.float16).max).astype(np.float16)

    def vectors(self, stored: StoredTokens) -> Floats:
        """The token vectors of a passage as they come back: (T, D)."""
        levels, parts = 2**self.bits, 8 // self.bits
        split = [(stored.codes >> (self.bits * part)) & (levels - 1) for part in range(parts)]
        level = np.concatenate(split, axis=1)[:, : len(self.mean)].astype(np.float32) - (levels - 1) / 2
        found: Floats = level * stored.scales.astype(np.float32)[:, None] + self.mean
        return found

    def cosines(self, question: Floats, codes: Bytes, scales: npt.NDArray[np.float16]) -> Floats:
        """Of a question's tokens, (Q, D), with coded ones, (T, W) and (T,): (T, Q).

        Whole numbers are multiplied, the question's in eight bits, which where the processor has instructions
        for it takes an eighth of the time that NumPy takes, and loses nothing beside what coding has lost.
        """
        import torch  # what only lists reports does without

        levels, parts = 2**self.bits, 8 // self.bits
        largest = np.abs(question).max(axis=1, keepdims=True, initial=1e-12) / 127  # (Q, 1)
        whole = np.rint(self._padded(question) / largest).astype(np.int8)
        split = torch.from_numpy(whole.reshape(len(question), parts, self.width).transpose(1, 2, 0).copy())
        stored = torch.from_numpy(codes)
        if not split.numel() or not stored.numel():
            return np.zeros((len(codes), len(question)), np.float32)
        if _multiplies_bytes():
            shifted = (stored >> (self.bits * part) for part in range(parts))
            level = (each.bitwise_and_(levels - 1).view(torch.int8) for each in shifted)
            products = reduce(torch.Tensor.add_, map(torch._int_mm, level, split)).float()
        else:  # levels stay where they are in their byte, and the question is divided: exact in float32
            products = torch.zeros(len(codes), len(question))
            for part, mine in enumerate(split):
                in_byte = stored.bitwise_and((levels - 1) << (self.bits * part)).float()
                products.addmm_(in_byte, mine.float() / 2 ** (self.bits * part))
        found: Floats = products.numpy()
        found -= (whole.sum(axis=1) * ((levels - 1) / 2)).astype(np.float32)
        found *= scales.astype(np.float32)[:, None]
        found *= largest.T
        found += question @ self.mean
        return found

    def _padded(self, vectors: Floats) -> Floats:
        more = self.width * 8 // self.bits - vectors.shape[1]
        padded: Floats = np.pad(vectors, ((0, 0), (0, more))) if more else vectors
        return padded


class TokenWriter:
    """Appends the token vectors of passages, in the order of their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = [(folder / name).open("wb") for name in (CODES, SCALES, PLACES, LENGTHS)]
        self._starts = [0]

    def append(self, tokens: StoredTokens) -> None:
        """Append one passage."""
        parts: tuple[npt.NDArray[Any], ...] = (tokens.codes, tokens.scales, tokens.places, tokens.lengths)
        for file, part in zip(self._files, parts, strict=True):
            file.write(part.tobytes())
        self._starts.append(self._starts[-1] + len(tokens.codes))

    def close(self, quantiser: Quantiser) -> int:
        """Write what is left, so that a store can be opened; returns the number of tokens."""
        for file in self._files:
            file.close()
        np.asarray(self._starts, np.int64).tofile(self._folder / STARTS)
        quantiser.mean.astype(np.float32).tofile(self._folder / MEAN)
        return self._starts[-1]


class TokenStore:
    """The token vectors of a segment, mapped, not loaded; see `StoredTokens`.

    starts: (P + 1,), the row where each passage begins.
    """

    def __init__(self, folder: Path, bits: int) -> None:
        self.quantiser = Quantiser(bits, np.fromfile(folder / MEAN, np.float32))
        self.codes: Bytes = mapped(folder / CODES, np.uint8).reshape(-1, self.quantiser.width or 1)
        self.scales: npt.NDArray[np.float16] = mapped(folder / SCALES, np.float16)
        self.places: npt.NDArray[np.uint16] = mapped(folder / PLACES, np.uint16)
        self.lengths: Bytes = mapped(folder / LENGTHS, np.uint8)
        self.starts: Ints = np.fromfile(folder / STARTS, np.int64)

    def stored(self, passage: int) -> StoredTokens:
        """One passage's token vectors as they lie on disk."""
        rows = slice(self.starts[passage], self.starts[passage + 1])
        return StoredTokens(self.codes[rows], self.scales[rows], self.places[rows], self.lengths[rows])

    def meet(self, question: Floats, passages: Sequence[int]) -> list[Met]:
        """A question's tokens, (Q, D), with those of numbered passages."""
        return meet(self.quantiser, question, [self.stored(passage) for passage in passages])


def meet(quantiser: Quantiser, question: Floats, stored: Sequence[StoredTokens]) -> list[Met]:
    """A question's tokens, (Q, D), with those of stored passages, all multiplied at once."""
    if not stored:
        return []
    codes = np.concatenate([tokens.codes for tokens in stored])
    scales = np.concatenate([tokens.scales for tokens in stored])
    cosines = quantiser.cosines(question, codes, scales)
    lengths = np.asarray([len(tokens.codes) for tokens in stored])
    best = maxima(cosines, lengths)
    ends = np.cumsum(lengths)
    return [
        Met(
            cosines[end - length : end],
            best[i],
            tokens.places,
            tokens.lengths,
            partial(quantiser.vectors, tokens),
        )
        for i, (tokens, end, length) in enumerate(zip(stored, ends, lengths, strict=True))
    ]


@cache
def _multiplies_bytes() -> bool:
    """Whether the processor multiplies bytes itself; where it does not, torch takes six times as long."""
    import torch

    found = torch.cpu.get_capabilities()
    return any(found.get(name) for name in ("avx512_vnni", "avx_vnni", "amx_int8"))


def met(question: Floats, embedding: Embedding) -> Met:
    """A question's tokens, (Q, D), with those of a passage that is not stored."""
    cosines = embedding.tokens @ question.T
    begins, ends = embedding.offsets.T
    best = maxima(cosines, np.asarray([len(cosines)]))[0]
    return Met(cosines, best, begins, ends - begins, lambda: embedding.tokens)


def maxima(cosines: Floats, lengths: Ints) -> Floats:
    """The best of each column of (sum T, Q) in consecutive runs of `lengths` rows: (runs, Q).

    0 in a run without rows.
    """
    best = np.zeros((len(lengths), cosines.shape[1]), np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled) and cosines.shape[1]:
        begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])[filled]
        best[filled] = np.maximum.reduceat(cosines, begins, axis=0)
    return best
