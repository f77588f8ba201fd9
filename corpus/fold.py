"""One spelling for both scripts and both widths, for matching only.

Folding keeps the length: character `i` of the folded text is character `i` of the text, so what is
found in the one is sliced from the other.
"""

import re
from functools import cache

import opencc

_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}


def fold(line: str) -> str:
    """The line in simplified script with half-width signs, character for character."""
    return simplify(line).translate(_WIDTHS)


def simplify(text: str) -> str:
    """The text in simplified script, character for character."""
    text = _SURROGATE.sub("\ufffd", text)  # which no encoding holds
    simplified: str = _converter().convert(text)
    if len(simplified) != len(text):  # phrases may change length, single characters need not
        simplified = "".join(map(_simplify_one, text))
    return simplified


def is_traditional(character: str) -> bool:
    """Whether simplified script writes this character otherwise."""
    return _simplify_one(character) != character


@cache
def _simplify_one(character: str) -> str:
    simplified: str = _converter().convert(character)
    return simplified if len(simplified) == 1 else character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
