"""This project: the bundled model with its adapter, `refresh` and `Retriever.ask` by their defaults."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.rivals.worker import Vectors
from retrieval import Retriever, load_encoder, refresh


class System:
    """Implements `worker.System`; its index has the passages of `passages.jsonl`."""

    packages = ("sentence-transformers", "faiss-cpu")
    settings = "refresh and Retriever.ask as they come; a refusal counts as not found"

    def __init__(self, model: Path) -> None:
        self.encoder = load_encoder()

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        index = folder / "index"
        if vectors is None:  # a first indexing, of the report files
            index = Path(mkdtemp()) / "index"
            refresh(folder / "reports", index, encoder=self.encoder)
        self.retriever = Retriever.open(index, encoder=self.encoder)
        lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
        positions = ((record["article"], record["start"]) for record in map(json.loads, lines))
        self.numbers = {position: number for number, position in enumerate(positions)}

    def search(self, question: str, k: int) -> list[int]:
        answer = self.retriever.ask(question, k)
        if not answer.answered:
            return []
        return [self.numbers[result.article.id, result.start] for result in answer.results]

    def watched(self) -> tuple[Any, str]:
        return self.encoder, "encode_question"
