"""Divide an article into pages of whole paragraphs, of whole sentences where a paragraph is too long."""

from collections.abc import Iterator
from functools import lru_cache

from bot.botapi.utf16 import cut, trimmed, units
from corpus import sentences

PAGE_UNITS = 800
"""The length of a page that a reader sees without much scrolling; Telegram would allow more."""

Range = tuple[int, int]
"""A start and an end in code points."""


def page_from(text: str, offset: int, budget: int = PAGE_UNITS) -> Range:
    """Return the page that begins with the paragraph at `offset`, or the first one after it."""
    pieces = blocks(text, budget)
    first = next((i for i, (_, end) in enumerate(pieces) if end > offset), len(pieces) - 1)
    return _grow(text, pieces, first, first, budget, back=False)


def page_until(text: str, offset: int, budget: int = PAGE_UNITS) -> Range:
    """Return the page that ends with the paragraph before `offset`; the first page where there is none."""
    pieces = blocks(text, budget)
    before = [i for i, (_, end) in enumerate(pieces) if end <= offset]
    if not before:
        return page_from(text, 0, budget)
    start, end = _grow(text, pieces, before[-1], before[-1], budget, forward=False)
    return page_from(text, 0, budget) if start == pieces[0][0] else (start, end)


def page_around(text: str, start: int, end: int, budget: int = PAGE_UNITS) -> Range:
    """Return the page that holds `start`..`end` and, if they fit, the paragraphs around it."""
    pieces = blocks(text, budget)
    held = [i for i, piece in enumerate(pieces) if piece[0] < end and start < piece[1]] or [len(pieces) - 1]
    first = last = held[0]
    while last < held[-1] and units(text[pieces[first][0] : pieces[last + 1][1]]) <= budget:
        last += 1
    return _grow(text, pieces, first, last, budget)


def _grow(
    text: str,
    pieces: tuple[Range, ...],
    first: int,
    last: int,
    budget: int,
    *,
    back: bool = True,
    forward: bool = True,
) -> Range:
    growing = True
    while growing:
        growing = False
        if back and first and units(text[pieces[first - 1][0] : pieces[last][1]]) <= budget:
            first, growing = first - 1, True
        more = last + 1 < len(pieces)
        if forward and more and units(text[pieces[first][0] : pieces[last + 1][1]]) <= budget:
            last, growing = last + 1, True
    return pieces[first][0], pieces[last][1]


@lru_cache(maxsize=64)
def blocks(text: str, budget: int = PAGE_UNITS) -> tuple[Range, ...]:
    """Split a text with visible characters into paragraphs, and paragraphs too long for a page further."""
    return tuple(_blocks(text, budget))


def _blocks(text: str, budget: int) -> Iterator[Range]:
    offset = 0
    for line in text.split("\n"):
        start, end = trimmed(text, offset, offset + len(line))
        if start < end:
            yield from _pieces(text, start, end, budget)
        offset += len(line) + 1


def _pieces(text: str, start: int, end: int, budget: int) -> Iterator[Range]:
    if units(text[start:end]) <= budget:
        yield start, end
        return
    begun = reached = start
    for _, stop in [*sentences(text[start:end]), (0, end - start)]:
        stop += start
        if units(text[begun:stop]) > budget and reached > begun:
            yield from _visible(text, begun, reached)
            begun = reached
        while units(text[begun:stop]) > budget:
            middle = begun + len(cut(text[begun:stop], budget))
            yield from _visible(text, begun, middle)
            begun = middle
        reached = stop
    yield from _visible(text, begun, end)


def _visible(text: str, start: int, end: int) -> Iterator[Range]:
    start, end = trimmed(text, start, end)
    if start < end:
        yield start, end
