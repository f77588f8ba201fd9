"""txtai: `Embeddings` with `hybrid: true`, the dense and the BM25 index it then makes, weighed alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings
from txtai.vectors import HFVectors

from benchmarks.rivals.worker import Vectors

K = 10
PROMPTS = {"query": "query: ", "data": "passage: "}


class Stored(HFVectors):  # type: ignore[misc]
    """txtai's own vectors, but that those of passages may be given (its `method` may name a class)."""

    given: dict[str, Any] = {}

    def encode(self, data: list[str], category: str | None = None) -> Any:
        """As txtai does, or what was given."""
        if self.given and category == "data":
            return np.stack([self.given[text] for text in data])
        return super().encode(data, category)


class System:
    """See `worker.System`."""

    packages = ("txtai", "faiss-cpu")
    settings = "hybrid: true, instructions for E5's prompts, k 10"

    def __init__(self, model: Path) -> None:
        self.embeddings = Embeddings(
            path=str(model),
            method="benchmarks.rivals.txtai_hybrid.Stored",
            hybrid=True,
            instructions=PROMPTS,
            gpu=False,
        )

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        if vectors is not None:
            Stored.given = {
                PROMPTS["data"] + text: vector for text, vector in zip(passages, vectors, strict=True)
            }
        self.embeddings.index((number, text, None) for number, text in enumerate(passages))

    def search(self, question: str, k: int) -> list[int]:
        return [number for number, _ in self.embeddings.search(question, K)][:k]

    def watched(self) -> tuple[Any, str]:
        return self.embeddings.model.model, "encode"
