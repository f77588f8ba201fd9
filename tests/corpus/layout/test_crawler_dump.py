"""Articles as crawlers store them, all on one line."""

from datetime import date

import pytest

from corpus.layout.parse import parse_page

FIRST = "厦门市近日印发《厦门市“无废城市”建设实施方案》，共包含7项主要任务26条措施。"
SECOND = "《方案》的建设时间为2023年7月起至2025年12月，2025年后持续推进。"


@pytest.mark.parametrize(
    ("front", "day", "publisher"),
    [
        ("2023-08-08 08:53，", date(2023, 8, 8), None),
        ("2023-08-08，", date(2023, 8, 8), None),
        ("来源：央视网  |  2023年08月08日 11:08:19，", date(2023, 8, 8), "央视网"),
        ("[              2023/08/08  18:23              ]，", date(2023, 8, 8), None),
        ("华夏经纬网 > 新闻 > 港澳新闻\xa0\xa0\xa02023-08-08 09:12:50  ，", date(2023, 8, 8), None),
        ("8-08 09:14，", None, None),
        ("，", None, None),
    ],
)
def test_what_stands_in_front_is_metadata(front: str, day: date | None, publisher: str | None) -> None:
    found = parse_page(f"{front}正文：{FIRST}{SECOND}")
    assert (found.date, found.publisher, found.text) == (day, publisher, FIRST + SECOND)


@pytest.mark.parametrize(
    "behind",
    [
        f"          {FIRST}",
        f"中新网厦门8月8日电 (记者 陈一){FIRST}",
        f"新华社厦门8月8日电（陈一）{FIRST}",
        f"8月8日，{FIRST}",
        f"日前，{FIRST}",
        f"厦门印发“无废城市”方案 2025年垃圾分类屋全覆盖 {FIRST}",
    ],
)
def test_a_headline_is_recognised_where_its_end_can_be_told(behind: str) -> None:
    title = "厦门印发“无废城市”方案 2025年垃圾分类屋全覆盖"
    found = parse_page(f"2023-08-08 08:53，正文：原标题：{title}{behind}{SECOND}")
    assert found.title == title
    assert found.text == behind.replace(title, "").strip() + SECOND


def test_the_mark_of_a_headline_and_the_headline_are_cut_by_name() -> None:
    found = parse_page(f"，正文：原标题：厦门印发“无废城市”方案     {FIRST}")
    assert [(cut.rule, cut.line) for cut in found.cuts] == [("headline", "原标题：厦门印发“无废城市”方案")]


def test_a_headline_that_runs_into_the_first_sentence_stays_there() -> None:
    found = parse_page(f"2023-08-08 08:53，正文：原标题：厦门印发方案{FIRST}{SECOND}")
    assert found.text == f"厦门印发方案{FIRST}{SECOND}"


def test_blanks_between_paragraphs_become_line_breaks() -> None:
    assert parse_page(f"，正文：        {FIRST}　　{SECOND}").text == f"{FIRST}\n{SECOND}"


def test_what_the_site_printed_below_is_cut() -> None:
    found = parse_page(f"，正文：{FIRST}{SECOND}返回搜狐，查看更多责任编辑：公司观察")
    assert found.text == FIRST + SECOND
    assert [cut.rule for cut in found.cuts] == ["crawler's foot"]


def test_a_report_that_merely_says_so_is_no_crawled_one() -> None:
    text = f"他打开文件，正文：只有一行。{FIRST}"
    assert parse_page(text).text == text
