"""`python -m corpus show FILE` tells an editor what was understood, and why."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import UnreadableReport
from corpus.show import show

REPORTS = Path(__file__).parents[2] / "corpus" / "reports"
REPORT = (
    "街道修好便民步道\n\n2024年3月5日 10:20 来源:山城晚报\n\n"
    "街道用一个月修好了这条步道。\ue000居民都说好。\n返回顶部\n"
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(REPORT, "utf-8")
    return path


def test_metadata_text_cuts_and_repairs_are_printed(report: Path) -> None:
    printed = "\n".join(show(str(report)))
    for words in (
        "街道修好便民步道",
        "2024-03-05",
        "山城晚报",
        "(unknown)",
        "街道用一个月修好了这条步道。居民都说好。",
    ):
        assert words in printed
    assert "line    6  back to top          返回顶部" in printed
    assert "private-use character <E000> → " in printed


def test_json_holds_the_same(report: Path) -> None:
    (line,) = show(str(report), as_json=True)
    shown = json.loads(line)
    assert shown["date"] == "2024-03-05"
    assert shown["text"] == "街道用一个月修好了这条步道。居民都说好。"
    assert {"line": 6, "text": "返回顶部", "rule": "back to top"} in shown["cut"]
    assert len(shown["repaired"]) == 1


def test_a_file_of_many_articles_is_listed_and_each_is_shown_by_name(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(
        '{"text": "步道修好了。", "title": "甲"}\n{}\n{"text": "路灯亮了。", "title": "乙"}\n', "utf-8"
    )
    listed = list(show(str(path)))
    assert [line.split("  ")[0] for line in listed[::2]] == ["news.jsonl#1", "news.jsonl#3"]
    assert "no text" in listed[1]
    assert "路灯亮了。" in "\n".join(show(f"{path}#3"))


def test_a_file_that_gives_no_article_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(UnreadableReport, match="empty"):
        list(show(str(tmp_path / "a.txt")))
    with pytest.raises(UnreadableReport, match="cannot be opened"):
        list(show(str(tmp_path / "b.txt")))


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_every_report_is_shown_with_what_was_cut_from_it(path: Path) -> None:
    assert "Cut (0)" not in "\n".join(show(str(path)))


def test_the_command_line_says_on_standard_error_why_not(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "corpus", "show", str(tmp_path / "a.txt")], capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "a.txt" in ran.stderr


def test_plain_text_is_read_without_loading_what_reads_other_formats(report: Path) -> None:
    code = (
        "import sys, pathlib, corpus; path = pathlib.Path(sys.argv[1]); corpus.read_file(path, path.parent); "
        "print({'lxml', 'trafilatura', 'pypdf', 'docx', 'markdown_it'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(report)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "set()"
