"""`python -m benchmarks.evaluation [--write]`: print the evaluation of every question file.

The reports are indexed anew, and the files of `tests/data` are evaluated as by `python -m retrieval
evaluate`. `--write` writes the tables to `benchmarks/records`.
"""

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.inputs.datasets import ASKED, QUESTIONS, REPORTS
from benchmarks.record import Rows, keep, markdown
from retrieval import Retriever, load_encoder, refresh
from retrieval.research import (
    Figures,
    Outcome,
    converse,
    curve,
    evaluate,
    figures,
    read_conversations,
    read_questions,
)

FILES = {**ASKED, "unseen": QUESTIONS.with_name("questions-unseen.jsonl")}
CONVERSATIONS = QUESTIONS.with_name("conversations.jsonl")

TYPES = {"lex": "in the reports' words", "para": "in a person's own words", "en": "in English"}
"""The types of questions that have rows of their own, and the labels of those."""

FEWEST = 25
"""The least number of questions of a type in a row of its own."""

HEADS = (
    "questions",
    "asked",
    "right passage first",
    "among three",
    "bold sentence right",
    "far questions refused",
    "near misses refused",
    "answerable ones refused",
)


def main() -> None:
    """Evaluate, print the tables, and write them with `--write`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation")
    parser.add_argument("--write", action="store_true", help="keep the tables in benchmarks/records")
    write = parser.parse_args().write
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as scratch:
        refresh(REPORTS, Path(scratch), encoder=encoder)
        retriever = Retriever.open(Path(scratch), encoder=encoder)
        asked = {name: evaluate(retriever, read_questions(file)) for name, file in FILES.items()}
        turns = converse(retriever, read_conversations(CONVERSATIONS))
    tables = {"questions": question_rows(asked, turns), "risk": risk_rows(asked)}
    for name, rows in tables.items():
        print(markdown(rows), end="\n\n")
        if write:
            keep(name, "python -m benchmarks.evaluation", rows)


def question_rows(asked: dict[str, list[Outcome]], turns: Sequence[Outcome]) -> Rows:
    """Return a row for each question file, and for each type with many questions in it."""
    rows: list[Sequence[str]] = [HEADS]
    for name, outcomes in asked.items():
        rows.append(_row(f"`tests/data/{FILES[name].name}`", outcomes))
        for type, label in TYPES.items():
            of_type = [outcome for outcome in outcomes if outcome.question.type == type]
            if len(of_type) >= FEWEST:
                rows.append(_row(f"— {label}", of_type))
    rows.append(_row(f"`tests/data/{CONVERSATIONS.name}`, follow-ups", _of(turns, "followup")))
    rows.append(_row("— complete questions after another one", _of(turns, "complete")))
    return rows


def risk_rows(asked: dict[str, list[Outcome]]) -> Rows:
    """Return the share of wrong answers among the most confident ones, for each file."""
    points = {name: curve(outcomes) for name, outcomes in asked.items()}
    (first, *_) = points.values()
    rows = [["wrong among the most confident", *(f"{point.coverage:.0%}" for point in first)]]
    return [*rows, *([name, *(f"{point.error:.3f}" for point in each)] for name, each in points.items())]


def _row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    whole: Figures = figures(outcomes)[-1]
    refused = [
        _refused(o for o in outcomes if o.question.type == "none_far"),
        _refused(o for o in outcomes if o.question.type == "none_near"),
        _refused(o for o in outcomes if o.question.answers),
    ]
    return [name, str(len(outcomes)), *map(_cell, (whole.hit1, whole.hit3, whole.sentence, *refused))]


def _refused(outcomes: Iterable[Outcome]) -> float | None:
    refused = [outcome.refused for outcome in outcomes]
    return sum(refused) / len(refused) if refused else None


def _of(outcomes: Iterable[Outcome], type: str) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.question.type == type]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
