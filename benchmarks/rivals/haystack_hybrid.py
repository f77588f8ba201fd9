"""Haystack: a pipeline of its in-memory BM25 and embedding retrievers, joined by reciprocal rank fusion."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.rivals.worker import Vectors

K = 10


class System:
    """See `worker.System`."""

    packages = ("haystack-ai", "sentence-transformers-haystack")
    settings = "InMemoryBM25Retriever and InMemoryEmbeddingRetriever, k 10 each, DocumentJoiner, RRF"

    def __init__(self, model: Path) -> None:
        usual = {"model": str(model), "device": ComponentDevice.from_str("cpu"), "progress_bar": False}
        self.usual = usual
        self.documents = SentenceTransformersDocumentEmbedder(prefix="passage: ", **usual)
        self.documents.warm_up()

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        given = [None] * len(passages) if vectors is None else vectors.tolist()
        documents = [
            Document(content=text, meta={"number": number}, embedding=given[number])
            for number, text in enumerate(passages)
        ]
        if vectors is None:
            documents = self.documents.run(documents)["documents"]
        store = InMemoryDocumentStore()
        store.write_documents(documents)
        # A component can belong to one pipeline only; its model is shared.
        self.questions = SentenceTransformersTextEmbedder(prefix="query: ", **self.usual)
        self.questions.warm_up()
        self.pipeline = Pipeline()
        self.pipeline.add_component("embedder", self.questions)
        self.pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=K))
        self.pipeline.add_component("lexical", InMemoryBM25Retriever(store, top_k=K))
        self.pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=K))
        self.pipeline.connect("embedder.embedding", "dense.query_embedding")
        self.pipeline.connect("dense", "joiner")
        self.pipeline.connect("lexical", "joiner")

    def search(self, question: str, k: int) -> list[int]:
        found = self.pipeline.run({"embedder": {"text": question}, "lexical": {"query": question}})
        return [document.meta["number"] for document in found["joiner"]["documents"][:k]]

    def watched(self) -> tuple[Any, str]:
        return self.questions.embedding_backend.model, "encode"
