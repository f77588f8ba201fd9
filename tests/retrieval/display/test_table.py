from retrieval.display.table import table


def test_the_first_column_stands_to_the_left_and_the_others_to_the_right():
    assert table([["type", "hit@1"], ["first", "1"]]) == "type   hit@1\nfirst      1"


def test_a_chinese_character_takes_two_columns():
    assert table([["海棠", "1"], ["a", "2"]]) == "海棠  1\na     2"


def test_what_looks_like_markup_is_printed_as_it_is():
    assert table([["[bold]", "[/x]"]]) == "[bold]  [/x]"


def test_a_wide_row_is_neither_wrapped_nor_cut():
    row = ["长" * 200, "b"]
    assert table([row]) == "  ".join(row)
