import pytest

from retrieval.text.pinyin import syllable_pairs


@pytest.mark.parametrize(
    ("one", "other"),
    [("政斜", "政协"), ("zhengxie", "政协"), ("Huaxin Jie", "华新街"), ("Xi'an", "西安"), ("華新", "华新")],
)
def test_what_sounds_alike_is_spelled_alike(one, other):
    assert syllable_pairs(one) == syllable_pairs(other) != []


def test_beside_english_words_only_names_are_spelled():
    assert syllable_pairs("How many women came to Huaxin?") == ["hua xin"]
