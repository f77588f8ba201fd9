from collections.abc import Callable
from typing import Any

import pytest

from bot.content.filters import describe, filter_of, parse_filters
from bot.i18n.wording import wording

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("江北区", {"place": "江北区"}),
        ("江北區", {"place": "江北区"}),
        ("南川", {"place": "南川"}),
        ("重慶日報", {"paper": "重庆日报"}),
        ("2023", {"since": "2023-01-01", "until": "2023-12-31"}),
        ("2024年2月", {"since": "2024-02-01", "until": "2024-02-29"}),
        ("2023-01-14", {"since": "2023-01-14", "until": "2023-01-14"}),
        ("2023-01..2023-06", {"since": "2023-01-01", "until": "2023-06-30"}),
        ("2022年至2023年", {"since": "2022-01-01", "until": "2023-12-31"}),
        ("2023年以来", {"since": "2023-01-01"}),
        ("2023..", {"since": "2023-01-01"}),
        ("江北区，2023", {"place": "江北区", "since": "2023-01-01", "until": "2023-12-31"}),
        ("全部", {}),
        ("off", {}),
        ("2023-13", None),
        ("2023-06..2023-01", None),
        ("0000", None),
        ("月亮", None),
        ("\u202e", None),
    ],
)
def test_a_filter_is_read_as_people_write_it(written: str, kept: dict[str, str] | None, article: Make):
    assert parse_filters(written, [article()]) == kept


def test_a_span_of_days_is_said_in_words():
    kept = {"since": "2023-01-14", "until": "2023-02-01"}

    assert describe(filter_of(kept), wording("en")) == "2023-01-14 to 2023-02-01"
