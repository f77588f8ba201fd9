import pytest

from retrieval.fold import terms
from retrieval.lexical import Lexical, build

TEXTS = ["石马河街道养老服务中心", "江北区政协有74个场所", "大田湾体育场荧光跑", "华新街政协委员"]


@pytest.fixture
def lexical(tmp_path):
    build(tmp_path / "lexical", [(n // 2, terms(text), terms("两江")) for n, text in enumerate(TEXTS)])
    return Lexical(tmp_path / "lexical")


def test_the_passage_with_the_rarest_terms_comes_first(lexical):
    scores = lexical.search(terms("政协 74"), 10)
    assert max(scores, key=scores.get) == 1


def test_only_the_articles_asked_for_are_searched(lexical):
    assert set(lexical.search(terms("政协"), 10, [1])) == {3}


def test_no_article_asked_for_gives_nothing(lexical):
    assert lexical.search(terms("政协"), 10, []) == {}


def test_chosen_passages_score_as_in_a_search(lexical):
    found = lexical.search(terms("江北政协"), 10)
    assert lexical.score(terms("江北政协"), [1, 3]) == {n: found[n] for n in (1, 3)}


def test_a_header_is_searched_at_a_lower_weight(lexical):
    scores = lexical.search(terms("两江 荧光"), 10)
    assert set(scores) == {0, 1, 2, 3}
    assert scores[2] > 2 * scores[0]


def test_frequency_counts_the_passages_that_hold_a_term(lexical):
    assert (lexical.frequency("政协"), lexical.frequency("渝北")) == (2, 0)
