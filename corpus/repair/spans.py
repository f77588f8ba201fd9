"""Finds runs of two-byte characters that may have been decoded one byte off."""

from collections.abc import Iterator, Sequence

from corpus.repair.gbk import encode_character, is_ascii_trail
from corpus.repair.pinyin_notes import AnnotatedCharacter

FOLDED = "!(),:;?"
"""The signs that a fold changes from full to half width."""

_LONGEST = 1_000  # characters in a run; no report has more without one of one byte


def candidate_runs(characters: Sequence[AnnotatedCharacter]) -> Iterator[tuple[int, int]]:
    """Find the runs of two-byte characters without a note.

    A run is empty where a folded sign stands directly in front of a letter.

    Yields:
        The start and end of each run.
    """
    start = 0
    for index, character in enumerate(characters):
        wide = bool(encode_character(character.text))
        if wide and character.reading is None:
            continue
        end = index + wide
        if start < end <= start + _LONGEST or (
            start == end > 0 and _may_cut(characters[index - 1], character)
        ):
            yield start, end
        start = index + 1
    if start < len(characters) <= start + _LONGEST or (
        characters and start == len(characters) and is_cut(characters[-1])
    ):
        yield start, len(characters)


def _may_cut(character: AnnotatedCharacter, following: AnnotatedCharacter) -> bool:
    """Tell whether damage at a character may have ended directly behind it."""
    if character.reading is None:
        return character.text in FOLDED and is_ascii_trail(following.text)
    return is_cut(character)


def is_cut(character: AnnotatedCharacter) -> bool:
    """Tell whether a character is the remains of a byte and of the note that cut it off."""
    return character.text == "?" and not character.opened
