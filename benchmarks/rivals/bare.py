"""The bare model: sentence-transformers alone encodes passages at the precision of this project."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer

from benchmarks.rivals.worker import Vectors
from retrieval.research import (
    has_fast_bfloat16,
)


class System:
    """Implements `worker.System` for encoding only; it cannot search."""

    packages = ("sentence-transformers", "torch")
    settings = "SentenceTransformer.encode_document, bfloat16 where the CPU computes it, else float32"

    def __init__(self, model: Path) -> None:
        kind = torch.bfloat16 if has_fast_bfloat16() else torch.float32
        self.model = SentenceTransformer(str(model), device="cpu", model_kwargs={"dtype": kind})

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        self.model.encode_document(list(passages), show_progress_bar=False)

    def search(self, question: str, k: int) -> list[int]:
        raise NotImplementedError("the bare model is measured at encoding passages only")

    def watched(self) -> tuple[Any, str]:
        return self.model, "encode"
