"""Fixtures of all rooms: an encoder derived from the text, and the true model on the true reports."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus import simplify
from retrieval import Retriever
from retrieval.models.encoder import Embedding, Floats

REPOSITORY = Path(__file__).parent.parent


class LetterEncoder:
    """A token a character, its vector drawn from the character itself: equal texts, equal vectors.

    It records what it was asked to embed.
    """

    def __init__(self, name: str = "letters", dimension: int = 48) -> None:
        self.name = name
        self.dimension = dimension
        self.embedded: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> list[Embedding]:
        self.embedded += texts
        return [self._embedding(text) for text in texts]

    def encode_question(self, text: str) -> Embedding:
        return self._embedding(text)

    def _embedding(self, text: str) -> Embedding:
        letters = [(i, char) for i, char in enumerate(simplify(text)) if char.isalnum()] or [(0, "?")]
        tokens = np.stack([self._vector(char) for _, char in letters])
        pooled = tokens.mean(axis=0)
        offsets = np.asarray([(i, i + 1) for i, _ in letters], np.int32)
        return Embedding((pooled / np.linalg.norm(pooled)).astype(np.float32), tokens, offsets)

    def _vector(self, char: str) -> Floats:
        seed = int.from_bytes(hashlib.sha256(char.encode(errors="surrogatepass")).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=self.dimension)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.fixture
def encoder() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture(scope="session")
def make_encoder() -> Callable[..., LetterEncoder]:
    return LetterEncoder


@pytest.fixture(scope="session")
def reports() -> Path:
    """The five reports as received."""
    return REPOSITORY / "corpus" / "reports"


@pytest.fixture(scope="session")
def questions() -> list[dict[str, Any]]:
    """The development questions."""
    lines = (REPOSITORY / "tests" / "data" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, reports: Path) -> Path:
    """An index of the five reports, made by the true model."""
    from retrieval.indexing.refresh import refresh

    index = tmp_path_factory.mktemp("real") / "index"
    refresh(reports, index)
    return index


@pytest.fixture(scope="session")
def real_retriever(real_index: Path) -> Retriever:
    return Retriever.open(real_index)
