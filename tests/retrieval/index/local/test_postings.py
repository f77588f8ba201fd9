import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.local.postings import PostingStore, PostingWriter, decode_varints, encode_varints
from retrieval.text.pinyin import syllable_pairs
from retrieval.text.tokenize import HEADER, PINYIN, TEXT, code, terms

TEXTS = [
    "石马河街道养老服务中心",
    "江北区政协有74个场所，政协委员来访",
    "大田湾体育场荧光跑",
    "华新街政协委员",
]


@pytest.fixture
def postings(tmp_path):
    writer = PostingWriter(tmp_path)
    for text in TEXTS:
        writer.append([terms(text), terms("两江"), syllable_pairs(text)])
    writer.close()
    return PostingStore(tmp_path)


def wanted(*found: str, worth: float = 1.0, mean: float = 10.0):
    codes = np.asarray(sorted(map(code, found)), np.uint32)
    return codes, np.full(len(codes), worth), mean


def test_a_list_gives_the_passages_with_a_term_and_how_often_each_contains_it(postings):
    held = postings.postings(code("政协"), TEXT)
    assert (held.passages.tolist(), held.counts.tolist()) == ([1, 3], [2, 1])
    assert postings.postings(code("两江"), HEADER).passages.tolist() == [0, 1, 2, 3]
    assert not len(postings.postings(code("两江"), TEXT).passages)


def test_the_terms_of_passages_are_counted(postings):
    codes = np.asarray([code("政协"), code("荧光")], np.uint32)
    assert postings.counts(codes, np.asarray([1, 2, 3]), TEXT).tolist() == [[2, 0], [0, 1], [1, 0]]


def test_the_number_of_terms_of_each_field_is_stored(postings):
    assert postings.sizes[:, HEADER].tolist() == [1, 1, 1, 1]
    assert postings.sizes[:, TEXT].tolist() == [len(terms(text)) for text in TEXTS]


def test_the_passage_with_more_of_the_terms_has_the_highest_bm25(postings):
    assert postings.candidates({TEXT: wanted("政协", "74")}, 1).tolist() == [1]


def test_only_allowed_passages_are_found(postings):
    allowed = np.asarray([True, False, True, True])
    assert postings.candidates({TEXT: wanted("政协")}, 10, allowed).tolist() == [3]


def test_passages_that_tie_with_the_last_are_found_too(postings):
    assert postings.candidates({HEADER: wanted("两江")}, 1).tolist() == [0, 1, 2, 3]


def test_bm25_is_summed_over_fields(postings):
    of_text, of_header = wanted("荧光"), wanted("两江", worth=0.1)
    assert postings.candidates({TEXT: of_text, HEADER: of_header}, 1).tolist() == [2]


def test_a_search_without_terms_finds_nothing(postings):
    assert not len(postings.candidates({}, 10))


def test_homophones_are_found_by_their_pinyin(postings):
    for written in ("政斜", "zhengxie", "Zhengxie"):
        assert postings.candidates({PINYIN: wanted(*syllable_pairs(written))}, 10).tolist() == [1, 3]


def test_postings_of_no_passages_can_be_read(tmp_path):
    PostingWriter(tmp_path).close()
    assert not len(PostingStore(tmp_path).postings(code("政协"), TEXT).passages)


def test_undamaged_postings_have_no_problems(postings):
    assert not postings.problems()


def test_a_list_with_a_passage_that_does_not_exist_is_a_problem(postings, tmp_path):
    lists = np.fromfile(tmp_path / "postings.uint8", np.uint8)
    lists[0] = 100
    lists.tofile(tmp_path / "postings.uint8")
    assert "names passages that are not there" in PostingStore(tmp_path).problems()[0]


@given(st.lists(st.integers(0, 2**40)))
def test_encoded_numbers_are_decoded_unchanged(numbers):
    found, sizes = encode_varints(np.asarray(numbers, np.int64))
    assert decode_varints(found).tolist() == numbers
    assert sizes.sum() == len(found)


@given(st.lists(st.lists(st.sampled_from("甲乙丙丁戊"), max_size=6), max_size=200))
def test_every_list_is_read_as_it_was_written(tmp_path_factory, passages):
    folder = tmp_path_factory.mktemp("postings")
    writer = PostingWriter(folder)
    for held in passages:
        writer.append([held, [], []])
    writer.close()
    store = PostingStore(folder)
    for term in "甲乙丙丁戊":
        held = {number: held.count(term) for number, held in enumerate(passages) if term in held}
        found = store.postings(code(term), TEXT)
        assert dict(zip(found.passages.tolist(), found.counts.tolist(), strict=True)) == held
