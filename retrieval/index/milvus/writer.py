"""Write the rows of a generation into Milvus. They become visible when the state is replaced."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from retrieval.index.manifest import Manifest
from retrieval.index.milvus.connection import BATCH_ROWS, Connection, Row
from retrieval.index.milvus.schema import (
    DOCUMENTS_PER_GENERATION,
    NO_VECTOR,
    PASSAGES_PER_DOCUMENT,
    SENTENCES,
    TEXT_FIELDS,
    Collections,
    built_generations,
    codes_of_text,
    compress,
    filter_fields,
    text_of_codes,
)
from retrieval.index.milvus.snapshot import (
    MilvusSnapshot,
    article_key,
    passage_counts,
    tokens_key,
    tokens_to_bytes,
)
from retrieval.index.milvus.state import FORMAT, State, dead_key
from retrieval.index.quantization import Codec
from retrieval.index.records import Document, StoredCopy, StoredPassage, article_to_record
from retrieval.index.update import Changes, Update
from retrieval.text.tokenize import FIELDS, Codes, code, field_terms

BATCH_PASSAGES = 200
"""The number of passages after which rows are sent."""

MAX_SKIPPED = 100
"""The most abandoned generations that the state lists."""


class Writer:
    """Writes the rows of one generation.

    Args:
        before: The generation that this one changes; None builds the index from nothing.
        number: The generation to write.
        skipped: Abandoned generations, see `State`.
    """

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
        self._next = number * DOCUMENTS_PER_GENERATION
        self._skipped = skipped[-MAX_SKIPPED:]
        built = before.state.built if before else number
        self._collections = Collections(connection, built)
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._changes: dict[int, list[int]] = defaultdict(lambda: [0] * len(FIELDS))
        self._lengths = [*before.state.lengths] if before else [0] * len(FIELDS)
        self._articles = before.manifest.articles if before else 0
        self._passages = before.manifest.passages if before else 0

    def write(self, changes: Changes, update: Update, model: str) -> State:
        """Write all rows, and return the state that makes them visible once the caller writes it."""
        if self._before:
            delete_unused_rows(self._before, self._number)
            self._codec = self._before.state.codec
        else:
            self._codec = Codec.fit(update.encoder, update.bits)
            self._collections.create(update.encoder.dimension)
        dead = sorted(document.number for document in changes.dead)
        self._subtract_dead(dead)
        for document in update.documents(self._codec.tokens):
            self._add(document)
            if len(self._rows[self._collections.passages]) >= BATCH_PASSAGES:
                self._send()
        if dead:
            self._rows[self._collections.pieces] += self._collections.piece_rows(
                dead_key(self._number), compress(dead), 0, self._number
            )
        self._add_term_rows()
        self._send()
        return self._state(model, len(dead))

    def _state(self, model: str, dead: int) -> State:
        tokens = self._codec.tokens
        dimension, bits = len(tokens.mean), tokens.bits
        manifest = Manifest(FORMAT, self._number, model, dimension, bits, self._articles, self._passages, ())
        return State(
            manifest, self._collections.built, dead, self._skipped, tuple(self._lengths), self._codec
        )

    def _subtract_dead(self, dead: list[int]) -> None:
        """Subtract dead documents from the statistics."""
        self._articles -= len(dead)
        for row in rows_of_documents(self._connection, self._collections.passages, dead, TEXT_FIELDS):
            self._passages -= 1
            self._change_counts([codes_of_text(row[name]) for name in TEXT_FIELDS], -1)

    def _add(self, document: Document) -> None:
        """Add the rows of a document."""
        number, self._next = self._next, self._next + 1
        self._articles += 1
        common: Row = {"story": number, "born": self._number}
        searched = filter_fields(document.article)
        collections, rows = self._collections, self._rows
        rows[collections.articles].append(common | searched | {"none": NO_VECTOR})
        content = {
            "record": article_to_record(document.article),
            "text": document.article.text,
            "signatures": [sorted(copy.signature.items()) for copy in document.copies],
        }
        rows[collections.pieces] += collections.piece_rows(
            article_key(number), compress(content), number, self._number
        )
        rows[collections.members] += [
            common | _copy_row(f"{number}/{position}", copy) for position, copy in enumerate(document.copies)
        ]
        section_starts = [section.start for section in document.article.sections]
        for position, stored in enumerate(document.passages):
            self._passages += 1
            id = number * PASSAGES_PER_DOCUMENT + position
            fields = field_terms(document.article, stored.passage)
            codes = [np.asarray([code(term) for term in field], np.uint32) for field in fields]
            self._change_counts(codes, 1)
            passage_row = self._passage_row(stored, section_starts, codes)
            rows[collections.passages].append({"id": id} | common | searched | passage_row)
            rows[collections.pieces] += collections.piece_rows(
                tokens_key(id), tokens_to_bytes(stored.tokens), number, self._number
            )

    def _passage_row(self, stored: StoredPassage, section_starts: list[int], codes: Sequence[Codes]) -> Row:
        passage = stored.passage
        return {
            "start": passage.start,
            "end": passage.end,
            "section": int(np.searchsorted(section_starts, passage.start, side="right")) - 1,
            "vector": self._codec.round_trip(stored.vector).tolist(),
        } | {name: text_of_codes(of.tolist()) for name, of in zip(TEXT_FIELDS, codes, strict=True)}

    def _change_counts(self, codes: Sequence[Codes], sign: int) -> None:
        """Add the terms of one passage to the statistics, or subtract them."""
        for field, of_field in enumerate(codes):
            self._lengths[field] += sign * len(of_field)
            for each in set(of_field.tolist()):
                self._changes[each][field] += sign

    def _add_term_rows(self) -> None:
        """Add a row for each term that is now in more or fewer passages than before."""
        changed = {code: change for code, change in self._changes.items() if any(change)}
        former: dict[int, tuple[int, ...]] = {}
        if self._before:
            former = passage_counts(self._collections, changed, self._before.born)
        for each, change in sorted(changed.items()):
            now = np.asarray(former.get(each, (0,) * len(FIELDS))) + change
            self._rows[self._collections.terms].append(
                {"id": each << 31 | self._number, "code": each, "born": self._number, "none": NO_VECTOR}
                | dict(zip(TEXT_FIELDS, now.tolist(), strict=True))
            )

    def _send(self) -> None:
        for name, rows in self._rows.items():
            self._connection.insert(name, rows)
        self._rows.clear()


def delete_unused_rows(current: MilvusSnapshot, number: int) -> None:
    """Delete rows that neither the current snapshot nor a reader of it needs.

    These are the rows of interrupted refreshes, rows of documents that are dead in the current generation,
    and the collections of an index that was rebuilt since.

    Args:
        current: The current generation.
        number: The generation that is being written. Rows of later generations are kept, so that a process
            that lost its lease deletes nothing that its successor wrote.
    """
    collections, connection = current.collections, current.collections.connection
    generation = current.manifest.generation
    for name, built in built_generations(connection).items():
        if built < number and built != collections.built:
            connection.drop(name)
    for name in collections.all:
        connection.delete(
            name, f"{generation} < born and born < {number} or born in {[*current.state.skipped]}"
        )
    for some in _batches(sorted(current.dead)):
        for name in (collections.passages, collections.articles, collections.members, collections.pieces):
            connection.delete(name, f"story in {some}")
    connection.delete(collections.pieces, f"story == 0 and born < {generation}")
    if generation == collections.built:
        return  # no term has an earlier row
    new = [row["code"] for row in connection.query(collections.terms, f"born == {generation}", ["code"])]
    for some in _batches(new):
        connection.delete(collections.terms, f"born < {generation} and code in {some}")


def rows_of_documents(
    connection: Connection, name: str, documents: list[int], fields: Iterable[str]
) -> Iterable[Row]:
    """Yield the rows of documents in a collection."""
    for some in _batches(documents):
        yield from connection.query(name, f"story in {some}", [*fields])


def to_signed(unsigned: int) -> int:
    """Convert an unsigned 64-bit number to the signed number of the same bits, which Milvus can store."""
    return unsigned - (1 << 64) if unsigned >= 1 << 63 else unsigned


def _copy_row(id: str, copy: StoredCopy) -> Row:
    longest = sorted(copy.signature, key=lambda sentence: (-copy.signature[sentence], sentence))
    return {
        "id": id,
        "told": json.dumps([copy.id, copy.file, copy.hash]),
        "sentences": [to_signed(sentence) for sentence in longest[:SENTENCES]],
        "none": NO_VECTOR,
    }


def _batches(numbers: list[int]) -> Iterable[list[int]]:
    for at in range(0, len(numbers), BATCH_ROWS):
        yield numbers[at : at + BATCH_ROWS]
