from hypothesis import given
from hypothesis import strategies as st

from corpus.text.normalize import compact, fold
from retrieval.text.tokenize import terms


@given(st.text())
def test_folding_keeps_the_number_of_code_points(text):
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_both_scripts_fold_to_the_same():
    assert fold("華新街智慧養老服務") == fold("华新街智慧养老服务")


def test_width_and_case_fold():
    assert fold("ＡＰＰ２０２３") == "app2023"


def test_han_is_cut_into_bigrams_and_the_rest_into_words():
    assert terms("建成协商场所74个(APP)") == ["建成", "成协", "协商", "商场", "场所", "74", "个", "app"]


def test_no_bigram_reaches_over_punctuation():
    assert "务医" not in terms("服务,医疗")


def test_compact_drops_spaces_and_punctuation():
    assert compact("“服務 站”11 個。") == "服务站11个"
