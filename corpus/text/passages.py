"""Splits an article into the passages that are embedded, ranked and quoted."""

from dataclasses import dataclass

from corpus.article import Article, Passage, Section
from corpus.text.sentences import sentences

_FRAGMENT = 40  # characters; a shorter passage says too little to stand alone

# The costs of a cut, in units of (length / target - 1) squared. Only their order matters: first a lead-in
# stays with what it leads to, then a fragment is joined, then the limit holds, and last a cut between
# paragraphs is better than one within a paragraph.
_APART_FROM_LEAD_IN = 1000.0
_LONE_FRAGMENT = 300.0
_PAST_LIMIT = 50.0
_WITHIN_PARAGRAPH = 0.15


@dataclass(frozen=True, slots=True)
class _Unit:
    """One sentence.

    `leads_in` is true if it ends a paragraph that announces the next one: `他说:`.
    """

    start: int
    end: int
    ends_paragraph: bool
    leads_in: bool


def split_passages(article: Article, *, target: int = 250, limit: int = 400) -> tuple[Passage, ...]:
    """Split an article into passages of whole sentences.

    Every passage lies within one section. Together the passages hold the whole text, in order, without
    overlap. A fragment, or a lead-in such as `他说:`, is joined to a sentence beside it even past the limit.

    Args:
        target: the length to aim at, in characters.
        limit: the greatest length in characters, unless a single sentence is longer.
    """
    if not 0 < target <= limit:
        raise ValueError(f"target must be positive and at most limit, not {target} and {limit}")
    passages: list[Passage] = []
    for section in article.sections:
        units = _units(article.text, section)
        for first, last in _best_cuts(units, target, limit):
            start, end = units[first].start, units[last].end
            passages.append(Passage(article.id, section.heading, start, end, article.text[start:end]))
    return tuple(passages)


def _units(text: str, section: Section) -> list[_Unit]:
    spans = [
        (section.start + start, section.start + end)
        for start, end in sentences(text[section.start : section.end])
    ]
    units = []
    for (start, end), following in zip(spans, [*spans[1:], None], strict=True):
        ends_paragraph = following is None or "\n" in text[end : following[0]]
        units.append(_Unit(start, end, ends_paragraph, ends_paragraph and text[end - 1] in ":："))
    return units


def _best_cuts(units: list[_Unit], target: int, limit: int) -> list[tuple[int, int]]:
    """Choose the first and last sentence of each passage so that the sum of all costs is least."""
    cheapest = [0.0] + [float("inf")] * len(units)  # by the number of units that are already in passages
    begun_at = [0] * (len(units) + 1)
    for first in range(len(units)):
        longest = 0
        for last in range(first, len(units)):
            length = units[last].end - units[first].start
            longest = max(longest, units[last].end - units[last].start)
            if length - longest > limit:
                break
            cost = cheapest[first] + _cost(units, first, last, target, limit)
            if cost < cheapest[last + 1]:
                cheapest[last + 1], begun_at[last + 1] = cost, first
    cuts = []
    laid = len(units)
    while laid:
        cuts.append((begun_at[laid], laid - 1))
        laid = begun_at[laid]
    return cuts[::-1]


def _cost(units: list[_Unit], first: int, last: int, target: int, limit: int) -> float:
    length = units[last].end - units[first].start
    cost = (length / target - 1) ** 2
    if length < _FRAGMENT:
        cost += _LONE_FRAGMENT
    if length > limit and first != last:
        cost += _PAST_LIMIT * length / limit
    if last + 1 < len(units):
        if units[last].leads_in:
            cost += _APART_FROM_LEAD_IN
        elif not units[last].ends_paragraph:
            cost += _WITHIN_PARAGRAPH
    return cost
