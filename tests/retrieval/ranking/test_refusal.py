"""What no passage can answer, and what no report mentions."""

from dataclasses import replace

import numpy as np
import pytest

from retrieval.answer import Refusal, Span
from retrieval.index.local.generation import Generation
from retrieval.query.parse import parse
from retrieval.ranking.confidence import contradicts, features_of, is_unrelated, lacks_focus, score
from retrieval.ranking.features import AnswerSentence
from retrieval.ranking.pipeline import rank
from retrieval.ranking.refusal import decide, unmentioned
from retrieval.ranking.search import begin
from retrieval.ranking.sentences import unread_sentence


@pytest.fixture
def first_of(refreshed, index, encoder):
    """The search for a question, and the candidate that comes first."""
    refreshed()
    snapshot = Generation.current(index)

    def of(question):
        search = begin(snapshot, parse(question, encoder))
        return search, rank(search)[0]

    return of


def read(candidate, answer_log_odds, focus_similarity=None):
    """A candidate that a reader has read, with these log-odds that it answers."""
    sentence = AnswerSentence(Span(0, 1, "海"), {}, np.zeros((1, 1)), focus_similarity, answer_log_odds)
    return replace(candidate, sentence=sentence)


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
def test_a_passage_cannot_answer_what_is_of_another_type_or_time(first_of, question, cannot):
    search, first = first_of(question)
    assert contradicts(search, first, unread_sentence(search, first)) is cannot


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
def test_what_no_report_mentions_is_named(first_of, question, name):
    search, _ = first_of(question)
    assert unmentioned(search.snapshot, search.query) == name


def test_a_far_place_named_in_chinese_may_be_asked_about_in_english(refreshed, folder, index, encoder):
    report = "丁香镇外出学习\n\n丁香镇干部上月到浙江学习乡村治理。"
    (folder / "visit.txt").write_text(report, encoding="utf-8")
    refreshed()
    query = parse("Who went to Zhejiang?", encoder)
    assert unmentioned(Generation.current(index), query) is None


def test_the_log_odds_of_the_reader_count_up_to_a_bound(first_of):
    search, first = first_of("海棠菜市场内设摊位多少个？")

    def counted(log_odds):
        sentence = replace(unread_sentence(search, first), answer_log_odds=log_odds)
        return features_of(search, first, sentence)["read"]

    assert counted(-1.5) == -1.5
    assert 0 < counted(50) == counted(100)
    assert 0 > counted(-50) == counted(-100)


@pytest.mark.parametrize("question", ["海棠菜市场的冠军是谁？", "Who is the champion of the market?"])
def test_a_passage_that_mentions_nothing_like_the_focus_lacks_it(first_of, question):
    search, first = first_of(question)
    assert lacks_focus(search, read(first, 5.0, focus_similarity=0.3))
    assert not lacks_focus(search, read(first, 5.0, focus_similarity=0.95))


@pytest.mark.parametrize("question", ["海棠菜市场的冠军是谁？", "Who is the champion of the market?"])
def test_the_more_the_reader_doubts_the_more_alike_the_focus_must_be(first_of, question):
    search, first = first_of(question)
    assert not lacks_focus(search, read(first, 0.0, focus_similarity=0.7))
    assert lacks_focus(search, read(first, -6.0, focus_similarity=0.7))


@pytest.mark.parametrize(("maxsim", "unrelated"), [(0.3, True), (0.95, False)])
def test_a_passage_of_another_subject_is_unrelated(first_of, maxsim, unrelated):
    search, first = first_of("海棠菜市场内设摊位多少个？")
    assert is_unrelated(search, replace(first, maxsim=maxsim)) is unrelated


def test_a_question_of_another_subject_is_declined_as_unrelated(first_of):
    search, first = first_of("海棠菜市场内设摊位多少个？")
    first = read(first, -20.0)
    sentence = unread_sentence(search, first)
    assert contradicts(search, first, sentence)
    (scored,) = score(search, [replace(first, sentence=sentence)])
    declined = replace(scored, candidate=first, contradicted=True, confidence=0.29)
    assert decide(search, [declined], None) is Refusal.UNRELATED


def test_a_question_about_a_place_that_no_report_mentions_is_declined_as_not_said(first_of):
    search, first = first_of("上海的海棠菜市场有多少摊位？")
    scored = score(search, [first])
    missing = unmentioned(search.snapshot, search.query)
    assert decide(search, scored, missing) is Refusal.NOT_SAID


def test_a_passage_that_spells_a_name_of_the_question_is_related_whatever_the_reader_says(first_of):
    search, first = first_of("海棠菜市场内设摊位多少个？")
    assert is_unrelated(search, read(first, -20.0))
    assert not is_unrelated(search, read(replace(first, spelling=0.4), -20.0))
