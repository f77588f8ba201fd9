"""Writing a generation into Milvus: new rows beside the old ones, then the one row that makes them serve."""

import json
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from retrieval.index.local.segment import Story, catalog_record
from retrieval.index.manifest import Manifest
from retrieval.index.milvus.connection import AT_ONCE, Connection, Row
from retrieval.index.milvus.schema import (
    NO_VECTOR,
    PER_GENERATION,
    PER_STORY,
    SENTENCES,
    TEXT_FIELDS,
    Collections,
    asked_of,
    buildings,
    codes_of,
    packed,
    words,
)
from retrieval.index.milvus.snapshot import (
    MilvusSnapshot,
    article_key,
    counts,
    tokens_bytes,
    tokens_key,
)
from retrieval.index.milvus.state import FORMAT, State, dead_key
from retrieval.index.quantization import Codec
from retrieval.index.update import Telling
from retrieval.indexing.diff import Plan
from retrieval.text.tokenize import FIELDS, Codes, code, field_terms

PASSAGES_AT_ONCE = 200
"""Passages whose rows are sent together."""


SKIPPED = 100
"""Generations that were given up, of which it is remembered that nothing may be shown."""


class Writer:
    """Writes one generation. `before` is what it goes on from, None where it is built from nothing;
    `skipped` are those given up in between, as in `State`."""

    def __init__(
        self,
        connection: Connection,
        before: MilvusSnapshot | None,
        number: int,
        skipped: tuple[int, ...] = (),
    ) -> None:
        self._connection = connection
        self._before = before
        self._number = number
        self._next = number * PER_GENERATION
        self._skipped = skipped[-SKIPPED:]
        built = before.state.built if before else number
        self._collections = Collections(connection, built)
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._changes: dict[int, list[int]] = defaultdict(lambda: [0] * len(FIELDS))
        self._lengths = [*before.state.lengths] if before else [0] * len(FIELDS)
        self._articles = before.manifest.articles if before else 0
        self._passages = before.manifest.passages if before else 0

    def write(self, todo: Plan, telling: Telling, model: str) -> State:
        """Write all rows; returns the state that makes them serve, which is not written yet."""
        if self._before:
            sweep(self._before, self._number)
            self._codec = self._before.state.codec
        else:
            self._codec = Codec.of(telling.encoder, telling.bits)
            self._collections.create(telling.encoder.dimension)
        dead = sorted(story for _, story in todo.dead)
        self._forget(dead)
        for story in telling.told(self._codec.tokens):
            self._add(story)
            if len(self._rows[self._collections.passages]) >= PASSAGES_AT_ONCE:
                self._send()
        if dead:
            self._rows[self._collections.pieces] += self._collections.piece_rows(
                dead_key(self._number), packed(dead), 0, self._number
            )
        self._count()
        self._send()
        return self._state(model, len(dead))

    def _state(self, model: str, dead: int) -> State:
        tokens = self._codec.tokens
        dimension, bits = len(tokens.mean), tokens.bits
        manifest = Manifest(FORMAT, self._number, model, dimension, bits, self._articles, self._passages, ())
        return State(
            manifest, self._collections.built, dead, self._skipped, tuple(self._lengths), self._codec
        )

    def _forget(self, dead: list[int]) -> None:
        """Take the terms of stories that are no more out of the statistics."""
        self._articles -= len(dead)
        for row in rows_of(self._connection, self._collections.passages, dead, TEXT_FIELDS):
            self._passages -= 1
            self._tell([codes_of(row[name]) for name in TEXT_FIELDS], -1)

    def _add(self, story: Story) -> None:
        number, self._next = self._next, self._next + 1
        self._articles += 1
        common: Row = {"story": number, "born": self._number}
        empty: Row = {"none": NO_VECTOR}
        asked = asked_of(story.article)
        c, rows = self._collections, self._rows
        rows[c.articles].append(common | asked | empty)
        body = {
            "record": catalog_record(story.article),
            "text": story.article.text,
            "signatures": [sorted(member.signature.items()) for member in story.members],
        }
        rows[c.pieces] += c.piece_rows(article_key(number), packed(body), number, self._number)
        for place, member in enumerate(story.members):
            longest = sorted(member.signature, key=lambda sentence: (-member.signature[sentence], sentence))
            rows[c.members].append(
                common
                | empty
                | {
                    "id": f"{number}/{place}",
                    "told": json.dumps([member.id, member.file, member.hash]),
                    "sentences": [signed(sentence) for sentence in longest[:SENTENCES]],
                }
            )
        starts = [section.start for section in story.article.sections]
        for place, stored in enumerate(story.passages):
            passage = stored.passage
            self._passages += 1
            fields = field_terms(story.article, passage)
            found = [np.asarray([code(term) for term in field], np.uint32) for field in fields]
            self._tell(found, 1)
            id = number * PER_STORY + place
            rows[c.passages].append(
                common
                | asked
                | {
                    "id": id,
                    "start": passage.start,
                    "end": passage.end,
                    "section": int(np.searchsorted(starts, passage.start, side="right")) - 1,
                    "vector": self._codec.rounded(stored.vector).tolist(),
                }
                | {name: words(codes.tolist()) for name, codes in zip(TEXT_FIELDS, found, strict=True)}
            )
            content = tokens_bytes(stored.tokens)
            rows[c.pieces] += c.piece_rows(tokens_key(id), content, number, self._number)

    def _tell(self, found: list[Codes], sign: int) -> None:
        for field, codes in enumerate(found):
            self._lengths[field] += sign * len(codes)
            for each in set(codes.tolist()):
                self._changes[each][field] += sign

    def _count(self) -> None:
        """Say of each term that came or went how many passages hold it now."""
        changed = {code: change for code, change in self._changes.items() if any(change)}
        known: dict[int, tuple[int, ...]] = {}
        if self._before:
            known = counts(self._collections, changed, self._before.born)
        for code_, change in sorted(changed.items()):
            now = np.asarray(known.get(code_, (0,) * len(FIELDS))) + change
            self._rows[self._collections.terms].append(
                {"id": code_ << 31 | self._number, "code": code_, "born": self._number, "none": NO_VECTOR}
                | dict(zip(TEXT_FIELDS, now.tolist(), strict=True))
            )

    def _send(self) -> None:
        for name, rows in self._rows.items():
            self._connection.insert(name, rows)
        self._rows.clear()


def sweep(serving: MilvusSnapshot, number: int) -> None:
    """Delete what no snapshot needs that anybody still holds: what a killed refresh left behind, what was
    dead in the generation that serves, and the collections of the building before. `number` is that of the
    generation to come: a process that does not know that it was given up takes nothing from its successor.
    """
    c, connection = serving.collections, serving.collections.connection
    generation = serving.manifest.generation
    for name, built in buildings(connection).items():
        if built < number and built != c.built:
            connection.drop(name)
    for name in c.all:
        connection.delete(
            name, f"{generation} < born and born < {number} or born in {[*serving.state.skipped]}"
        )
    dead = sorted(serving.dead)
    for at in range(0, len(dead), AT_ONCE):
        for name in (c.passages, c.articles, c.members, c.pieces):
            connection.delete(name, f"story in {dead[at : at + AT_ONCE]}")
    connection.delete(c.pieces, f"story == 0 and born < {generation}")
    if generation == c.built:
        return  # there was nothing before
    new = [row["code"] for row in connection.query(c.terms, f"born == {generation}", ["code"])]
    for at in range(0, len(new), AT_ONCE):
        connection.delete(c.terms, f"born < {generation} and code in {new[at : at + AT_ONCE]}")


def rows_of(connection: Connection, name: str, stories: list[int], fields: Iterable[str]) -> Iterable[Row]:
    """The rows of stories in a collection."""
    for at in range(0, len(stories), AT_ONCE):
        yield from connection.query(name, f"story in {stories[at : at + AT_ONCE]}", [*fields])


def signed(hashed: int) -> int:
    """An unsigned number of 64 bits as Milvus holds it."""
    return hashed - (1 << 64) if hashed >= 1 << 63 else hashed
