"""Folding: what two spellings of the same words are compared by.

Folding is for matching only; nothing folded is ever shown. It keeps the number of code points, so
that an offset into folded text is an offset into the text itself.
"""

import unicodedata

from corpus import simplify

PUNCTUATION = {"P", "S", "Z", "C"}
"""Unicode's major classes that separate words: punctuation, symbols, spaces, control characters."""


def fold(text: str) -> str:
    """Fold script, width and case; the result has as many code points as `text`."""
    return simplify(text).translate(_NARROW)


def compact(text: str) -> str:
    """Fold and drop all that separates words: what answers are compared by."""
    return "".join(char for char in fold(text) if unicodedata.category(char)[0] not in PUNCTUATION)


def is_han(char: str) -> bool:
    """Tell whether a character is written without spaces: Han, kana, and their extensions."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


class _Narrow(dict[int, str]):
    """By code point what a character is narrowed and lowered to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        narrow = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = narrow if len(narrow) == 1 else chr(code)
        return self[code]


_NARROW = _Narrow()
