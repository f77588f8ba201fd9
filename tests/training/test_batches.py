"""What a run learns from, drawn from small texts."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.inputs.datasets import PublicQuestion, PublicSet
from training.batches import PASSAGE, QUERY, batches, window
from training.examples import TextPosition, asked, clipped, inverse_cloze, load, save, translated
from training.recipe import Recipe

RECIPE = Recipe(shortest=20, longest=60, characters=120)
LONG = Recipe(shortest=400, longest=500, characters=900, near=0, mined=0)


@pytest.fixture
def part():
    texts = {
        f"t{i}": f"第{i}街道建成了{i + 3}个服务站。居民们都说十分方便，来的人一天比一天多。"
        f"负责人介绍，明年还要再建{i + 20}个。"
        for i in range(8)
    }
    questions = tuple(
        PublicQuestion(f"第{i}街道建成了几个服务站？", "zh", f"t{i}", (f"{i + 3}个",)) for i in range(8)
    )
    return PublicSet(texts, {id: id for id in texts}, questions, {})


def drawn(part, seed=1, steps=5):
    return list(batches(asked(part), part.texts, replace(RECIPE, seed=seed, steps=steps)))


def test_the_same_seed_draws_the_same_batches(part):
    assert drawn(part) == drawn(part)
    assert drawn(part) != drawn(part, seed=2)


def test_a_run_of_fewer_steps_is_the_beginning_of_a_longer_one(part):
    assert drawn(part, steps=3) == drawn(part, steps=5)[:3]


def test_the_right_passage_holds_the_answer_and_no_wrong_one_of_its_text_does(part):
    answers = {QUERY + q.text: (q.answers[0], q.source) for q in part.questions}
    for row in (row for batch in drawn(part, steps=20) for row in batch):
        answer, source = answers[row["question"]]
        assert answer in row["passage_0"]
        near = row["passage_1"].removeprefix(PASSAGE)
        assert near in part.texts[source]
        assert f"建成了{answer}" not in near


def test_the_questions_of_a_batch_are_about_different_texts(part):
    for batch in drawn(part, steps=20):
        assert len({row["question"] for row in batch}) == len(batch)


def test_longer_passages_make_smaller_batches(part):
    for batch in drawn(part, steps=20):
        shortest = min(len(row["passage_0"].removeprefix(PASSAGE)) for row in batch)
        assert len(batch) * min(shortest, RECIPE.shortest) <= RECIPE.characters


def test_traditional_script_is_learned_as_simplified(part):
    question = PublicQuestion("第1街道建成了幾個服務站？", "zh", "t1", ("4个",))
    only = PublicSet(part.texts, part.topics, (question,), {})
    (row,) = next(batches(asked(only), part.texts, replace(RECIPE, characters=30, mined=0)))
    assert row["question"] == QUERY + "第1街道建成了几个服务站？"


@given(st.lists(st.integers(1, 80), min_size=1, max_size=20), st.data())
def test_a_window_is_whole_sentences_around_its_place_without_the_avoided_one(lengths, data):
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    spans = list(zip([0, *ends], ends, strict=False))
    at, avoided = (data.draw(st.integers(0, ends[-1] - 1)) for _ in range(2))
    start, end = window(spans, at, 60, random.Random(1), avoided)
    assert start <= at < end
    assert start in [a for a, _ in spans]
    assert end in ends
    wall = next(span for span in spans if avoided < span[1])
    if not wall[0] <= at < wall[1]:
        assert end <= wall[0] or start >= wall[1]


def test_hard_negatives_are_read_as_they_were_written(tmp_path):
    mined = [(TextPosition("a", 3), TextPosition("b", 0)), (), (TextPosition("c", 7),)]
    save(mined, tmp_path / "mined.jsonl")
    assert load(tmp_path / "mined.jsonl") == mined


def test_an_english_question_is_anchored_at_its_wording_in_chinese():
    asks = [("建成几个站？", "zh"), ("How many stations?", "en")]
    questions = tuple(PublicQuestion(text, language, "a", ("3个",)) for text, language in asks)
    examples = asked(PublicSet({"a": "建成3个站。"}, {"a": "a"}, questions, {}))
    assert [example.twin for example in examples] == ["建成几个站？", "建成几个站？"]


def test_a_sentence_asked_about_is_left_out_of_the_passage_that_it_should_find():
    text = "".join(
        f"这是第{i}句话，它说得比较长，好让人知道它在说第{i}件不大不小的事情，一共有四十多个字才算说完了。"
        for i in range(4)
    )
    texts = {"a": text, "b": text.replace("事情", "案子")}
    for row in next(batches(inverse_cloze(texts, seed=3), texts, LONG)):
        assert row["question"].removeprefix(QUERY) not in row["passage_0"]


def test_an_english_sentence_asks_for_the_place_in_chinese_that_stands_as_far_into_the_text():
    english = "The street opened three service stations in the spring. " * 4
    part = PublicSet({"a": "春天街道开了三个服务站。" * 4}, {"a": "a"}, (), {"a": english})
    places = [example.right.at for example in translated(part)]
    assert places == sorted(places)
    assert len(places) == 4
    assert 0 <= places[0] < 12 <= 36 <= places[-1] < 48


def test_a_row_tells_where_in_the_right_passage_the_answer_stands(part):
    answers = {QUERY + q.text: q.answers[0] for q in part.questions}
    for row in (row for batch in drawn(part, steps=20) for row in batch):
        passage = row["passage_0"].removeprefix(PASSAGE)
        assert passage[row["answer"] :].startswith(answers[row["question"]])


def test_of_a_question_made_from_a_sentence_no_answer_is_told(part):
    texts = {"a": ("一二三四五六七八九十" * 5 + "。") * 4}
    for batch in batches(inverse_cloze(texts, 1), texts, replace(RECIPE, near=0, mined=0, steps=3)):
        assert {row["answer"] for row in batch} == {-1}


def test_a_clipped_sentence_is_made_of_whole_clauses():
    sentence = "街道修好了步道，居民们都说方便，负责人介绍，明年还要再修两条。"
    found = clipped(sentence, 16)
    assert 0 < len(found) <= 16
    assert all(clause in sentence for clause in found.split("，"))
