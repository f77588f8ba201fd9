"""Pages of a report: whole paragraphs, else whole sentences, and only at last a cut between characters."""

from collections.abc import Iterator
from functools import lru_cache

from bot.botapi.utf16 import cut, trimmed, units
from corpus import sentences

PAGE_UNITS = 800
"""A page is what a reader takes in without scrolling far, not what Telegram could carry."""

Span = tuple[int, int]


def page_from(text: str, offset: int, budget: int = PAGE_UNITS) -> Span:
    """The page that begins with the paragraph at `offset` or behind it."""
    pieces = blocks(text, budget)
    first = next((i for i, (_, end) in enumerate(pieces) if end > offset), len(pieces) - 1)
    return _grown(text, pieces, first, first, budget, back=False)


def page_until(text: str, offset: int, budget: int = PAGE_UNITS) -> Span:
    """The page that ends with the paragraph before `offset`; the first page where there is none."""
    pieces = blocks(text, budget)
    before = [i for i, (_, end) in enumerate(pieces) if end <= offset]
    if not before:
        return page_from(text, 0, budget)
    start, end = _grown(text, pieces, before[-1], before[-1], budget, forward=False)
    return page_from(text, 0, budget) if start == pieces[0][0] else (start, end)


def page_around(text: str, start: int, end: int, budget: int = PAGE_UNITS) -> Span:
    """The page that holds `start`..`end` with the paragraphs before and after it."""
    pieces = blocks(text, budget)
    held = [i for i, piece in enumerate(pieces) if piece[0] < end and start < piece[1]] or [len(pieces) - 1]
    first = last = held[0]
    while last < held[-1] and units(text[pieces[first][0] : pieces[last + 1][1]]) <= budget:
        last += 1
    return _grown(text, pieces, first, last, budget)


def _grown(
    text: str,
    pieces: tuple[Span, ...],
    first: int,
    last: int,
    budget: int,
    *,
    back: bool = True,
    forward: bool = True,
) -> Span:
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
def blocks(text: str, budget: int = PAGE_UNITS) -> tuple[Span, ...]:
    """The paragraphs of a text, those too long for a page in pieces; `text` must hold something visible."""
    return tuple(_blocks(text, budget))


def _blocks(text: str, budget: int) -> Iterator[Span]:
    offset = 0
    for line in text.split("\n"):
        start, end = trimmed(text, offset, offset + len(line))
        if start < end:
            yield from _pieces(text, start, end, budget)
        offset += len(line) + 1


def _pieces(text: str, start: int, end: int, budget: int) -> Iterator[Span]:
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


def _visible(text: str, start: int, end: int) -> Iterator[Span]:
    start, end = trimmed(text, start, end)
    if start < end:
        yield start, end
