"""Tell whether a passage is about other places than the ones a question names."""

from functools import lru_cache

from corpus import districts_around, places_named, units_named
from retrieval.ranking.features import Candidate
from retrieval.ranking.search import Search
from retrieval.text.tokenize import header

LOOKBACK = 500
"""Code points before a passage that are read for the street or town that its section named last."""

_CACHED = 2_000
_places = lru_cache(_CACHED)(places_named)
_units = lru_cache(_CACHED)(units_named)


def names_other_places(search: Search, candidate: Candidate) -> bool:
    """Tell whether a passage names districts, streets or towns, and none of those that the question names.

    What stands above a passage counts as named in it, and so does the street or town that its section named
    last. A passage that names none may be about any.
    """
    query = search.query
    if not query.places:
        return False
    passage, article = candidate.passage, candidate.article
    above = header(article, passage.section)
    begins = max(each.start for each in article.sections if each.start <= passage.start)
    before = article.text[max(begins, passage.start - LOOKBACK) : passage.start]
    here = {*_units(passage.text), *_units(above)}
    asked, named = set(query.units), here | {*_units(before)[-1:]}
    if not (asked and named):  # then the districts decide
        around = {district for unit in asked for district in districts_around(unit)}
        asked = around or set(query.places)
        named = {*_places(passage.text), *_places(above)} - here
    return bool(asked and named) and asked.isdisjoint(named)
