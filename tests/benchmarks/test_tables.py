import pytest

from benchmarks.record import keep, markdown, plain, read
from benchmarks.tables import TABLES, fill, pages

ROWS = [["问题", "first"], ["development", "0.950"], ["其他", "0.9"]]


def test_a_table_that_is_kept_is_read_back_with_the_command_that_printed_it(tmp_path):
    kept = keep("some", "python -m benchmarks.some", ROWS, folder=tmp_path)
    assert read("some", folder=tmp_path) == kept
    assert kept.rows == ROWS
    assert kept.command == "python -m benchmarks.some"
    assert "cores of" in kept.processor


def test_a_table_in_markdown_has_a_line_a_row_and_one_under_the_heading():
    lines = markdown(ROWS).splitlines()
    assert len(lines) == len(ROWS) + 1
    assert all(line.startswith("|") and line.endswith("|") for line in lines)


def test_a_table_for_a_terminal_is_not_cut_however_long_its_rows_are():
    assert "x" * 500 in plain([["a", "b"], ["x" * 500, "1"]])


def test_what_stands_between_the_marks_of_a_table_is_replaced_and_nothing_else():
    page = "before\n<!-- table: one -->\nold\n<!-- end -->\nafter\n"
    assert fill(page, {"one": lambda: "new"}) == "before\n<!-- table: one -->\nnew\n<!-- end -->\nafter\n"


def test_a_mark_that_names_no_table_is_an_error():
    with pytest.raises(KeyError, match="none"):
        fill("<!-- table: none -->\n<!-- end -->\n", TABLES)


def test_the_pages_hold_what_the_records_say():
    for page in pages():
        text = page.read_text(encoding="utf-8")
        assert fill(text, TABLES) == text, f"{page}: run `python -m benchmarks.tables --write`"
