"""Runs of signs that may have been read one byte off: between what is no character of two bytes.

`corpus.repair.byte_shift` tells how they came about, and restores them.
"""

from collections.abc import Iterator, Sequence

from corpus.repair.gbk import encode_character, is_ascii_trail
from corpus.repair.pinyin_notes import AnnotatedCharacter

FOLDED = "!(),:;?"
"""The full-width signs that the fold makes half-width."""

_LONGEST = 1_000  # signs in a run; no report goes on for longer without a sign of one byte


def candidate_runs(signs: Sequence[AnnotatedCharacter]) -> Iterator[tuple[int, int]]:
    """From where to where signs of two bytes follow one another, unbroken by a note.

    A run is empty where a folded sign stands right before a letter.
    """
    start = 0
    for index, sign in enumerate(signs):
        wide = bool(encode_character(sign.character))
        if wide and sign.reading is None:
            continue
        end = index + wide
        if start < end <= start + _LONGEST or (start == end > 0 and _may_cut(signs[index - 1], sign)):
            yield start, end
        start = index + 1
    if start < len(signs) <= start + _LONGEST or (signs and start == len(signs) and is_cut(signs[-1])):
        yield start, len(signs)


def _may_cut(sign: AnnotatedCharacter, following: AnnotatedCharacter) -> bool:
    """Whether damage at the sign may have ended right behind it."""
    if sign.reading is None:
        return sign.character in FOLDED and is_ascii_trail(following.character)
    return is_cut(sign)


def is_cut(sign: AnnotatedCharacter) -> bool:
    """Whether the sign is what remains of a byte and a note that cut it off."""
    return sign.character == "?" and not sign.opened
