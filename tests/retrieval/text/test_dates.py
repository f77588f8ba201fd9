from datetime import date

import pytest

from retrieval.text.dates import dates_in


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022年5月24日开会", (2022, 5, 24)),
        ("5月24日开会", (2023, 5, 24)),
        ("去年5月开会", (2022, 5, None)),
        ("2022-05-24", (2022, 5, 24)),
        ("on May 24, 2022", (2022, 5, 24)),
        ("in 2021", (2021, None, None)),
    ],
)
def test_a_date_is_read_as_of_the_day_of_the_text(text, day):
    (found,) = dates_in(text, date(2023, 12, 1))
    assert (found.year, found.month, found.day) == day


@pytest.mark.parametrize("text", ["the farmers' market", "it may be augmented", "they decided", "a junction"])
def test_a_word_that_begins_as_a_month_does_is_no_date(text):
    assert not dates_in(text)


@pytest.mark.parametrize(
    ("text", "written", "year"),
    [
        ("过去的一年，全区共开会", date(2025, 1, 9), 2024),
        ("全年开会12次", date(2024, 1, 16), 2023),
        ("一年来，委员们走进社区", date(2023, 12, 20), 2023),
    ],
)
def test_a_review_speaks_of_the_year_that_ends(text, written, year):
    assert [found.year for found in dates_in(text, written)] == [year]


def test_a_whole_year_that_is_named_is_that_one():
    assert [found.year for found in dates_in("2022年全年", date(2025, 1, 9))] == [2022]


def test_a_month_of_no_known_year_stays_without_one():
    assert dates_in("去年5月")[0].year is None


def test_a_time_meets_the_days_within_it_and_no_others():
    (may,) = dates_in("2022年5月")
    (day,) = dates_in("2022年5月24日")
    assert may.includes(day)
    assert not day.includes(may)
