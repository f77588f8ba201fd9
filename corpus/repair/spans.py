"""Runs of signs that may have been read one byte off: between what is no character of two bytes.

`corpus.repair.byte_shift` tells how they came about, and restores them.
"""

from collections.abc import Iterator, Sequence

from corpus.repair.gbk import codes_of, is_trail
from corpus.repair.pinyin_notes import Sign

FOLDED = "!(),:;?"
"""The full-width signs that the fold makes half-width."""

_LONGEST = 1_000  # signs in a run; no report goes on for longer without a sign of one byte


def runs(signs: Sequence[Sign]) -> Iterator[tuple[int, int]]:
    """From where to where signs of two bytes follow one another, unbroken by a note.

    A run is empty where a folded sign stands right before a letter.
    """
    start = 0
    for place, sign in enumerate(signs):
        wide = bool(codes_of(sign.character))
        if wide and sign.reading is None:
            continue
        end = place + wide
        if start < end <= start + _LONGEST or (start == end > 0 and _may_cut(signs[place - 1], sign)):
            yield start, end
        start = place + 1
    if start < len(signs) <= start + _LONGEST or (signs and start == len(signs) and is_cut(signs[-1])):
        yield start, len(signs)


def _may_cut(sign: Sign, following: Sign) -> bool:
    """Whether damage at the sign may have ended right behind it."""
    if sign.reading is None:
        return sign.character in FOLDED and is_trail(following.character)
    return is_cut(sign)


def is_cut(sign: Sign) -> bool:
    """Whether the sign is what remains of a byte and a note that cut it off."""
    return sign.character == "?" and not sign.opened
