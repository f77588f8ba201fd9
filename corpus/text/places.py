"""Finds places in texts: districts, streets and towns of Chongqing, and well-known places elsewhere.

`places.tsv` is the gazetteer: a district or county a line, then its streets, towns and townships.
`far_places.tsv` names other places in Chinese and English: countries and cities of the Unicode CLDR, and
provinces and cities of China by their administrative codes. Of the names of two characters it holds only
those that are frequent in news and are no ordinary word.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from corpus.data import read_lines
from corpus.text.normalize import halfwidth

_CITY = "重庆"
_SUFFIX = re.compile(r"(?:土家族苗族|苗族土家族|土家族)?自治县$|(?:街道|区|县|镇|乡)$")

_NOT_IN_NAME = "".join(read_lines("characters_outside_names.txt"))
_UNLISTED = re.compile(
    rf"(?:(?![{_NOT_IN_NAME}])[\u4e00-\u9fff]){{2,5}}?(?:街道办事处|街道|社区|小区|村(?![民委主支])|镇(?!长)|乡(?![长村亲]))"
)

# The weight of a mention. A headline names the place that a report is about; a body also names others, so
# that only repeated mentions count there, up to a limit.
_IN_TITLE, _IN_SUBTITLE, _BY_PUBLISHER, _IN_LEAD, _IN_BODY = 8.0, 6.0, 6.0, 4.0, 0.5
_LEAD = 200
_MOST_COUNTED = 10
_ENOUGH = 4.0


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    """The meanings of each name of a place in Chongqing.

    `districts` maps a name to its district, `units` a name of a street or town to `(district, unit)` pairs.
    """

    districts: dict[str, str]
    units: dict[str, tuple[tuple[str, str], ...]]
    names: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _FarPlaces:
    """Well-known places outside Chongqing.

    `names` maps each name to the names of the same place in the other language.
    """

    names: dict[str, tuple[str, ...]]
    chinese: re.Pattern[str]
    english: re.Pattern[str]


def infer_place(title: str, subtitle: str, publisher: str, text: str, page: str) -> str | None:
    """Infer the district, and the street or town if there is one, that a report is about.

    The short name of a district (`江北`) is also a name elsewhere in China, so a page must name Chongqing or
    some district in full. Ties go to the place that the gazetteer lists first.

    Args:
        text: the body of the report.
        page: the whole page, with all that was cut from it.

    Returns:
        The official names, district first, or None if no place stands out.
    """
    whole = halfwidth(page)
    gazetteer = _gazetteer()
    if _CITY not in whole and not any(name in whole for name in gazetteer.districts if name[-1] in "区县"):
        return None
    weighted = [
        (halfwidth(title), _IN_TITLE),
        (halfwidth(subtitle), _IN_SUBTITLE),
        (halfwidth(publisher), _BY_PUBLISHER),
        (halfwidth(text[:_LEAD]), _IN_LEAD),
    ]
    body = Counter(match.group() for match in gazetteer.names.finditer(halfwidth(text)))
    district = _best_district(gazetteer, weighted, body)
    if district is None:
        return None
    return district + (_best_unit(gazetteer, district, weighted, body) or "")


def place_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Find where a text names a place of Chongqing, or any community, village or street.

    The gazetteer ends at streets and towns; smaller places are found by the endings of their names.

    Returns:
        `(start, end)` offsets in code points, in order.
    """
    folded = halfwidth(text)
    found = [match.span() for match in _gazetteer().names.finditer(folded)]
    found += [match.span() for match in _UNLISTED.finditer(folded) if not _overlaps(match, found)]
    return tuple(sorted(found))


def _overlaps(match: re.Match[str], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < match.end() and match.start() < end for start, end in spans)


def places_named(text: str) -> tuple[str, ...]:
    """List the districts, streets and towns that a text names, in simplified script without 区 or 街道."""
    found = (_SUFFIX.sub("", match.group()) for match in _gazetteer().names.finditer(halfwidth(text)))
    return tuple(dict.fromkeys(name for name in found if len(name) > 1))


def far_places_named(text: str) -> tuple[tuple[str, ...], ...]:
    """List the well-known places outside Chongqing that a text names.

    Returns:
        For each place the name that the text uses, then its names in the other language.
    """
    folded, far = halfwidth(text), _far_places()
    near = [match.span() for match in _gazetteer().names.finditer(folded)]
    found = [
        match.group()
        for match in [*far.chinese.finditer(folded), *far.english.finditer(text)]
        # 江北京剧团 does not name 北京
        if not _overlaps(match, near)
    ]
    return tuple((name, *far.names[name]) for name in dict.fromkeys(found))


def units_named(text: str) -> tuple[str, ...]:
    """List every mention of a street or town in a text, in order, written as in `places_named`."""
    gazetteer = _gazetteer()
    found = (match.group() for match in gazetteer.names.finditer(halfwidth(text)))
    return tuple(_SUFFIX.sub("", name) for name in found if name in gazetteer.units)


def districts_around(unit: str) -> tuple[str, ...]:
    """List the districts that have a street or town of this name, both written as in `places_named`."""
    return tuple(_SUFFIX.sub("", district) for district, _ in _gazetteer().units.get(unit, ()))


def _best_district(
    gazetteer: _Gazetteer, weighted: list[tuple[str, float]], body: Counter[str]
) -> str | None:
    scores = dict.fromkeys(gazetteer.districts.values(), 0.0)
    for part, weight in weighted:
        for name in {match.group() for match in gazetteer.names.finditer(part)}:
            for district in _districts(gazetteer, name):
                scores[district] += weight
    for district in scores:
        mentions = sum(count for name, count in body.items() if district in _districts(gazetteer, name))
        scores[district] += _IN_BODY * min(mentions, _MOST_COUNTED)
    best = max(scores, key=lambda district: scores[district])
    return best if scores[best] >= _ENOUGH else None


def _districts(gazetteer: _Gazetteer, name: str) -> tuple[str, ...]:
    """Find the district that a name stands for; the name of a unit counts if only one district has it."""
    if name in gazetteer.districts:
        return (gazetteer.districts[name],)
    found = gazetteer.units[name]
    return (found[0][0],) if len(found) == 1 else ()


def _best_unit(
    gazetteer: _Gazetteer, district: str, weighted: list[tuple[str, float]], body: Counter[str]
) -> str | None:
    """Choose the unit that title, subtitle or publisher name, or the lead and most mentions in the body."""
    mentions: Counter[str] = Counter()
    for name, count in body.items():
        for owner, unit in gazetteer.units.get(name, ()):
            if owner == district:
                mentions[unit] += count
    scores: dict[str, float] = {}
    for part, weight in weighted:
        for name in dict.fromkeys(match.group() for match in gazetteer.names.finditer(part)):
            for owner, unit in gazetteer.units.get(name, ()):
                if owner == district and (weight > _IN_LEAD or 2 * mentions[unit] > mentions.total()):
                    scores[unit] = scores.get(unit, 0.0) + weight + _IN_BODY * mentions[unit]
    if not scores:
        return None
    best = max(scores, key=lambda unit: scores[unit])
    rivals = [unit for unit in scores if unit != best and scores[unit] >= scores[best] - _IN_LEAD]
    return None if rivals else best


@cache
def _gazetteer() -> _Gazetteer:
    districts: dict[str, str] = {}
    units: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in read_lines("places.tsv"):
        district, _, row_units = row.partition("\t")
        short = _SUFFIX.sub("", district)
        for name in (district, f"{short}县" if "自治县" in district else district, short):
            if len(name) > 1:
                districts[name] = district
        for unit in row_units.split():
            for name in (unit, _SUFFIX.sub("", unit)):
                if len(name) > 2:  # 大有, 东城: too short to be a name in every text
                    units[name] = tuple(dict.fromkeys([*units.get(name, ()), (district, unit)]))
    for name in districts:
        units.pop(name, None)
    return _Gazetteer(districts, units, re.compile(_any_of([*districts, *units])))


@cache
def _far_places() -> _FarPlaces:
    names: dict[str, tuple[str, ...]] = {}
    in_english: dict[str, tuple[str, ...]] = {}
    for row in read_lines("far_places.tsv"):
        chinese, *english = row.split("\t")
        names[chinese] = tuple(english)
        for name in english:
            in_english[name] = (*in_english.get(name, ()), chinese)
    return _FarPlaces(
        names | in_english,
        re.compile(_any_of(names)),
        re.compile(rf"\b(?:{_any_of(in_english)})\b"),
    )


def _any_of(names: Iterable[str]) -> str:
    """Build a pattern that prefers longer names."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
