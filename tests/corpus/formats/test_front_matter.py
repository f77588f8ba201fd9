from datetime import date
from pathlib import Path

import pytest

from corpus import Article, UnreadableReport, read_file

BODY = (
    "沿江步道亮起来\n2021-07-08 09:30 来源:山城晚报\n入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。\n"
)


def read(folder: Path, text: str, name: str = "a.txt") -> Article:
    path = folder / name
    path.write_text(text, "utf-8")
    (article,) = read_file(path, folder).articles
    return article


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_front_matter_overrides_what_the_text_says(tmp_path: Path, name: str) -> None:
    stated = (
        "title: 步道\nsubtitle: 纪事\npublisher: 某报\ndate: 2020-01-02\n"
        "byline: 陈一\nplace: 渝中区\nurl: https://a.cn/1"
    )
    article = read(tmp_path, f"---\n{stated}\n---\n{BODY}", name)
    assert (article.title, article.subtitle, article.publisher) == ("步道", "纪事", "某报")
    assert (article.date, article.byline, article.place) == (date(2020, 1, 2), "陈一", "渝中区")
    assert article.url == "https://a.cn/1"


def test_what_front_matter_leaves_out_is_told_from_the_text(tmp_path: Path) -> None:
    article = read(tmp_path, f"---\nplace: 渝中区\n---\n{BODY}")
    assert (article.title, article.publisher, article.date) == (
        "沿江步道亮起来",
        "山城晚报",
        date(2021, 7, 8),
    )


def test_front_matter_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, f"---\ntitle: 步道\n---\n{BODY}").text.startswith("入夏以来")


def test_names_and_lists_of_other_tools_are_passed_over(tmp_path: Path) -> None:
    article = read(tmp_path, f"---\nTitle: 步道\ntags: [a, b]\nbyline: [陈一, 王二]\n---\n{BODY}")
    assert (article.title, article.byline) == ("步道", "陈一 王二")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + f"---\ntitle: 步道\n---\n{BODY}".replace("\n", "\r\n")).title == "步道"


def test_rules_between_paragraphs_are_no_front_matter(tmp_path: Path) -> None:
    assert "街道组织" in read(tmp_path, f"---\n{BODY}---\n{BODY}").text


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("date: 昨天", "2024-03-05"),
        ("date: 2024-02-30", "2024-03-05"),
        ("title: [", "YAML"),
        ("title: &a [*a]", "YAML"),
        ("title: {a: b}", "title"),
    ],
)
def test_front_matter_that_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, stated: str, reason: str
) -> None:
    with pytest.raises(UnreadableReport, match=reason):
        read(tmp_path, f"---\n{stated}\n---\n{BODY}")
