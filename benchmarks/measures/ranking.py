"""Ranking: the right passage first and among the first three, by what orders the candidates."""

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
    """The development questions on the reports, by type."""
    found = reports_places(encoder, reports, questions, scratch)
    rows = [_row(f"{kind} ({len(each)})", each) for kind, each in found.items()]
    return [HEADS, *rows]


def reports_places(
    encoder: Encoder, reports: Path, questions: Path, scratch: Path
) -> dict[str, list[list[int]]]:
    """For each type of question that the reports answer, and for all: `places` of each question."""
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
        place = places(generation, encoder, question.question, right)
        found[question.type].append(place)
        found["all"].append(place)
    return found


def cmrc_rows(
    encoder: Encoder, cmrc: PublicSet, distractors: Mapping[str, str], title: str, scratch: Path
) -> Rows:
    """CMRC 2018 beside distractors: each of its passages a report of its own, right when that report is
    quoted. The second row is of the passages that trained nothing.
    """
    generation = index_texts(encoder, {**cmrc.texts, **distractors}, scratch)
    right = passages_by_text(generation)
    found = {
        question: places(generation, encoder, question.text, set(right.get(question.source, ())))
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
    """An index of texts, each a report of its own, made in a folder that is not there yet."""
    reports = folder / "reports"
    reports.mkdir(parents=True)
    for id, text in texts.items():
        # A headline keeps a text's first sentence from being taken for one; digits alone are none.
        (reports / f"{id}.txt").write_text(f"{id}\n\n{text}", encoding="utf-8")
    refresh(reports, folder / "index", encoder=encoder)
    return Generation.current(folder / "index")


def passages_by_text(generation: Generation) -> dict[str, list[int]]:
    """The passages of each text of `index_texts`."""
    found: dict[str, list[int]] = {}
    for number in range(generation.manifest.passages):
        found.setdefault(generation.passage(number).article_id.removesuffix(".txt"), []).append(number)
    return found


def places(generation: Generation, encoder: Encoder, question: str, right: set[int]) -> list[int]:
    """Where the first right passage stands in each order of `HEADS`; `RETRIEVED` where it is not found."""
    query = parse(question, encoder)
    ranked = rank(
        begin(generation, query), least=3 * RETRIEVED
    )  # all, to tell what each order would do by itself
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
    scored = [candidate for candidate in ranked if key(candidate) > 0]  # BM25 finds only what shares a word
    return [candidate.number for candidate in sorted(scored, key=key, reverse=True)]


def _row(name: str, places: Sequence[Sequence[int]]) -> list[str]:
    found = np.asarray(places)  # (questions, orders)
    first, three = (found < 1).mean(axis=0), (found < 3).mean(axis=0)
    return [name, *(f"{a:.3f} / {b:.3f}" for a, b in zip(first, three, strict=True))]
