"""Which part of a passage to show when the whole does not fit into a message."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from bot.botapi.utf16 import cut, trimmed, units
from corpus import sentences


def shares(needs: Sequence[int], total: int) -> list[int]:
    """How `total` is dealt out to `needs`: none gets more than it needs, what is left over goes round."""
    dealt = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda i: (needs[i], i))
    for place, index in enumerate(waiting):
        dealt[index] = max(0, min(needs[index], total // (len(waiting) - place)))
        total -= dealt[index]
    return dealt


def excerpt(text: str, answer: tuple[int, int], budget: int) -> tuple[int, int]:
    """The `(start, end)` of a part of `text` that holds the answer and takes at most `budget` units.

    Whole sentences around the answering one are kept; when even that sentence is too long, it is cut
    between two code points. Offsets, `answer`'s too, are code points into `text`, which must hold
    something visible.
    """
    if units(text) <= budget:
        return 0, len(text)
    start, end = trimmed(text, *answer)
    if start == end:  # no answer is marked: from the first visible character on
        start = len(text) - len(text.lstrip())
        end = start + 1
    ends = [after for _, after in sentences(text)]
    ends[-1] = len(text)
    sizes = [units(text[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    first, last = bisect_right(ends, start), bisect_left(ends, end)
    left = budget - sum(sizes[first : last + 1])
    if left < 0:
        return start, start + len(cut(text[start : max(end, ends[first])], budget))
    growing = True
    while growing:
        growing = False
        if last + 1 < len(ends) and sizes[last + 1] <= left:
            last, left, growing = last + 1, left - sizes[last + 1], True
        if first > 0 and sizes[first - 1] <= left:
            first, left, growing = first - 1, left - sizes[first - 1], True
    return ends[first - 1] if first else 0, ends[last]
