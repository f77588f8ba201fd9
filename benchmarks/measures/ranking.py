"""Measure how often the right passage is first and among the first three, by several orders."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.inputs.datasets import PublicSet
from benchmarks.record import Rows
from retrieval import Encoder, refresh
from retrieval.research import (
    RETRIEVED,
    Candidate,
    Embedding,
    Generation,
    begin,
    is_right,
    parse,
    rank,
    read_questions,
)

HEADS = ["first / first three", "pooled", "BM25", "MaxSim", "all signs"]


def reports_rows(encoder: Encoder, reports: Path, questions: Path, scratch: Path) -> Rows:
    """Return the table of the development questions, by type."""
    found = report_ranks(encoder, reports, questions, scratch)
    rows = [_row(f"{kind} ({len(each)})", each) for kind, each in found.items()]
    return [HEADS, *rows]


def report_ranks(
    encoder: Encoder, reports: Path, questions: Path, scratch: Path
) -> dict[str, list[list[int]]]:
    """Return `right_ranks` of each answerable question, by type and for all types."""
    refresh(reports, scratch / "reports", encoder=encoder)
    generation = Generation.current(scratch / "reports")
    asked = [question for question in read_questions(questions) if question.answers]
    found: dict[str, list[list[int]]] = {kind: [] for kind in [*(q.type for q in asked), "all"]}
    for question in asked:
        right = {
            number
            for number in range(generation.manifest.passages)
            if is_right(generation.article_of(number), generation.passage(number).text, question)
        }
        ranks = right_ranks(generation, encoder, question.question, right)
        found[question.type].append(ranks)
        found["all"].append(ranks)
    return found


def cmrc_rows(
    encoder: Encoder, cmrc: PublicSet, distractors: Mapping[str, str], title: str, scratch: Path
) -> Rows:
    """Return the table of CMRC 2018 among distractors: all questions, and the held-out ones.

    Each passage of CMRC 2018 is a report of its own; a passage of that report is right.
    """
    generation = index_texts(encoder, {**cmrc.texts, **distractors}, scratch)
    right = passages_by_text(generation)
    found = {
        question: right_ranks(generation, encoder, question.text, set(right.get(question.source, ())))
        for question in cmrc.questions
    }
    return [
        HEADS,
        *(
            _row(f"{title}, {name} ({len(asked):,})", [found[question] for question in asked])
            for name, asked in (("all", cmrc.questions), ("held", cmrc.part(held=True).questions))
        ),
    ]


def index_texts(encoder: Encoder, texts: Mapping[str, str], folder: Path) -> Generation:
    """Index texts, each as a report of its own, in a new folder."""
    reports = folder / "reports"
    reports.mkdir(parents=True)
    for id, text in texts.items():
        # With a headline, the first sentence of the text is not read as one.
        (reports / f"{id}.txt").write_text(f"{id}\n\n{text}", encoding="utf-8")
    refresh(reports, folder / "index", encoder=encoder)
    return Generation.current(folder / "index")


def passages_by_text(generation: Generation) -> dict[str, list[int]]:
    """Return the numbers of the passages of each text of `index_texts`."""
    found: dict[str, list[int]] = {}
    for number in range(generation.manifest.passages):
        found.setdefault(generation.passage(number).article_id.removesuffix(".txt"), []).append(number)
    return found


def right_ranks(generation: Generation, encoder: Encoder, question: str, right: set[int]) -> list[int]:
    """Return the rank, from 0, of the first right passage in each order; `RETRIEVED` if not found."""
    query = parse(question, encoder)
    ranked = rank(
        begin(generation, query), least=3 * RETRIEVED
    )  # all candidates, so each order can rank them alone
    orders: list[Sequence[int]] = [
        _pooled(generation, query.embedding),
        _by(ranked, lambda candidate: candidate.bm25),
        _by(ranked, lambda candidate: candidate.maxsim),
        _by(ranked, lambda candidate: candidate.score),
    ]
    return [next((i for i, number in enumerate(order) if number in right), RETRIEVED) for order in orders]


def _pooled(generation: Generation, question: Embedding) -> list[int]:
    return generation.search_vectors(question.vector, RETRIEVED, generation.allowed(None))


def _by(ranked: Sequence[Candidate], key: Callable[[Candidate], float]) -> list[int]:
    scored = [
        candidate for candidate in ranked if key(candidate) > 0
    ]  # BM25 finds only passages that share a word
    return [candidate.number for candidate in sorted(scored, key=key, reverse=True)]


def _row(name: str, ranks: Sequence[Sequence[int]]) -> list[str]:
    found = np.asarray(ranks)  # (questions, orders)
    first, three = (found < 1).mean(axis=0), (found < 3).mean(axis=0)
    return [name, *(f"{a:.3f} / {b:.3f}" for a, b in zip(first, three, strict=True))]
