"""A passage about other places than those asked about."""

import pytest

from retrieval.index.local.generation import Generation
from retrieval.query.parse import parse
from retrieval.ranking.pipeline import rank
from retrieval.ranking.place_match import names_other_places
from retrieval.ranking.search import begin

MORE = "居民说这样的日子让人住得安心,希望能长久办下去,让更多的邻居也加入进来。" * 6
"""As much as makes a paragraph a passage of its own."""

STREETS = f"""江北区街镇忙民生

重庆日报 2023年05月06日

观音桥街道建成养老服务站9个。{MORE}

石马河街道招募志愿者120名。{MORE}

志愿者里年纪最大的七十二岁。{MORE}
"""

DISTRICT = """南川区养老服务再升级

南川日报 2024年03月02日

全区建成养老服务站31个,护理员人人持证上岗。
"""


@pytest.fixture
def names_others(tmp_path, encoder, folder, refreshed, index):
    for name, text in (("streets", STREETS), ("district", DISTRICT)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    refreshed()
    snapshot = Generation.current(index)

    def of(question, words):
        """Whether the passage that holds some words names other places."""
        search = begin(snapshot, parse(question, encoder))
        (candidate,) = (each for each in rank(search) if words in each.passage.text)
        return names_other_places(search, candidate)

    return of


@pytest.mark.parametrize(
    ("question", "words", "others"),
    [
        ("养老服务站有多少个？", "养老服务站9个", False),
        ("观音桥街道的养老服务站有多少个？", "养老服务站9个", False),
        ("石马河街道的养老服务站有多少个？", "养老服务站9个", True),
        ("江北区的养老服务站有多少个？", "养老服务站9个", False),
        ("南川区的养老服务站有多少个？", "养老服务站9个", True),
        ("南川区的养老服务站有多少个？", "养老服务站31个", False),
        ("石马河街道的志愿者年纪最大的多少岁？", "七十二岁", False),
        ("观音桥街道的志愿者年纪最大的多少岁？", "七十二岁", True),
        ("石马河街道的养老服务站有多少个？", "养老服务站31个", True),
        ("江北区的养老服务站有多少个？", "蔬菜摊位60个", False),
    ],
)
def test_a_passage_about_another_place_is_recognised(names_others, question, words, others):
    assert names_others(question, words) is others


def test_a_passage_of_the_place_asked_about_comes_before_a_nearer_one_of_another_place(
    names_others, index, encoder
):
    snapshot = Generation.current(index)
    ranked = rank(begin(snapshot, parse("石马河街道建成养老服务站几个？", encoder)))
    assert "石马河街道" in ranked[0].passage.text
    assert ranked[0].maxsim < max(candidate.maxsim for candidate in ranked if candidate.other_place)
