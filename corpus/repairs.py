"""What mending changed on a page, piece by piece, for the editor to check."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.mend import mend

_AROUND = 6  # characters shown either side of a change
_LONGEST = 4_000  # characters of a line compared piece by piece; of a longer one only the ends are


@dataclass(frozen=True, slots=True)
class Repair:
    """A piece of a line as received and as mended, with a few characters around it."""

    number: int
    received: str
    mended: str


def repairs(received: str) -> tuple[Repair, ...]:
    """Every piece of a page that mending changes, in page order; changed line breaks do not count."""
    before, after = received.splitlines(), mend(received).split("\n")
    if len(before) != len(after) and len(before) + 1 != len(after):
        before, after = [received], ["\n".join(after)]
    found: list[Repair] = []
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old != new:
            found += (Repair(number, *pieces) for pieces in _pieces(old, new))
    return tuple(found)


def _pieces(old: str, new: str) -> Iterator[tuple[str, str]]:
    if max(len(old), len(new)) > _LONGEST:
        yield old[: _LONGEST // 40] + "…", new[: _LONGEST // 40] + "…"
        return
    changes = [
        change
        for change in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if change[0] != "equal"
    ]
    for _, start, end, new_start, new_end in changes:
        yield (
            old[max(start - _AROUND, 0) : end + _AROUND],
            new[max(new_start - _AROUND, 0) : new_end + _AROUND],
        )
