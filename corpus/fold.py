"""One spelling for both scripts and both widths, for matching only.

Folding keeps the length: character `i` of the folded line is character `i` of the line, so what a
rule finds in the one is sliced from the other.
"""

from functools import cache

import opencc

_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}


def fold(line: str) -> str:
    """The line in simplified script with half-width signs, character for character."""
    converter = _to_simplified()
    folded: str = converter.convert(line)
    if len(folded) != len(line):  # phrases may change length, single characters cannot
        folded = "".join(converter.convert(character)[:1] or character for character in line)
    return folded.translate(_WIDTHS)


def is_traditional(character: str) -> bool:
    """Whether simplified script writes this character otherwise."""
    return bool(_to_simplified().convert(character) != character)


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
