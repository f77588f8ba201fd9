"""Convert quotes from simplified to traditional characters."""

from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str, answer: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """Convert `text` and return it with the span of its answering sentence, `answer`, after conversion."""
    start, end = answer
    before, within, behind = (
        str(_converter().convert(part)) for part in (text[:start], text[start:end], text[end:])
    )
    return before + within + behind, (len(before), len(before) + len(within))
