from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, Section, sentences, split_passages


def article(*sections: tuple[str | None, list[str]]) -> Article:
    """An article of the given headings and paragraphs."""
    text, found = "", []
    for heading, paragraphs in sections:
        text += f"{heading}\n" if heading else ""
        start = len(text)
        text += "\n".join(paragraphs) + "\n"
        found.append(Section(heading, start, len(text) - 1))
    return Article("a.txt", "标题", None, None, None, None, None, tuple(found), text[:-1], None)


SENTENCE = st.builds(
    lambda words, end: words + end,
    st.text(alphabet="重庆江北区街道,社居民", min_size=1, max_size=120),
    st.sampled_from(["。", "!”", "?", "……", ":", ""]),
)
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=6).map("".join)
SECTION = st.tuples(st.none() | st.just("小标题"), st.lists(PARAGRAPH, min_size=1, max_size=6))
ARTICLE = st.lists(SECTION, min_size=1, max_size=4).map(lambda sections: article(*sections))


@given(ARTICLE)
def test_a_passage_is_a_slice_of_the_text(given_article: Article) -> None:
    for passage in split_passages(given_article):
        assert passage.text == given_article.text[passage.start : passage.end]


@given(ARTICLE)
def test_passages_hold_the_whole_body_in_order_without_overlap(given_article: Article) -> None:
    passages = split_passages(given_article)
    assert all(before.end <= after.start for before, after in pairwise(passages))
    body = "".join(given_article.text[section.start : section.end] for section in given_article.sections)
    held = "".join(passage.text for passage in passages)
    assert "".join(held.split()) == "".join(body.split())


@given(ARTICLE)
def test_a_passage_lies_within_one_section(given_article: Article) -> None:
    for passage in split_passages(given_article):
        homes = [s for s in given_article.sections if s.start <= passage.start and passage.end <= s.end]
        assert [home.heading for home in homes] == [passage.section]


@given(ARTICLE, st.integers(20, 300))
def test_no_sentence_is_cut(given_article: Article, target: int) -> None:
    whole = sentences(given_article.text)
    starts, ends = {start for start, _ in whole}, {end for _, end in whole}
    for passage in split_passages(given_article, target=target, limit=2 * target):
        assert passage.start in starts
        assert passage.end in ends


@given(ARTICLE)
def test_only_a_joined_fragment_or_lead_in_goes_past_the_limit(given_article: Article) -> None:
    for passage in split_passages(given_article, target=150, limit=200):
        parts = [passage.text[start:end] for start, end in sentences(passage.text)]
        glued = len(parts) == 1 or any(len(part) < 40 or part.endswith(":") for part in parts)
        assert len(passage.text) <= 200 or glued


@given(ARTICLE)
def test_a_fragment_stands_alone_only_as_a_whole_section(given_article: Article) -> None:
    passages = split_passages(given_article)
    for passage in passages:
        if len(passage.text) < 40:
            section = next(s for s in given_article.sections if s.start <= passage.start < s.end)
            assert passage.text == given_article.text[section.start : section.end].strip()


def test_a_lead_in_stays_with_what_it_announces() -> None:
    lead = "区里" * 60 + "负责人这样说:"
    passages = split_passages(
        article((None, ["路" * 120 + "。", lead, "“好" * 70 + "。”"])), target=130, limit=260
    )
    assert [passage.text.startswith("区里") for passage in passages] == [False, True]


def test_short_paragraphs_are_kept_together() -> None:
    passages = split_passages(article((None, ["“路修好了吗?”", "“修好了。”", "邻居们都笑了。"])))
    assert [passage.text for passage in passages] == ["“路修好了吗?”\n“修好了。”\n邻居们都笑了。"]


def test_a_sentence_longer_than_the_limit_is_one_passage() -> None:
    passages = split_passages(article((None, ["路" * 999 + "。", "桥" * 100 + "。"])))
    assert [len(passage.text) for passage in passages] == [1000, 101]


def test_paragraphs_are_parted_where_a_paragraph_ends() -> None:
    paragraphs = [("路" * 110 + "。") + ("桥" * 110 + "。"), ("山" * 110 + "。") + ("水" * 110 + "。")]
    assert [passage.text for passage in split_passages(article((None, paragraphs)))] == paragraphs


def test_a_target_above_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="target"):
        split_passages(article((None, ["路。"])), target=500, limit=400)
