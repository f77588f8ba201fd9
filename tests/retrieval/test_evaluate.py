"""What `evaluate` counts."""

import json

import pytest

from retrieval import Retriever
from retrieval.errors import QuestionError
from retrieval.evaluation import (
    Outcome,
    Question,
    converse,
    curve,
    figures,
    holds_conversations,
    read_conversations,
)


def outcome(confidence, first, refused=False):
    question = Question("1", "lex", "?", ("a",), None)
    return Outcome(question, refused, 1 if first and not refused else None, first, first, confidence, 1.0)


def test_the_curve_counts_what_is_wrong_among_the_surest():
    points = curve([outcome(0.9, True), outcome(0.8, False), outcome(0.7, True), outcome(0.1, False)])
    assert [point.error for point in points if point.coverage in (0.3, 0.5, 1.0)] == [0.0, 0.5, 0.5]


def test_the_curve_asks_what_is_first_even_where_it_was_refused():
    assert curve([outcome(0.4, True, refused=True)])[-1].error == 0.0


def test_a_refused_question_counts_as_not_found():
    (line, _) = figures([outcome(0.4, True, refused=True), outcome(0.9, True)])
    assert line.hit1 == 0.5


@pytest.fixture
def conversations(tmp_path):
    path = tmp_path / "conversations.jsonl"
    turns = [
        {"question": "海棠菜市场内设摊位多少个？", "answers": ["128个"]},
        {"question": "负责人是谁？", "answers": ["林木森"], "kind": "followup"},
        {"question": "紫荆街道图书馆座位多少个？", "answers": ["220个"], "kind": "complete"},
    ]
    path.write_text(json.dumps({"id": "c1", "turns": turns}), encoding="utf-8")
    return path


def test_a_conversation_is_asked_turn_by_turn(conversations, refreshed, index, encoder):
    refreshed()
    assert holds_conversations(conversations)
    outcomes = converse(Retriever.open(index, encoder=encoder), read_conversations(conversations))
    assert [outcome.question.type for outcome in outcomes] == ["first", "followup", "complete"]
    assert [bool(outcome.taken) for outcome in outcomes] == [False, True, False]


def test_a_conversation_without_turns_is_named(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "c1", "turns": 3}', encoding="utf-8")
    with pytest.raises(QuestionError, match=r"bad\.jsonl:1"):
        read_conversations(path)
