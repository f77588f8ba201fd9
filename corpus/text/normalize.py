"""Normalizes script, width and case of texts, for matching only.

Normalized text is never shown. All functions but `compact` keep the length: character `i` of the result is
character `i` of the text, so that offsets into one are offsets into the other.
"""

import re
import unicodedata
from functools import cache

import opencc

SEPARATORS = {"P", "S", "Z", "C"}
"""Unicode's major classes that separate words: punctuation, symbols, spaces, control characters."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}


def simplify(text: str) -> str:
    """Convert a text to simplified script, character for character."""
    text = _SURROGATE.sub("\ufffd", text)  # no encoding can represent surrogates
    simplified: str = _converter().convert(text)
    if len(simplified) != len(text):  # a phrase may change length, a single character does not
        simplified = "".join(map(_simplify_one, text))
    return simplified


def halfwidth(text: str) -> str:
    """Convert a text to simplified script and half-width signs, character for character."""
    return simplify(text).translate(_WIDTHS)


def fold(text: str) -> str:
    """Convert a text to simplified script, half width and lower case, character for character."""
    return simplify(text).translate(_NARROW)


def compact(text: str) -> str:
    """Fold a text and drop all characters that separate words; the result may be shorter than the text."""
    return "".join(char for char in fold(text) if unicodedata.category(char)[0] not in SEPARATORS)


def is_han(char: str) -> bool:
    """Tell whether a character is written without spaces: Han, kana, and their extensions."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


def is_traditional(character: str) -> bool:
    """Tell whether simplified script writes a character otherwise."""
    return _simplify_one(character) != character


@cache
def _simplify_one(character: str) -> str:
    simplified: str = _converter().convert(character)
    return simplified if len(simplified) == 1 else character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


class _Narrow(dict[int, str]):
    """Maps a code point to its half-width, lower-case form, computed on first use."""

    def __missing__(self, code: int) -> str:
        narrow = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = narrow if len(narrow) == 1 else chr(code)
        return self[code]


_NARROW = _Narrow()
