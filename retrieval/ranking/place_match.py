"""Whether a passage speaks of other places than the ones asked about."""

from functools import lru_cache

from corpus import districts_around, places_named, units_named
from retrieval.index.base import Snapshot
from retrieval.query.parse import Question
from retrieval.text.tokenize import header

BEFORE = 500
"""Code points before a passage that are read for the street or town it may still speak of."""

REMEMBERED = 2_000

_named = lru_cache(REMEMBERED)(places_named)
_units = lru_cache(REMEMBERED)(units_named)


def elsewhere(generation: Snapshot, number: int, question: Question) -> bool:
    """Whether a passage tells that it speaks of no district, street or town that is asked about.

    A passage speaks of what it names and of what stands above it; of a street or town, also of the one that
    its section named last. One that names none tells nothing.
    """
    if not question.places:
        return False
    passage, article = generation.passage(number), generation.article_of(number)
    above = header(article, passage.section)
    begins = max(each.start for each in article.sections if each.start <= passage.start)
    before = article.text[max(begins, passage.start - BEFORE) : passage.start]
    here = {*_units(passage.text), *_units(above)}
    asked, spoken = set(_units(question.text)), here | {*_units(before)[-1:]}
    if not (asked and spoken):  # then the districts tell
        around = {district for unit in asked for district in districts_around(unit)}
        asked = around or set(question.places)
        spoken = {*_named(passage.text), *_named(above)} - here
    return bool(asked and spoken) and asked.isdisjoint(spoken)
