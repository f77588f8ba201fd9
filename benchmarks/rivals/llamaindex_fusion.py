"""LlamaIndex: `QueryFusionRetriever` over its vector index and BM25, with reciprocal rank fusion.

BM25's default takes a word for what stands between punctuation marks, in Chinese a whole clause; given here
is a pattern that takes each Chinese character for a word, which finds more.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from benchmarks.rivals.worker import Vectors

K = 10
WORDS = r"(?u)[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+"


class System:
    """See `worker.System`."""

    packages = (
        "llama-index-core",
        "llama-index-embeddings-huggingface",
        "llama-index-retrievers-bm25",
        "bm25s",
    )
    settings = "QueryFusionRetriever, reciprocal_rerank, num_queries 1, k 10 each; BM25 over characters"

    def __init__(self, model: Path) -> None:
        self.embedding = HuggingFaceEmbedding(
            model_name=str(model), device="cpu", query_instruction="query: ", text_instruction="passage: "
        )

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(passages)]
        if vectors is not None:  # a node that has its vector is not encoded
            for node, vector in zip(nodes, vectors.tolist(), strict=True):
                node.embedding = vector
        index = VectorStoreIndex(nodes, embed_model=self.embedding)
        lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=K, token_pattern=WORDS)
        self.retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=K), lexical],
            llm=MockLLM(),  # never asked: with one query none is generated
            mode="reciprocal_rerank",
            similarity_top_k=K,
            num_queries=1,
            use_async=False,
        )

    def search(self, question: str, k: int) -> list[int]:
        return [int(found.node.node_id) for found in self.retriever.retrieve(question)[:k]]

    def watched(self) -> tuple[Any, str]:
        return self.embedding._model, "encode"
