"""Encodes and decodes GBK byte by byte, for pairs of bytes that begin one byte off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import opencc

from corpus.repair.language_model import model_text
from corpus.repair.pinyin_notes import has_reading

LEADS = range(0x81, 0xFF)
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
NO_LEAD = 0x80  # may end a pair but begins none: a decoder drops it there
_NOT_A_CHARACTER = "\uf8ff"


@dataclass(frozen=True, slots=True)
class GbkCharacter:
    """A character as it is written, and as the language model sees it."""

    written: str
    model_text: str


@cache
def encode_character(character: str) -> bytes:
    """Encode a character in GBK or its user-defined areas; empty if it does not take two bytes there."""
    codes = character.encode("gb18030", "replace")
    return codes if len(codes) == 2 else b""


@cache
def decode_pair(lead: int, trail: int) -> GbkCharacter:
    """Decode two bytes; the result is a private-use character if they encode none."""
    written = bytes([lead, trail]).decode("gb18030", "ignore")
    if len(written) != 1:
        written = _NOT_A_CHARACTER
    return GbkCharacter(written, model_text(written))


@cache
def characters_between(leads: Sequence[int], trails: Sequence[int]) -> tuple[GbkCharacter, ...]:
    """List the characters of the given first and second bytes, without private-use ones."""
    pairs = (decode_pair(lead, trail) for lead in leads for trail in trails)
    return tuple(pair for pair in pairs if not "\ue000" <= pair.written <= "\uf8ff")


def decode_pairs(codes: bytes) -> tuple[GbkCharacter, ...]:
    """Decode pairs of bytes; an odd last byte is ignored."""
    return tuple(decode_pair(*codes[index : index + 2]) for index in range(0, len(codes) - 1, 2))


def join_model_text(pairs: Iterable[GbkCharacter]) -> str:
    """Join characters into the text that the language model sees."""
    return "".join(pair.model_text for pair in pairs)


def with_reading(pairs: Iterable[GbkCharacter], note: str | None) -> tuple[GbkCharacter, ...]:
    """Select the characters that can be read as a note says."""
    return tuple(pair for pair in pairs if note is not None and has_reading(pair.written, note))


def is_ascii_trail(character: str) -> bool:
    """Tell whether a character of one byte may be the second byte of a pair."""
    return len(character) == 1 and 0x40 <= ord(character) < 0x7F


def until_ascii_trail(codes: bytes) -> bytes:
    """Take the pairs up to the first whose second byte is ASCII: a shift takes that byte for a letter."""
    for index in range(1, len(codes), 2):
        if codes[index] < 0x80:
            return codes[: index + 1]
    return codes


@cache
def is_simplified(character: str) -> bool:
    """Tell whether traditional script writes a character otherwise."""
    traditional: str = _converter().convert(character)
    return traditional != character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
