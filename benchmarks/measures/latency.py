"""Measure the time of a first indexing, of a refresh without changes, and of a question."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.record import Rows
from retrieval import Encoder, Retriever, refresh
from retrieval.research import (
    Generation,
    read_questions,
)

ROUNDS, BUILT = 5, 3
"""The number of times each question is asked, and the reports are indexed; the fastest indexing counts."""


def latency_rows(encoder: Encoder, reports: Path, questions: Path, scratch: Path) -> Rows:
    """Return the times on this machine; the parts of a question are measured alternately."""
    refresh(reports, scratch / "speed", encoder=encoder)  # the model's first passes are slow
    generation = Generation.current(scratch / "speed")
    passages = [generation.passage(number).text for number in range(generation.manifest.passages)]
    built, bare = [], []
    for _ in range(BUILT):  # alternately, so other load on the machine affects both
        built.append(refresh(reports, scratch / "speed", encoder=encoder, rebuild=True).seconds)
        bare.append(seconds(lambda: encoder.encode_passages(passages)))
    again = refresh(reports, scratch / "speed", encoder=encoder)
    retriever = Retriever.open(scratch / "speed", encoder=encoder)
    asked = [question.question for question in read_questions(questions)] * ROUNDS
    for question in asked[:ROUNDS]:  # the model's first passes are slow
        retriever.ask(question)
    whole, encoding = [], []
    for question in asked:
        whole.append(1_000 * seconds(lambda q=question: retriever.ask(q)))  # type: ignore[misc]
        encoding.append(1_000 * seconds(lambda q=question: encoder.encode_question(q)))  # type: ignore[misc]
    return [
        [f"five reports, {len(passages)} passages", "measured"],
        ["first indexing, passages a second", f"{len(passages) / min(built):.1f}"],
        ["the bare model, passages a second", f"{len(passages) / min(bare):.1f}"],
        ["refresh without news, ms", f"{1_000 * again.seconds:.0f}"],
        ["a warm question, p50 / p95 ms", _percentiles(whole)],
        ["of it encoding, p50 / p95 ms", _percentiles(encoding)],
    ]


def seconds(run: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _percentiles(milliseconds: list[float]) -> str:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return f"{p50:.0f} / {p95:.0f}"
