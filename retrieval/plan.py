"""Planning a refresh: which stories are no more, and which are to be told anew."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus import Article
from corpus.stories import Member, same_story, signature
from retrieval.generation import Generation
from retrieval.segment import ReceivedIn, catalog_record

Place = tuple[int, int]
"""A story of the generation before: the number of its segment in that generation, and of its article."""


@dataclass(frozen=True, slots=True)
class Received:
    """An article as read from a file, `modified` in nanoseconds."""

    file: str
    article: Article
    modified: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh has to do; added … unchanged count articles as received."""

    dead: frozenset[Place]
    members: tuple[tuple[Received, Member], ...]  # of the stories to be told anew
    added: int
    changed: int
    removed: int
    unchanged: int


def article_hash(article: Article) -> str:
    """Equal hashes, equal articles."""
    record = catalog_record(article) | {"text": article.text}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:32]


def plan(
    before: Generation | None,
    received: Iterable[Received],
    untouched: frozenset[str],
    read_again: Callable[[str], dict[str, Received]],
) -> Plan:
    """Compare what was read with what is stored from all files but the `untouched` ones.

    `read_again` gives the articles, by id, of an untouched file whose story is touched all the same.
    """
    new = {one.article.id: one for one in received}
    stored = _stored(before)
    dead: set[Place] = set()
    changed = removed = 0
    for id, (place, known) in stored.items():
        if known.file not in untouched:
            if id not in new:
                removed += 1
                dead.add(place)
            elif article_hash(new[id].article) != known.hash:
                changed += 1
                dead.add(place)
    added = len(new.keys() - stored.keys())
    touched = [new[id] for id in new if id not in stored or stored[id][0] in dead]
    placed: dict[str, tuple[Received, Member]] = {}
    opened: set[Place] = set()
    while touched or opened != dead:
        for one in touched:
            member = Member(one.article, one.modified, signature(one.article))
            placed[one.article.id] = one, member
            dead |= _tellers(before, member)
        touched = []
        for place in sorted(dead - opened):
            opened.add(place)
            for one in _orphans(before, place, new, untouched, read_again):
                if one.article.id not in placed:
                    touched.append(one)
    kept = len(stored) - removed - changed
    return Plan(frozenset(dead), tuple(placed.values()), added, changed, removed, kept)


def _stored(before: Generation | None) -> dict[str, tuple[Place, ReceivedIn]]:
    """The articles as received whose stories are live, by id."""
    if before is None:
        return {}
    return {
        known.id: ((number, known.article), known)
        for number, segment in enumerate(before.segments)
        for known in segment.received
        if known.article not in before.dead[number]
    }


def _tellers(before: Generation | None, member: Member) -> set[Place]:
    """The live stories that an article tells too."""
    found: set[Place] = set()
    for number, segment in enumerate(before.segments if before else ()):
        for article in segment.sentences.holders(member.signature):
            if before and article not in before.dead[number]:
                others = segment.members(article)
                if any(same_story(member.signature, other.signature) for other in others):
                    found.add((number, article))
    return found


def _orphans(
    before: Generation | None,
    place: Place,
    new: dict[str, Received],
    untouched: frozenset[str],
    read_again: Callable[[str], dict[str, Received]],
) -> Iterable[Received]:
    """What is left of a story that is no more: its articles whose files are still there."""
    assert before is not None
    segment = before.segments[place[0]]
    for member in segment.told_by(place[1]):
        if member.file not in untouched:
            if member.id in new:
                yield new[member.id]
            continue
        again = read_again(member.file).get(member.id)
        if again is not None:
            yield again
