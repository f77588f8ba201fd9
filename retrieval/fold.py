"""Folding: what two spellings of the same words are compared by.

Folding is for matching only; nothing folded is ever shown. It keeps the number of code points, so
that an offset into folded text is an offset into the text itself.
"""

import unicodedata
from functools import cache

from corpus import simplify

PUNCTUATION = {"P", "S", "Z", "C"}
"""Unicode's major classes that separate words: punctuation, symbols, spaces, control characters."""


def fold(text: str) -> str:
    """Fold script, width and case; the result has as many code points as `text`."""
    return "".join(_narrow(char) for char in simplify(text))


def terms(text: str) -> list[str]:
    """Cut text into what the lexical index holds: character bigrams of Han, words of the rest.

    A run of a single Han character gives that character. `"建成74个"` → `["建成", "74", "个"]`.
    """
    found = []
    for run, han in _runs(fold(text)):
        found += [run] if not han or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def compact(text: str) -> str:
    """Fold and drop all that separates words: what answers are compared by."""
    return "".join(char for char in fold(text) if unicodedata.category(char)[0] not in PUNCTUATION)


def is_han(char: str) -> bool:
    """Tell whether a character is written without spaces: Han, kana, and their extensions."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


def _runs(folded: str) -> list[tuple[str, bool]]:
    runs: list[tuple[str, bool]] = []
    before = None
    for char in folded:
        kind = None if unicodedata.category(char)[0] in PUNCTUATION else is_han(char)
        if kind is not None:
            if kind == before:
                runs[-1] = (runs[-1][0] + char, kind)
            else:
                runs.append((char, kind))
        before = kind
    return runs


@cache
def _narrow(char: str) -> str:
    narrow = unicodedata.normalize("NFKC", char).lower()
    return narrow if len(narrow) == 1 else char
