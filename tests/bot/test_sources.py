from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.sources import sources
from bot.utf16 import units
from bot.wording import CHINESE

Make = Callable[..., Any]


def test_reports_are_listed_newest_first_and_those_without_a_date_last(article: Make):
    reports = [
        article(title="没有日期", date=None, publisher=None, place=None),
        article(title="旧的", date=date(2022, 3, 21)),
        article(title="新的", date=date(2025, 1, 9), place=None),
    ]

    (message,) = sources(reports, CHINESE)

    assert message.text.split("\n") == [
        "共 3 篇报道，新的在前：",
        "2025年1月9日 · 重庆日报 · 《新的》",
        "2022年3月21日 · 重庆日报 · 《旧的》 · 江北区",
        "《没有日期》",
    ]


def test_without_reports_that_is_what_is_said(article: Make):
    (message,) = sources([], CHINESE)

    assert message.text == "现在还没有报道。"


@given(titles=st.lists(st.text(), max_size=60), times=st.integers(1, 6))
def test_a_long_list_is_split_between_lines_and_loses_none(titles: list[str], times: int, article: Make):
    reports = [article(title=title * 20, id=str(n)) for n, title in enumerate(titles * times)]

    messages = sources(reports, CHINESE)

    assert all(0 < units(message.text) <= 4096 for message in messages)
    lines = [line for message in messages for line in message.text.split("\n")]
    assert sum("《" in line for line in lines) == len(reports)


def test_of_very_many_reports_the_newest_are_listed_and_the_rest_counted(article: Make):
    reports = [article(id=str(n), title="标题" * 20) for n in range(5000)]

    messages = sources(reports, CHINESE)

    listed = sum(message.text.count("《") for message in messages)
    assert len(messages) == 11
    assert messages[-1].text == f"……还有 {5000 - listed} 篇没有列出。"
