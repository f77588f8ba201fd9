import numpy as np
import pytest

from retrieval.index.quantization import TokenQuantizer
from retrieval.models.encoder import Embedding


@pytest.fixture(scope="session")
def unit_vectors():
    """Make random vectors of length 1, (rows, dimension)."""

    def make(rows, dimension, seed):
        vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return make


@pytest.fixture(scope="session")
def make_embedding(unit_vectors):
    """Make the embedding of a passage with random vectors and tokens of one code point."""

    def make(rows, seed, dimension=384):
        offsets = np.stack([np.arange(rows), np.arange(1, rows + 1)], axis=1).astype(np.int32)
        return Embedding(unit_vectors(1, dimension, seed)[0], unit_vectors(rows, dimension, seed), offsets)

    return make


@pytest.fixture(scope="session")
def make_quantizer(make_embedding):
    """Make a quantizer with the mean of random token vectors."""
    return lambda bits, dimension=384: TokenQuantizer(
        bits, make_embedding(50, 50, dimension).tokens.mean(axis=0)
    )
