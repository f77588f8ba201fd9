import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical import SPELLING, Lexical, Writer
from retrieval.pinyin import spelled
from retrieval.terms import HEADER, TEXT, terms

TEXTS = ["石马河街道养老服务中心", "江北区政协有74个场所", "大田湾体育场荧光跑", "华新街政协委员"]


@pytest.fixture
def lexical(tmp_path):
    writer = Writer(tmp_path / "lexical")
    for text in TEXTS:
        writer.add([terms(text), terms("两江"), spelled(text)])
    writer.close()
    return Lexical(tmp_path / "lexical")


def test_the_passage_with_the_rarest_terms_comes_first(lexical):
    assert lexical.search(terms("政协 74"), 10)[0] == 1


def test_only_allowed_passages_are_found(lexical):
    assert lexical.search(terms("政协"), 10, np.asarray([True, False, True, True])) == [3]


def test_passages_that_are_not_allowed_leave_room_for_others(lexical):
    assert lexical.search(terms("两江"), 1, np.asarray([False, False, False, True])) == [3]


def test_a_question_without_terms_finds_nothing(lexical):
    assert lexical.search([], 10) == []


def test_all_passages_are_numbered_in_order(lexical):
    assert lexical.numbers() == [0, 1, 2, 3]


def test_a_header_is_searched_too(lexical):
    assert set(lexical.search(terms("两江 荧光"), 10)) == {0, 1, 2, 3}


def test_frequency_counts_the_passages_that_hold_a_term(lexical):
    assert (lexical.frequency("政协", TEXT), lexical.frequency("渝北", TEXT)) == (2, 0)
    assert (lexical.frequency("政协", HEADER), lexical.frequency("两江", HEADER)) == (0, 4)


def test_what_is_spelled_alike_is_found_by_its_syllables(lexical):
    assert lexical.search(spelled("政斜"), 10, fields=SPELLING) == lexical.search(
        spelled("zhengxie"), 10, fields=SPELLING
    )
    assert set(lexical.search(spelled("Zhengxie"), 10, fields=SPELLING)) == {1, 3}


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
