"""GBK by the byte: characters that take two, and what a reader makes of pairs that begin one byte off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import opencc

from corpus.repair.language_model import model_text
from corpus.repair.pinyin_notes import has_reading

LEADS = range(0x81, 0xFF)
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
NO_LEAD = 0x80  # ends pairs, but begins none: where it should begin one, it is dropped
_NOT_A_CHARACTER = "\uf8ff"


@dataclass(frozen=True, slots=True)
class GbkCharacter:
    """A character as it is written, and as the statistics read it."""

    written: str
    read: str


@cache
def encode_character(character: str) -> bytes:
    """The two bytes of a character in GBK and its user-defined areas, or none."""
    codes = character.encode("gb18030", "replace")
    return codes if len(codes) == 2 else b""


@cache
def decode_pair(lead: int, trail: int) -> GbkCharacter:
    """The character of two bytes, or a private-use one where there is none."""
    written = bytes([lead, trail]).decode("gb18030", "ignore")
    if len(written) != 1:
        written = _NOT_A_CHARACTER
    return GbkCharacter(written, model_text(written))


@cache
def characters_between(leads: Sequence[int], trails: Sequence[int]) -> tuple[GbkCharacter, ...]:
    """All true characters of the given first and second bytes."""
    pairs = (decode_pair(lead, trail) for lead in leads for trail in trails)
    return tuple(pair for pair in pairs if not "\ue000" <= pair.written <= "\uf8ff")


def decode_pairs(codes: bytes) -> tuple[GbkCharacter, ...]:
    """The characters of pairs of bytes; an odd last byte is left over."""
    return tuple(decode_pair(*codes[index : index + 2]) for index in range(0, len(codes) - 1, 2))


def join_model_text(pairs: Iterable[GbkCharacter]) -> str:
    """What the statistics read."""
    return "".join(pair.read for pair in pairs)


def with_reading(pairs: Iterable[GbkCharacter], note: str | None) -> tuple[GbkCharacter, ...]:
    """Those of the characters that are read as a note says."""
    return tuple(pair for pair in pairs if note is not None and has_reading(pair.written, note))


def is_ascii_trail(character: str) -> bool:
    """Whether a sign of one byte may be the second byte of a pair."""
    return len(character) == 1 and 0x40 <= ord(character) < 0x7F


def until_ascii_trail(codes: bytes) -> bytes:
    """Pairs up to the first whose second byte could not begin the next: a letter that a shift took in."""
    for index in range(1, len(codes), 2):
        if codes[index] < 0x80:
            return codes[: index + 1]
    return codes


@cache
def is_simplified(character: str) -> bool:
    """Whether traditional script writes this character otherwise."""
    traditional: str = _converter().convert(character)
    return traditional != character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
