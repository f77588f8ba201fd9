import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.tokenize import terms


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("投资三千万元", "30000000"),
        ("3000万元", "30000000"),
        ("30,000,000元", "30000000"),
        ("七十四个", "74"),
        ("建成五个", "5"),
        ("二〇二三年", "2023"),
        ("１．２万人", "12000"),
    ],
)
def test_a_number_is_a_term_in_digits_however_it_is_written(written, digits):
    assert digits in terms(written)


@pytest.mark.parametrize("text", ["千万不要", "三三两两", "五里店街道", "百货公司", "万众一心"])
def test_what_only_looks_like_a_number_is_none(text):
    assert not [term for term in terms(text) if term.isdigit()]


@given(st.text("零〇一二三四五六七八九两十百千万亿0123456789,.个", max_size=12))
def test_whatever_looks_like_a_number_can_be_cut_into_terms(text):
    assert all(term.strip() for term in terms(text))
