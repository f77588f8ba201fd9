"""Evaluate a retriever: how often the right passage comes first, and how often it declines rightly."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from corpus import Article
from corpus.text.normalize import compact
from retrieval.answer import Answer
from retrieval.errors import QuestionError
from retrieval.retriever import Retriever

DEPTH = 10
"""Passages that are searched for the right one."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its right answer.

    Attributes:
        id: Of the question, or the number of its line.
        type: Of the question, as its file names it.
        question: What is asked.
        answers: Strings; the right passage holds one of them. Without any the right reply is a refusal.
        report: Words of the title of the right report; None if any report will do.
    """

    id: str
    type: str
    question: str
    answers: tuple[str, ...]
    report: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation; kind: `first`, `followup` (it leaves something out) or `complete`."""

    question: Question
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Attributes:
        question: The question.
        refused: Whether it was declined.
        rank: Of the first right passage; None if there is none or the question was declined.
        first: Whether the first passage is right, declined or not.
        sentence: Whether the answering sentence of the right passage holds the answer.
        confidence: Of the first passage, 0 to 1.
        milliseconds: That the answer took.
        taken: What a follow-up took over from the question before.
    """

    question: Question
    refused: bool
    rank: int | None
    first: bool
    sentence: bool
    confidence: float
    milliseconds: float
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the risk-coverage curve (El-Yaniv & Wiener 2010).

    Attributes:
        coverage: The share of all questions that is answered, the most confident ones first.
        error: The share of these whose first passage is wrong.
        confidence: The lowest confidence among these.
    """

    coverage: float
    error: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Figures:
    """A row of the table; None where a row has no questions of the kind that a column counts."""

    type: str
    questions: int
    hit1: float | None
    hit3: float | None
    mrr: float | None
    sentence: float | None
    refused: float
    p50: float
    p95: float


def read_questions(path: Path) -> list[Question]:
    """Read a JSONL file of questions. Raises `QuestionError` with the line that is wrong."""
    return [_question(record, f"{path}:{number}", str(number)) for number, record in read_records(path)]


def read_conversations(path: Path) -> list[list[Turn]]:
    """Read a JSONL file of conversations: `turns`, each like a question, with its `kind`.

    Raises `QuestionError` with the line that is wrong.
    """
    found = []
    for number, record in read_records(path):
        turns = record.get("turns")
        if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
            raise QuestionError(f"{path}:{number}: a line needs `turns`, a list of questions with answers")
        id = str(record.get("id", number))
        found.append(
            [
                Turn(
                    _question(turn, f"{path}:{number}", f"{id}.{place}"),
                    str(turn.get("kind", "followup" if place > 1 else "first")),
                )
                for place, turn in enumerate(turns, 1)
            ]
        )
    return found


def holds_conversations(path: Path) -> bool:
    """Tell whether the first line of a file is a conversation. Raises `QuestionError`."""
    return any("turns" in record for _, record in islice(read_records(path), 1))


def _question(record: Mapping[str, Any], where: str, number: str) -> Question:
    answers = record.get("answers", [])
    if not isinstance(record.get("question"), str) or not isinstance(answers, list):
        raise QuestionError(
            f"{where}: it needs a `question` (text) and `answers` (a list, empty if the reports do not say)"
        )
    id, kind = str(record.get("id", number)), str(record.get("type", "all"))
    return Question(id, kind, record["question"], tuple(map(str, answers)), record.get("report"))


def read_records(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """Read the objects of a JSONL file with their line numbers. Raises `QuestionError`."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise QuestionError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(record, dict):
            raise QuestionError(f"{path}:{number}: not a JSON object")
        yield number, record


def evaluate(retriever: Retriever, questions: Sequence[Question]) -> list[Outcome]:
    """Ask all questions; the first is asked twice, because the first answer of a process is slow."""
    if questions:
        retriever.ask(questions[0].question)
    return [_outcome(question, retriever.ask(question.question, DEPTH)) for question in questions]


def converse(retriever: Retriever, conversations: Sequence[Sequence[Turn]]) -> list[Outcome]:
    """Ask the questions of each conversation in turn, each after the answer before it."""
    found = []
    for turns in conversations:
        answer: Answer | None = None
        for turn in turns:
            answer = retriever.ask(turn.question.question, DEPTH, after=answer)
            question = replace(turn.question, type=turn.kind)
            found.append(replace(_outcome(question, answer), taken=answer.taken))
    return found


def curve(outcomes: Sequence[Outcome]) -> list[Point]:
    """Draw the risk-coverage curve in steps of a tenth of the questions."""
    surest = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    points = []
    for tenth in range(1, 11):
        answered = surest[: max(1, round(len(surest) * tenth / 10))]
        error = fmean(not outcome.first for outcome in answered)
        points.append(Point(tenth / 10, round(error, 3), answered[-1].confidence))
    return points


def figures(outcomes: Sequence[Outcome]) -> list[Figures]:
    """Make the table: a row for each type, in the order of the file, and one for all."""
    types = dict.fromkeys(outcome.question.type for outcome in outcomes)
    lines = [_figures(type, [o for o in outcomes if o.question.type == type]) for type in types]
    return [*lines, _figures("all", outcomes)] if outcomes else []


def is_right(article: Article, text: str, question: Question) -> bool:
    """Tell whether a passage is the right one: it holds an answer and is of the right report."""
    return compact(question.report or "") in compact(article.title) and holds(text, question.answers)


def holds(text: str, answers: Iterable[str]) -> bool:
    """Tell whether a text holds an answer, both folded and without punctuation."""
    plain = compact(text)
    return any(compact(answer) in plain for answer in answers)


def _outcome(question: Question, answer: Answer) -> Outcome:
    right = [result for result in answer.results if is_right(result.article, result.text, question)]
    first = right[0] if right and answer.answered else None
    return Outcome(
        question,
        refused=not answer.answered,
        rank=first.rank if first else None,
        first=bool(right) and right[0].rank == 1,
        sentence=first is not None and holds(first.answer.text, question.answers),
        confidence=answer.results[0].confidence if answer.results else 0.0,
        milliseconds=answer.milliseconds,
    )


def _figures(type: str, outcomes: Sequence[Outcome]) -> Figures:
    answerable = [outcome for outcome in outcomes if outcome.question.answers]
    found = [outcome for outcome in answerable if outcome.rank]
    p50, p95 = np.percentile([outcome.milliseconds for outcome in outcomes], [50, 95])
    return Figures(
        type,
        len(outcomes),
        _mean([o.rank == 1 for o in answerable]),
        _mean([o.rank is not None and o.rank <= 3 for o in answerable]),
        _mean([1 / o.rank if o.rank else 0.0 for o in answerable]),
        _mean([o.sentence for o in found]),
        round(fmean(o.refused for o in outcomes), 3),
        round(float(p50), 1),
        round(float(p95), 1),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 3) if values else None
