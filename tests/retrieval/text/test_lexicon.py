import pytest

from retrieval.text.lexicon import LexiconError, lexicon, parse_lexicon

ROW = """
[[answer_types]]
name = "count"
type = "number"
chinese = ['多少{measure_words}']
english = ['how many']
units = ["length"]
strict = true
"""
LISTS = """
[measures]
measure_words = "个名"
[counters]
"个" = "个"
[units]
length = ["米", "km"]
"""


def test_no_list_is_empty_or_holds_an_entry_twice():
    lists = {**lexicon().lists, **lexicon().counters}
    assert lists
    for name, entries in lists.items():
        assert entries, name
        assert len(set(entries)) == len(entries), name


@pytest.mark.parametrize("name", lexicon().lists)
def test_a_pattern_of_a_list_matches_its_entries_that_are_plain_words(name):
    pattern = lexicon().compile(f"{{{name}}}")
    for word in lexicon().words(name):
        if word.isalnum():
            assert pattern.match(word), word


def test_a_counter_may_stand_for_itself():
    assert all(counter in measures for counter, measures in lexicon().counters.items())


def test_a_lexicon_is_read_with_its_lists_in_place():
    found = parse_lexicon(LISTS + ROW)
    assert found.words("length") == ("米", "km")
    assert found.counters == {"个": ("个",)}
    (rule,) = found.answer_types
    assert rule.pattern.search("有多少名委员")
    assert rule.pattern.search("how many")
    assert not rule.pattern.search("多少人")
    assert rule.measures == ("米", "km")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[measures", "syntax"),
        (LISTS, "answer_types"),
        (LISTS.replace('"个名"', '""') + ROW, "measures.measure_words"),
        (LISTS.replace('"个名"', "3") + ROW, "measures.measure_words"),
        (LISTS.replace('"个名"', '"个个"') + ROW, "measures.measure_words"),
        (LISTS.replace('"个名"', '["个(", "名"]') + ROW, "measure_words"),
        (LISTS.replace('"个名"', '["{measure_words}"]') + ROW, "measure_words"),
        (LISTS + "measure_words = '米'\n" + ROW, "units.measure_words"),
        (LISTS.replace("[counters]", "[counters_]") + ROW, "counters"),
        (LISTS + ROW.replace("{measure_words}", "{nothing}"), "nothing"),
        (LISTS + ROW.replace('["length"]', '["width"]'), "width"),
        (LISTS + ROW.replace("strict = true", ""), r"answer_types\[1\].strict"),
        (LISTS + ROW.replace("['how many']", "'how many'"), r"answer_types\[1\].english"),
        (LISTS + ROW.replace("how many", "how (many"), r"answer_types\[1\]"),
    ],
)
def test_a_malformed_lexicon_is_refused_by_file_and_key(text, key):
    with pytest.raises(LexiconError, match=rf"^lexicon\.toml: {key}:"):
        parse_lexicon(text)
