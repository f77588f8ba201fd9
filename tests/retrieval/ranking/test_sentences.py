from types import SimpleNamespace

import numpy as np
import pytest

from retrieval.index.late_interaction import TokenMatches
from retrieval.query.answer_type import AnswerType, ExpectedAnswer
from retrieval.ranking.sentences import FEATURES, closest_parts, sentence_features, without_questions

TEXT = "甲在前。乙在中。丙在后。"
"""Three sentences of four code points."""


def matches(cosines, places):
    """The matches of a passage's tokens, one a code point, that begin at `places`; cosines: (T, Q)."""
    cosines = np.asarray(cosines, np.float32)
    best = cosines.max(axis=0, initial=0)
    return TokenMatches(cosines, best, np.asarray(places), np.ones(len(places), np.int64), lambda: cosines)


def test_what_two_sentences_say_together_comes_nearer_than_what_each_says():
    closest = closest_parts(TEXT, matches([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 4, 8]))
    assert (closest.sentence, closest.pair) == pytest.approx((1 / 3, 2 / 3))


def test_sentences_that_do_not_follow_each_other_are_no_pair():
    closest = closest_parts(TEXT, matches([[1, 0], [0, 0], [0, 1]], [0, 4, 8]))
    assert closest.pair == pytest.approx(1 / 2)


@pytest.mark.parametrize(("apart", "near"), [(100, 1), (200, 1 / 2)])
def test_words_near_each_other_are_one_stretch_and_words_far_apart_are_not(apart, near):
    cosines = np.zeros((apart + 1, 2))
    cosines[0, 0] = cosines[apart, 1] = 1
    assert closest_parts("字" * (apart + 1), matches(cosines, range(apart + 1))).stretch == pytest.approx(
        near
    )


def test_a_short_passage_is_one_stretch():
    assert closest_parts(TEXT, matches([[1, 0], [0, 1]], [0, 8])).stretch == pytest.approx(1)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_nothing_comes_near_where_there_are_no_tokens(shape):
    assert closest_parts(TEXT, matches(np.zeros(shape), range(shape[0]))) == (0, 0, 0)


@pytest.mark.parametrize(
    ("named", "seen"),
    [([True, False], [0.9, 0.2, 0.1]), ([True, True], [0.3, 0.2, 0.1]), ([False] * 2, [0] * 3)],
)
def test_a_sentence_names_the_focus_as_well_as_the_token_it_matches_least(named, seen):
    query = SimpleNamespace(
        content_tokens=np.ones(2, np.bool_),
        focus_tokens=np.asarray(named),
        has_focus=any(named),
        terms=(),
        expected=ExpectedAnswer(AnswerType.OTHER),
    )
    search = SimpleNamespace(query=query, importance=np.full(2, 0.5))
    cosines = [[0.9, 0.3], [0.2, 0.8], [0.1, 0.1]]
    features = sentence_features(search, TEXT, matches(cosines, [0, 4, 8]))
    assert features[:, FEATURES.index("named")] == pytest.approx(seen)


def test_a_sentence_that_asks_states_nothing():
    found = without_questions("甲在哪？乙在中。", matches([[1, 0.2], [0.3, 0.4], [0.1, 0.6]], [0, 4, 6]))
    assert found.places.tolist() == [4, 6]
    assert found.best == pytest.approx([0.3, 0.6])
    assert found.vectors() == pytest.approx(np.asarray([[0.3, 0.4], [0.1, 0.6]]))


def test_a_passage_that_only_asks_is_left_as_it_is():
    asking = matches([[1, 0], [0, 1]], [0, 4])
    assert without_questions("甲在哪？乙在哪？", asking) is asking
