import random
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.inputs.datasets import PublicQuestion, PublicSet
from training.questions.cloze import cloze
from training.reader.examples import answering, asked, far, made, swapped, windows

MARKET = "海棠菜市场上月重新开张,招牌换成了新的。市场内设摊位128个,比从前多了一倍。负责人说租金三年不涨。"


def cut(text):
    """Two characters a token."""
    return np.asarray([(i, min(i + 2, len(text))) for i in range(0, len(text), 2)], np.int32)


@pytest.fixture
def draw():
    return random.Random(1)


@pytest.mark.parametrize(
    ("sentence", "asking", "answer"),
    [
        ("街道建成养老服务站11个,入住老人近百人。", ("多少个", "几个"), "11个"),
        (
            "新馆将于2023年5月6日在老城区正式对外开放。",
            ("什么时候", "哪天", "什么时间", "哪一天"),
            "2023年5月6日",
        ),
        ("“大家都很高兴。”社区主任林木森说,明年还要再办。", ("谁",), "林木森"),
    ],
)
def test_a_sentence_is_asked_for_what_it_counts_when_it_was_and_who_said_it(sentence, asking, answer, draw):
    question, found = cloze(sentence, draw)
    assert found == answer
    assert answer not in question
    assert any(word in question for word in asking)


@pytest.mark.parametrize("sentence", ["天气很好。", "第11个站点建在老城区的中心地带。"])
def test_a_sentence_that_counts_nothing_is_asked_for_nothing(sentence, draw):
    assert cloze(sentence, draw) is None


def test_a_passage_without_its_answer_is_a_case_of_its_own(draw):
    question = PublicQuestion("市场内有多少个摊位？", "zh", "market", ("128个",))
    part = PublicSet({"market": MARKET}, {"market": "market"}, (question,) * 20, {})
    cases = asked(part, draw)
    assert {case.kind for case in cases} == {"right", "removed"}
    for case in cases:
        assert ("128个" in case.passage) == (case.kind == "right") == bool(case.answers)


def test_questions_are_made_until_there_are_as_many_as_wanted(draw):
    cases = made({str(i): MARKET * 2 + f"今年另有商户{300 + i}户。" for i in range(30)}, 5, draw)
    assert sum(case.kind == "right" for case in cases) == 5
    for case in cases:
        assert any(answer in case.passage for answer in case.answers) == (case.kind == "right")


def test_a_question_with_another_word_has_no_answer(draw):
    question = PublicQuestion("市场内设摊位多少个？", "zh", "market", ("128个",))
    part = PublicSet({"market": MARKET}, {"market": "market"}, (question,) * 20, {})
    cases = list(swapped(asked(part, draw), cut, draw))
    assert cases
    for case in cases:
        assert case.question != question.text
        assert len(case.question) == len(question.text)
        assert not case.answers


def test_a_far_passage_is_of_another_text(draw):
    questions = tuple(PublicQuestion("有多少个摊位？", "zh", id, ("128个",)) for id in ("one", "two") * 10)
    texts = {"one": MARKET, "two": "天气很好。" + MARKET.replace("海棠", "紫荆").replace("128个", "很多")}
    part = PublicSet(texts, {id: id for id in texts}, questions, {})
    cases = asked(part, draw)
    other = replace(cases[0], source="two", passage=texts["two"], answers=("很多",))
    found = list(far([*cases, *[other] * 10], draw))
    assert found
    for case in found:
        assert {"one": "128个", "two": "很多"}[case.source] not in case.passage
        assert not case.answers


def test_passages_hold_the_whole_text_in_whole_sentences():
    found = windows(MARKET * 5, 60)
    assert "".join(found) == MARKET * 5
    assert all(each.endswith("。") for each in found)


def test_the_tokens_of_an_answer_are_those_that_reach_into_it():
    found = answering(MARKET, ("128个",), cut(MARKET))
    at = MARKET.index("128个")
    assert np.flatnonzero(found).tolist() == list(range(at // 2, (at + 3) // 2 + 1))


def test_of_an_answer_written_otherwise_the_tokens_of_its_sentence_count():
    found = answering("天气好。摊位128个。", ("１２８个",), cut("天气好。摊位128个。"))
    assert found.tolist() == [False, False, True, True, True, True]
