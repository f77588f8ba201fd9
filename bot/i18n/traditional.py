"""Quotes in traditional characters, for those who ask for them; what is printed stays what it is."""

from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str, answer: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """`text` in traditional characters, and where its answering sentence stands then."""
    start, end = answer
    before, within, behind = (
        str(_converter().convert(part)) for part in (text[:start], text[start:end], text[end:])
    )
    return before + within + behind, (len(before), len(before) + len(within))
