"""Ranking: the right passage first and among the first three, by what orders the candidates."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.data import Cmrc
from retrieval.encoder import Embedding, Encoder
from retrieval.evaluate import Question, is_right, read_questions
from retrieval.generation import Generation
from retrieval.rank import CANDIDATES, Ranked, rank
from retrieval.refresh import refresh
from retrieval.show import table
from retrieval.terms import terms

HEADS = ["first / first three", "pooled", "BM25", "MaxSim", "MaxSim + BM25"]


def reports_table(encoder: Encoder, reports: Path, questions: Path, scratch: Path) -> str:
    """The development questions on the reports, by type."""
    refresh(reports, scratch / "reports", encoder=encoder)
    generation = Generation.current(scratch / "reports")
    asked = [question for question in read_questions(questions) if question.answers]

    def right(question: Question) -> set[int]:
        return {
            number
            for number in range(generation.manifest.passages)
            if is_right(generation.article_of(number), generation.passage(number).text, question)
        }

    places = [_places(generation, encoder, question.question, right(question)) for question in asked]
    rows = [
        _row(f"{kind} ({len(chosen)})", chosen)
        for kind in [*dict.fromkeys(question.type for question in asked), "all"]
        for chosen in [[p for p, q in zip(places, asked, strict=True) if kind in (q.type, "all")]]
    ]
    return f"Five reports, {generation.manifest.passages} passages\n" + table([HEADS, *rows])


def cmrc_table(encoder: Encoder, cmrc: Cmrc, scratch: Path) -> str:
    """CMRC 2018: each of its passages a report of its own, right when that report is quoted."""
    folder = scratch / "cmrc-reports"
    folder.mkdir()
    for id, text in cmrc.passages.items():
        # A headline keeps a passage's first sentence from being taken for one.
        (folder / f"{id:05}.txt").write_text(f"{id:05}\n\n{text}", encoding="utf-8")
    refresh(folder, scratch / "cmrc", encoder=encoder)
    generation = Generation.current(scratch / "cmrc")
    right: dict[str, set[int]] = {}
    for number in range(generation.manifest.passages):
        right.setdefault(generation.passage(number).article_id, set()).add(number)
    places = [
        _places(generation, encoder, question, right.get(f"{id:05}.txt", set()))
        for question, id in cmrc.questions
    ]
    row = _row(f"{len(places)} questions", places)
    title = f"CMRC 2018 dev, {len(cmrc.passages)} articles, {generation.manifest.passages} passages"
    return f"{title}\n{table([HEADS, row])}"


def _places(generation: Generation, encoder: Encoder, question: str, right: set[int]) -> list[int]:
    """Where the first right passage stands in each order; `CANDIDATES` where it is not found."""
    embedding = encoder.encode_question(question)
    ranked = rank(generation, embedding, terms(question))
    orders: list[Sequence[int]] = [
        _pooled(generation, embedding),
        _by(ranked, lambda candidate: candidate.bm25),
        _by(ranked, lambda candidate: candidate.maxsim),
        _by(ranked, lambda candidate: candidate.score),
    ]
    return [next((i for i, number in enumerate(order) if number in right), CANDIDATES) for order in orders]


def _pooled(generation: Generation, question: Embedding) -> list[int]:
    return generation.nearest(question.vector, CANDIDATES, generation.allowed(None))


def _by(ranked: Sequence[Ranked], key: Callable[[Ranked], float]) -> list[int]:
    scored = [candidate for candidate in ranked if key(candidate) > 0]  # BM25 finds only what shares a word
    return [candidate.passage for candidate in sorted(scored, key=key, reverse=True)]


def _row(name: str, places: Sequence[Sequence[int]]) -> list[str]:
    found = np.asarray(places)  # (questions, orders)
    first, three = (found < 1).mean(axis=0), (found < 3).mean(axis=0)
    return [name, *(f"{a:.3f} / {b:.3f}" for a, b in zip(first, three, strict=True))]
