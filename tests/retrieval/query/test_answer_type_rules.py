"""Every row of the table of answer types is there for the language, not for one question."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from corpus.text.normalize import fold
from retrieval.query.answer_type import AnswerType
from retrieval.text.lexicon import lexicon

DATA = Path(__file__).parents[2] / "data"

NEEDED_BY_ONE = {
    "share": "only one file asks for a share, but without the row any number would answer it",
}


def questions() -> dict[str, list[str]]:
    """The questions of each file, turns of conversations being questions too."""
    found = {}
    for path in sorted(DATA.glob("*.jsonl")):
        records = map(json.loads, path.read_text("utf-8").splitlines())
        found[path.name] = [turn["question"] for record in records for turn in record.get("turns", [record])]
    return found


@pytest.fixture(scope="module")
def deciding():
    """The files with questions that each row decides."""
    files = defaultdict(set)
    for name, asked in questions().items():
        for question in asked:
            folded = fold(question)
            rows = (row.name for row in lexicon().answer_types if row.pattern.search(folded))
            if row := next(rows, None):
                files[row].add(name)
    return files


@pytest.mark.parametrize("row", [row.name for row in lexicon().answer_types])
def test_a_row_is_needed_by_questions_of_two_files(row, deciding):
    assert len(deciding[row]) >= (1 if row in NEEDED_BY_ONE else 2)


def test_no_row_is_excepted_that_two_files_need(deciding):
    assert all(len(deciding[row]) < 2 for row in NEEDED_BY_ONE)


def test_every_row_has_a_name_of_its_own_and_a_type_of_answer():
    rows = lexicon().answer_types
    assert len({row.name for row in rows}) == len(rows)
    assert {row.type for row in rows} <= set(AnswerType)
