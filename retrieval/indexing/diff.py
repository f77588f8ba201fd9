"""Planning a refresh: which stories are no more, and which are to be told anew."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus import Article
from corpus.text.duplicates import ArticleCopy, signature
from retrieval.index.base import Place, Stories
from retrieval.index.local.segment import ReceivedIn, catalog_record


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
    members: tuple[tuple[Received, ArticleCopy], ...]  # of the stories to be told anew
    added: int
    changed: int
    removed: int
    unchanged: int


def article_hash(article: Article) -> str:
    """Equal hashes, equal articles."""
    record = catalog_record(article) | {"text": article.text}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:32]


def plan(
    before: Stories | None,
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
    placed: dict[str, tuple[Received, ArticleCopy]] = {}
    opened: set[Place] = set()
    while touched or opened != dead:
        for one in touched:
            member = ArticleCopy(one.article, one.modified, signature(one.article))
            placed[one.article.id] = one, member
            dead |= before.tellers(member.signature) if before else set()
        touched = []
        for place in sorted(dead - opened):
            opened.add(place)
            for one in _orphans(before, place, new, untouched, read_again):
                if one.article.id not in placed:
                    touched.append(one)
    kept = len(stored) - removed - changed
    return Plan(frozenset(dead), tuple(placed.values()), added, changed, removed, kept)


def _stored(before: Stories | None) -> dict[str, tuple[Place, ReceivedIn]]:
    """The articles as received whose stories are live, by id."""
    return {known.id: (place, known) for place, known in before.received()} if before else {}


def _orphans(
    before: Stories | None,
    place: Place,
    new: dict[str, Received],
    untouched: frozenset[str],
    read_again: Callable[[str], dict[str, Received]],
) -> Iterable[Received]:
    """What is left of a story that is no more: its articles whose files are still there."""
    assert before is not None
    for member in before.told_by(place):
        if member.file not in untouched:
            if member.id in new:
                yield new[member.id]
            continue
        again = read_again(member.file).get(member.id)
        if again is not None:
            yield again
