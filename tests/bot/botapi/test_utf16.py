from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.utf16 import code_points, cut, is_visible, sound, units

ANY_TEXT = st.text(st.characters(exclude_categories=()))
SOUND_TEXT = st.text()


@given(ANY_TEXT)
def test_sound_text_keeps_every_offset_and_can_be_sent(text: str):
    assert len(sound(text)) == len(text)
    sound(text).encode()


@given(SOUND_TEXT)
def test_sound_leaves_text_without_control_characters_and_marks_of_direction_alone(text: str):
    plain = "".join(c for c in text if c == "\n" or category(c) not in ("Cc", "Cf", "Zl", "Zp"))

    assert sound(plain) == plain


@pytest.mark.parametrize("text", ["", " \n\u3000", "\u200b\u2060", "\u3164", "\u0301", "\x00\x1b"])
def test_what_shows_nothing_is_not_visible(text: str):
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["字", "\u200b.", "😀", "\ufffd"])
def test_what_shows_something_is_visible(text: str):
    assert is_visible(text)


@given(SOUND_TEXT)
def test_units_are_those_of_the_encoding(text: str):
    assert units(text) == len(text.encode("utf-16-le")) // 2


@given(SOUND_TEXT, st.integers(0, 50))
def test_cut_gives_the_longest_beginning_within_the_limit(text: str, most: int):
    piece = cut(text, most)

    assert text.startswith(piece)
    assert units(piece) <= most
    assert piece == text or units(text[: len(piece) + 1]) > most


@given(SOUND_TEXT, SOUND_TEXT, SOUND_TEXT)
def test_an_entity_is_found_again_in_code_points(before: str, inside: str, behind: str):
    start, end = code_points(before + inside + behind, units(before), units(inside))

    assert (start, end) == (len(before), len(before) + len(inside))
