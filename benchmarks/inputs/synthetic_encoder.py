"""Synthetic vectors in place of the model's, where a benchmark needs only their shape."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from retrieval import Encoder
from retrieval.research import (
    Embedding,
    Floats,
)

POOL = 4_096
"""The number of different vectors."""

CHARACTERS = 1.45
"""The mean number of Chinese characters of a token of the bundled model."""


class SyntheticEncoder:
    """An encoder that draws unit vectors from a pool by the hash of a text.

    If `model` is given, it encodes the questions, so they take as long as in use, and the index has its name.
    """

    def __init__(self, model: Encoder | None = None, dimension: int = 384) -> None:
        self._model = model
        self.name = model.name if model else "synthetic"
        self.dimension = model.dimension if model else dimension
        pool = np.random.default_rng(0).normal(size=(POOL, self.dimension)).astype(np.float32)
        self._pool: Floats = pool / np.linalg.norm(pool, axis=1, keepdims=True)

    def encode_passages(self, texts: Sequence[str]) -> list[Embedding]:
        """Return synthetic embeddings with as many tokens as the bundled model gives Chinese."""
        return [self._embedding(text) for text in texts]

    def encode_question(self, text: str) -> Embedding:
        """Encode a question by the model, or synthetically without one."""
        return self._model.encode_question(text) if self._model else self._embedding(text)

    def _embedding(self, text: str) -> Embedding:
        ends = np.unique(np.arange(CHARACTERS, len(text) + CHARACTERS, CHARACTERS).astype(np.int32))
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int32)
        rows = (crc32(text.encode()) + 2_654_435_761 * starts.astype(np.int64)) % POOL
        return Embedding(self._pool[rows[0]], self._pool[rows], np.stack([starts, ends], axis=1))
