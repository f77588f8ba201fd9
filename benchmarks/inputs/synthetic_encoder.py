"""Vectors of the right shape in place of the model's, where embedding would take hours and tells nothing."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from retrieval import Encoder
from retrieval.research import (
    Embedding,
    Floats,
)

POOL = 4_096
CHARACTERS = 1.45
"""Of Chinese text a token, as the bundled model cuts it."""


class SyntheticEncoder:
    """Passages get unit vectors out of a pool, chosen by their text.

    Questions are encoded by `model` where one is given, under whose name the index is made then: they take
    the time that they take in use.
    """

    def __init__(self, model: Encoder | None = None, dimension: int = 384) -> None:
        self._model = model
        self.name = model.name if model else "synthetic"
        self.dimension = model.dimension if model else dimension
        pool = np.random.default_rng(0).normal(size=(POOL, self.dimension)).astype(np.float32)
        self._pool: Floats = pool / np.linalg.norm(pool, axis=1, keepdims=True)

    def encode_passages(self, texts: Sequence[str]) -> list[Embedding]:
        """As many tokens as the bundled model makes of Chinese."""
        return [self._embedding(text) for text in texts]

    def encode_question(self, text: str) -> Embedding:
        """By the model, or as passages."""
        return self._model.encode_question(text) if self._model else self._embedding(text)

    def _embedding(self, text: str) -> Embedding:
        ends = np.unique(np.arange(CHARACTERS, len(text) + CHARACTERS, CHARACTERS).astype(np.int32))
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int32)
        rows = (crc32(text.encode()) + 2_654_435_761 * starts.astype(np.int64)) % POOL
        return Embedding(self._pool[rows[0]], self._pool[rows], np.stack([starts, ends], axis=1))
