"""LangChain: `EnsembleRetriever` over FAISS and BM25, with jieba to segment Chinese words."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jieba
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings

from benchmarks.rivals.worker import Vectors

K = 10


class System:
    """See `worker.System`."""

    packages = (
        "langchain",
        "langchain-community",
        "langchain-huggingface",
        "faiss-cpu",
        "rank-bm25",
        "jieba",
    )
    settings = "EnsembleRetriever, FAISS and BM25Retriever (jieba), weights .5 and .5, k 10 each"

    def __init__(self, model: Path) -> None:
        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
        self.embeddings = HuggingFaceEmbeddings(
            model_name=str(model),
            model_kwargs={"device": "cpu"},
            encode_kwargs={"prompt_name": "document"},
            query_encode_kwargs={"prompt_name": "query"},
        )

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        metadata = [{"number": number} for number in range(len(passages))]
        if vectors is None:
            dense = FAISS.from_texts(list(passages), self.embeddings, metadata)
        else:
            pairs = list(zip(passages, vectors.tolist(), strict=True))
            dense = FAISS.from_embeddings(pairs, self.embeddings, metadata)
        documents = [
            Document(page_content=text, metadata=each) for text, each in zip(passages, metadata, strict=True)
        ]
        lexical = BM25Retriever.from_documents(documents, preprocess_func=jieba.lcut, k=K)
        self.retriever = EnsembleRetriever(
            retrievers=[lexical, dense.as_retriever(search_kwargs={"k": K})], weights=[0.5, 0.5]
        )

    def search(self, question: str, k: int) -> list[int]:
        return [document.metadata["number"] for document in self.retriever.invoke(question)[:k]]

    def watched(self) -> tuple[Any, str]:
        return self.embeddings._client, "encode"
