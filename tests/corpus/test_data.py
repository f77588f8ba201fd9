"""The word lists that come with the package."""

from corpus.data import read_lines, read_toml


def test_comments_and_empty_lines_are_no_entries() -> None:
    assert read_lines("news_agencies.txt")[0] == "本报"
    assert all(line and not line.startswith("#") for line in read_lines("common_characters.txt"))


def test_no_agency_is_listed_twice() -> None:
    agencies = read_lines("news_agencies.txt")
    assert len(agencies) == len(set(agencies))


def test_a_column_name_means_one_field_only() -> None:
    names = [name for aliases in read_toml("column_names.toml").values() for name in aliases]
    assert len(names) == len(set(names))
