"""Chooses the headline among the lines above a report, or generates one from its first sentence."""

import re
from dataclasses import dataclass

from corpus.layout.lines import Line, remove_spaces
from corpus.text.sentences import sentences

_SITE = re.compile(r"(?:\s*[-_|丨]+\s*[^-_|丨\s]{2,16})+$")
_ORIGINAL = re.compile(r"^原[标標][题題]\s*[:：]\s*")
_SHORTEST_REPEAT = 4  # characters; a shorter line may be part of a longer one by chance
_CLAUSE_END = re.compile(r"[,，、;；:：。！？!?…]+")
_SHORTEST_MADE, _LONGEST_MADE = 8, 30
_SHORTEST_HALF, _LONGEST_HALF = 6, 30


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline in its fullest printed form.

    Attributes:
        index: the line that it is printed on.
        window_titles: the lines that hold more than the headline, as the title of a browser window does.
        repeats: the lines that print a part of it again.
    """

    title: str
    index: int
    window_titles: tuple[int, ...]
    repeats: tuple[int, ...]


def choose_headline(
    zone: tuple[Line, ...],
    candidates: list[int],
    dateline: int | None,
    subtitle: int | None,
    names: tuple[str, ...],
) -> Headline | None:
    """Choose the headline among the lines of a header.

    Args:
        zone: the lines of the header.
        candidates: the indices of the lines that may be the headline.
        dateline: the index of the report's own dateline.
        subtitle: the index of the subtitle.
        names: what a window title prints in front of a headline: the paper, the page.
    """
    if not candidates:
        return None
    window_titles: tuple[int, ...]
    holders = _holders(zone, candidates)
    if holders:
        printed, window = max(holders)
        title, whole = _from_window(zone[window].text, zone[printed].text, names)
        index, window_titles = (window, ()) if whole else (printed, (window,))
    else:
        indices = _by_position(zone, candidates, dateline, subtitle)
        title = " ".join(zone[index].text for index in indices)
        index, window_titles = indices[-1], ()
    title = " ".join(_ORIGINAL.sub("", title).split())
    repeats = tuple(
        other
        for other in candidates
        if other > index
        and len(remove_spaces(zone[other].text)) >= _SHORTEST_REPEAT
        and remove_spaces(zone[other].text) in remove_spaces(title)
    )
    return Headline(title, index, window_titles, repeats)


def find_headline(zone: tuple[Line, ...], candidates: list[int], title: str) -> Headline | None:
    """Find the lines that print a headline that is known from the markup."""
    wanted = remove_spaces(title)
    held = [
        index
        for index in candidates
        if len(line := remove_spaces(zone[index].text)) >= _SHORTEST_REPEAT
        and (line in wanted or wanted in line)
    ]
    return Headline(title, held[-1], (), tuple(held[:-1])) if held else None


def generate_headline(text: str, place: str | None, longest: int = _LONGEST_MADE) -> str:
    """Generate a headline from the first clauses of a text, behind its place if they do not name it."""
    first = text[slice(*sentences(text)[0])]
    colon = "：" if text.count("，") > text.count(",") else ":"
    lead = f"{place}{colon}" if place and place not in first[:longest] else ""
    ends = [mark.start() for mark in _CLAUSE_END.finditer(first) if mark.start()] or [len(first)]
    fitting = [end for end in ends if len(lead) + end <= longest]
    end = fitting[-1] if fitting and fitting[-1] >= _SHORTEST_MADE else min(ends[-1], longest - len(lead))
    return lead + first[:end] + ("……" if end < len(first.rstrip("。！？!?")) else "")


def _holders(zone: tuple[Line, ...], candidates: list[int]) -> list[tuple[int, int]]:
    """List the pairs of a line and an earlier, longer line that contains it."""
    squashed = {index: remove_spaces(zone[index].text) for index in candidates}
    return [
        (short, long)
        for short in candidates
        for long in candidates
        if long < short
        and _SHORTEST_REPEAT <= len(squashed[short]) < len(squashed[long])
        and squashed[short] in squashed[long]
    ]


def _from_window(window: str, printed: str, names: tuple[str, ...]) -> tuple[str, bool]:
    """Take the headline from a longer line, the title of a window.

    In front of the headline a window title names the paper and the page; anything else there is part of the
    headline.

    Returns:
        The headline, and whether it begins at the start of the longer line.
    """
    found = re.search(r"\s*".join(map(re.escape, remove_spaces(printed))), window)
    start = found.start() if found else 0
    front = remove_spaces(window[:start])
    for name in sorted(names, key=len, reverse=True):
        front = front.replace(remove_spaces(name), "")
    whole = bool(front.strip("-_|丨:： "))
    title = window if whole else window[start:]
    bare = _SITE.sub("", title)
    return (bare if remove_spaces(printed) in remove_spaces(bare) else title), whole


def _by_position(
    zone: tuple[Line, ...], candidates: list[int], dateline: int | None, subtitle: int | None
) -> list[int]:
    above_dateline = [index for index in candidates if dateline is not None and index < dateline]
    if above_dateline:
        longest = max(above_dateline, key=lambda index: (len(zone[index].text), index))
        return _with_other_half(zone, above_dateline, longest)
    above_subtitle = [index for index in candidates if subtitle is not None and index < subtitle]
    if above_subtitle:
        return _with_other_half(zone, above_subtitle, above_subtitle[-1])
    return candidates[:1]


def _with_other_half(zone: tuple[Line, ...], candidates: list[int], chosen: int) -> list[int]:
    """Add the line directly above or below the chosen one, if a headline runs over both."""
    for first, second in ((chosen - 1, chosen), (chosen, chosen + 1)):
        tight = first in candidates and second in candidates and zone[second].gap == 0
        if tight and all(_SHORTEST_HALF <= len(zone[half].text) <= _LONGEST_HALF for half in (first, second)):
            return [first, second]
    return [chosen]
