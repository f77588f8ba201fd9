import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.i18n.wording import LANGUAGES, wording
from bot.storage.metrics import Timing
from bot.views.stats import gaps, questions, stats

Make = Callable[..., Any]


def test_the_slowest_step_is_named():
    told = stats([Timing(0.0, True, 10.0, 900.0, 20.0)] * 3, wording("en"))

    assert "The slowest step is searching" in told


def test_opposite_votes_on_one_answer_count_as_one_question():
    votes = [(1, True, "问", "答", None), (1, True, "问", "答", None), (1, False, "问", "答", None)]

    (line,) = questions(votes).splitlines()

    assert json.loads(line)["answers"] == ["答"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_very_many_gaps_still_make_one_message(language: str, why_refused: Make):
    kept = [(f"{n}号{'问' * n}", f"{n}号问题" * 300, "unrelated", n, "2024-01-01") for n in range(1, 120)]

    assert why_refused(gaps(kept, wording(language)), []) is None
