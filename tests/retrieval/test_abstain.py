"""What no passage can answer, and what no report mentions."""

from dataclasses import replace

import numpy as np
import pytest

from retrieval.answer import Refusal, Span
from retrieval.index.local.generation import Generation
from retrieval.query.parse import understand
from retrieval.ranking.confidence import (
    ALIEN,
    DOUBT,
    FOREIGN_HAN,
    FOREIGN_OTHER,
    STRANGE,
    contradicts,
    is_foreign,
    is_strange,
    refusal,
    signs_of,
    unmentioned,
)
from retrieval.ranking.pipeline import rank
from retrieval.ranking.sentences import LEAST_SURE, SURE, Evidence, evidence


@pytest.fixture
def seen(refreshed, index, encoder):
    refreshed()
    generation = Generation.current(index)

    def of(question):
        read = understand(question, encoder)
        return generation, read, rank(generation, read)[0]

    return of


def told(candidate, answers, named=None):
    """A candidate of which the reader says with these log-odds that it answers, and that meets so well the
    words for what is asked about by name.
    """
    return replace(candidate, evidence=Evidence(Span(0, 1, "海"), {}, np.zeros((1, 1)), named, answers))


@pytest.mark.parametrize(
    ("question", "cannot"),
    [
        ("海棠菜市场内设摊位多少个？", False),
        ("海棠菜市场改造花了多少钱？", True),
        ("海棠菜市场的蔬菜摊位占百分之多少？", True),
        ("海棠菜市场的负责人多大岁数？", True),
        ("海棠菜市场的租金多久不涨？", False),
        ("海棠菜市场有多少间摊位？", False),
        ("海棠菜市场里有多少张桌子？", True),
        ("海棠菜市场的负责人是谁？", False),
        ("2023年海棠菜市场内设摊位多少个？", False),
        ("2021年海棠菜市场内设摊位多少个？", True),
    ],
)
def test_a_passage_cannot_answer_what_is_of_another_kind_or_time(seen, question, cannot):
    assert contradicts(*seen(question)) is cannot


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("渝北区的海棠菜市场有多少摊位？", "渝北"),
        ("上海的海棠菜市场有多少摊位？", "上海"),
        ("How many stalls does the market in Shanghai have?", "Shanghai"),
        ("2019年海棠菜市场有多少摊位？", "2019年"),
        ("2023年海棠菜市场有多少摊位？", None),
        ("海棠菜市场有多少摊位？", None),
    ],
)
def test_what_no_report_mentions_is_named(seen, question, name):
    generation, read, _ = seen(question)
    assert unmentioned(generation, read) == name


def test_a_far_place_named_in_chinese_may_be_asked_about_in_english(refreshed, folder, index, encoder):
    report = "丁香镇外出学习\n\n丁香镇干部上月到浙江学习乡村治理。"
    (folder / "visit.txt").write_text(report, encoding="utf-8")
    refreshed()
    read = understand("Who went to Zhejiang?", encoder)
    assert unmentioned(Generation.current(index), read) is None


@pytest.mark.parametrize(
    ("answers", "counted"),
    [(SURE + 4, SURE), (SURE - 1, SURE - 1), (-1.5, -1.5), (LEAST_SURE - 4, LEAST_SURE)],
)
def test_how_sure_the_reader_is_counts_up_to_a_bound(seen, answers, counted):
    generation, read, first = seen("海棠菜市场内设摊位多少个？")
    found = replace(evidence(generation, first.passage, read, first.met), answers=answers)
    assert next(signs_of(read, [first], [found]))["read"] == counted


@pytest.mark.parametrize(
    ("question", "named", "answers", "foreign"),
    [
        ("海棠菜市场的冠军是谁？", FOREIGN_HAN - 0.01, 5.0, True),
        ("海棠菜市场的冠军是谁？", FOREIGN_HAN + 0.01, 5.0, False),
        ("海棠菜市场的冠军是谁？", FOREIGN_HAN + 2 * DOUBT, -2.1, True),
        ("海棠菜市场的冠军是谁？", FOREIGN_HAN + 2 * DOUBT, -1.9, False),
        ("Who is the champion of the market?", FOREIGN_OTHER + 2 * DOUBT, -2.1, True),
        ("Who is the champion of the market?", FOREIGN_OTHER + 2 * DOUBT, -1.9, False),
    ],
)
def test_what_is_asked_about_is_foreign_to_a_passage_that_hardly_meets_it(
    seen, question, named, answers, foreign
):
    _, read, first = seen(question)
    assert is_foreign(read, told(first, answers, named)) is foreign


@pytest.mark.parametrize(("maxsim", "strange"), [(ALIEN - 0.01, True), (ALIEN + 0.01, False)])
def test_a_passage_that_hardly_meets_the_question_has_nothing_to_do_with_it(seen, maxsim, strange):
    _, _, first = seen("海棠菜市场内设摊位多少个？")
    assert is_strange(replace(first, maxsim=maxsim)) is strange


@pytest.mark.parametrize(("answers", "strange"), [(STRANGE - 0.1, True), (STRANGE + 0.1, False)])
def test_what_the_reader_is_sure_has_nothing_to_do_with_the_question_is_declined_as_that(
    seen, answers, strange
):
    generation, read, first = seen("海棠菜市场内设摊位多少个？")
    first = told(first, answers)
    assert contradicts(generation, read, first) is strange
    if strange:
        assert refusal(generation, read, [first], [0.29]) is Refusal.UNRELATED


def test_a_passage_that_spells_a_name_of_the_question_has_something_to_do_with_it(seen):
    _, _, first = seen("海棠菜市场内设摊位多少个？")
    assert not is_strange(told(replace(first, spelling=0.4), STRANGE - 0.1))
