"""GBK by the byte: characters that take two, and what a reader makes of pairs that begin one byte off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import opencc

from corpus.repair.language_model import reading
from corpus.repair.pinyin_notes import reads

LEADS = range(0x81, 0xFF)
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
NO_LEAD = 0x80  # ends pairs, but begins none: where it should begin one, it is dropped
_NOT_A_CHARACTER = "\uf8ff"


@dataclass(frozen=True, slots=True)
class Char:
    """A character as it is written, and as the statistics read it."""

    written: str
    read: str


@cache
def codes_of(character: str) -> bytes:
    """The two bytes of a character in GBK and its user-defined areas, or none."""
    codes = character.encode("gb18030", "replace")
    return codes if len(codes) == 2 else b""


@cache
def char(lead: int, trail: int) -> Char:
    """The character of two bytes, or a private-use one where there is none."""
    written = bytes([lead, trail]).decode("gb18030", "ignore")
    if len(written) != 1:
        written = _NOT_A_CHARACTER
    return Char(written, reading(written))


@cache
def chars(leads: Sequence[int], trails: Sequence[int]) -> tuple[Char, ...]:
    """All true characters of the given first and second bytes."""
    pairs = (char(lead, trail) for lead in leads for trail in trails)
    return tuple(pair for pair in pairs if not "\ue000" <= pair.written <= "\uf8ff")


def chars_of(codes: bytes) -> tuple[Char, ...]:
    """The characters of pairs of bytes; an odd last byte is left over."""
    return tuple(char(*codes[place : place + 2]) for place in range(0, len(codes) - 1, 2))


def read_as(pairs: Iterable[Char]) -> str:
    """What the statistics read."""
    return "".join(pair.read for pair in pairs)


def with_reading(pairs: Iterable[Char], note: str | None) -> tuple[Char, ...]:
    """Those of the characters that are read as a note says."""
    return tuple(pair for pair in pairs if note is not None and reads(pair.written, note))


def is_trail(character: str) -> bool:
    """Whether a sign of one byte may be the second byte of a pair."""
    return len(character) == 1 and 0x40 <= ord(character) < 0x7F


def until_letter(codes: bytes) -> bytes:
    """Pairs up to the first whose second byte could not begin the next: a letter that a shift took in."""
    for place in range(1, len(codes), 2):
        if codes[place] < 0x80:
            return codes[: place + 1]
    return codes


@cache
def is_simplified(character: str) -> bool:
    """Whether traditional script writes this character otherwise."""
    traditional: str = _converter().convert(character)
    return traditional != character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
