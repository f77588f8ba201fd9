"""Cut a passage that is too long for a message to the sentences around its answer."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from bot.botapi.utf16 import cut, trimmed, units
from corpus import sentences


def split_budget(needs: Sequence[int], total: int) -> list[int]:
    """Divide `total` evenly among `needs`; what one does not need goes to the others."""
    budgets = [0] * len(needs)
    ascending = sorted(range(len(needs)), key=lambda i: (needs[i], i))
    for done, index in enumerate(ascending):
        budgets[index] = max(0, min(needs[index], total // (len(ascending) - done)))
        total -= budgets[index]
    return budgets


def excerpt(text: str, answer: tuple[int, int], budget: int) -> tuple[int, int]:
    """Find the part of a text around its answer that takes at most `budget` UTF-16 units.

    The part consists of whole sentences; only an answering sentence that is itself too long is cut.

    Args:
        text: A text with at least one visible character.
        answer: The start and end of the answer, in code points.
        budget: The largest length of the part, in UTF-16 units.

    Returns:
        The start and end of the part, in code points.
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
