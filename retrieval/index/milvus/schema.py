"""The collections of an index in Milvus.

```
wenbao                the row `state`: the current generation; rows `writer/…`: who writes (see `lease`)
wenbao_N_passages     passages: vector; terms of text, header and spelling, each with BM25; filter fields
wenbao_N_articles     articles: filter fields
wenbao_N_members      the copies of the documents, with the hashes of their sentences
wenbao_N_pieces       long contents, split into pieces: articles with texts, token vectors, dead documents
wenbao_N_terms        how many passages contain a term in each field, since a generation
```

N is the generation at which the index was last built from nothing. Only rows of `wenbao` are ever replaced.
The column `born` is the generation that wrote a row; the column `story` is the number of its document. A
generation shows the rows that it or an earlier generation wrote, except those of documents it lists as dead.
The rows of a refresh are therefore invisible until the refresh replaces the row `state`.

A term is written as the eight hexadecimal digits of its code (`tokenize.code`), which no analyzer splits.
Milvus requires a vector in every collection: where no vector is searched, the column `none` is a constant.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from corpus import Article, publishers
from retrieval.index.filter import Filter, folded
from retrieval.index.milvus.connection import Connection, Row
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import Codes

NAME = "wenbao"

LONGEST = 65_535
"""The most bytes that Milvus allows in a text."""

PIECE = 60_000
"""The most characters of one piece of long content."""

SENTENCES = 4_000
"""The most sentences of a copy, the longest first, whose hashes are stored to find duplicates."""

TEXT_FIELDS = ("text", "header", "spelled")
"""The columns of `tokenize.FIELDS`."""

PASSAGES_PER_DOCUMENT, DOCUMENTS_PER_GENERATION = 1 << 20, 1 << 22
"""The sizes of the ranges from which numbers are given, so that no number is used twice.

Passages of a document are numbered from `document * PASSAGES_PER_DOCUMENT`, and documents of a generation
from `generation * DOCUMENTS_PER_GENERATION`.
"""

INDEXED = {"code", "story"}
"""The columns with an index, besides primary keys."""

NO_VECTOR = [0.0, 0.0]


class Collections:
    """The collections of the index that was built from nothing at generation `built`."""

    def __init__(self, connection: Connection, built: int) -> None:
        self.connection = connection
        self.built = built
        named = f"{NAME}_{built}"
        self.passages, self.articles = f"{named}_passages", f"{named}_articles"
        self.members, self.pieces, self.terms = f"{named}_members", f"{named}_pieces", f"{named}_terms"

    @property
    def all(self) -> tuple[str, ...]:
        """The names of the collections."""
        return self.passages, self.articles, self.members, self.pieces, self.terms

    def create(self, dimension: int) -> None:
        """Create all collections, empty."""
        for name in self.connection.collections() & set(self.all):  # an interrupted refresh left them
            self.connection.drop(name)
        born, document, id = _integer("born"), _integer("story"), _string("id", 64, key=True)
        sentences: Row = {
            "field_name": "sentences",
            "datatype": "ARRAY",
            "element_type": "INT64",
            "max_capacity": 4_096,
        }
        columns = {
            self.articles: [_integer("story", key=True), born, _integer("day"), *_name_columns()],
            self.members: [id, document, born, _string("told"), sentences],
            self.pieces: [id, document, born, _integer("of"), _string("data")],
            self.terms: [_integer("id", key=True), _integer("code"), born, *map(_integer, TEXT_FIELDS)],
        }
        for name, fields in columns.items():
            _create(self.connection, name, fields)
        numbers = ("story", "born", "start", "end", "section", "day")
        fields = [_integer("id", key=True), *map(_integer, numbers), *_name_columns()]
        _create(self.connection, self.passages, fields, dimension)

    def piece_rows(self, key: str, content: bytes, document: int, born: int) -> Iterator[Row]:
        """Yield the rows that hold a long content."""
        coded = base64.b64encode(content).decode("ascii")
        pieces = [coded[at : at + PIECE] for at in range(0, len(coded), PIECE)] or [""]
        for number, data in enumerate(pieces):
            yield {
                "id": f"{key}/{number}", "story": document, "born": born, "of": len(pieces), "data": data,
                "none": NO_VECTOR,
            }  # fmt: skip

    def contents(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the stored contents of keys, without the keys that have none."""
        fields = ("id", "of", "data")
        rows = {
            row["id"]: row for row in self.connection.get(self.pieces, [f"{key}/0" for key in keys], fields)
        }
        further = [
            f"{row['id'].rpartition('/')[0]}/{number}"
            for row in rows.values()
            for number in range(1, row["of"])
        ]
        rows |= {row["id"]: row for row in self.connection.get(self.pieces, further, fields)}
        found = {}
        for key in keys:
            first = rows.get(f"{key}/0")
            parts = [rows.get(f"{key}/{number}") for number in range(first["of"])] if first else [None]
            if None not in parts:
                found[key] = base64.b64decode("".join(part["data"] for part in parts if part))
        return found


def create_state(connection: Connection) -> None:
    """Create the collection of the state and the leases unless it exists."""
    if NAME not in connection.collections():
        _create(connection, NAME, [_string("id", 64, key=True), _string("said")])


def built_generations(connection: Connection) -> dict[str, int]:
    """Return for each collection of an index the generation at which that index was built from nothing."""
    found = {name: re.fullmatch(rf"{NAME}_(\d+)_[a-z]+", name) for name in connection.collections()}
    return {name: int(match[1]) for name, match in sorted(found.items()) if match}


def compress(record: Any) -> bytes:
    """Convert a record to compressed JSON."""
    return zlib.compress(json.dumps(record).encode("ascii"))


def decompress(content: bytes) -> Any:
    """Convert the result of `compress` back to a record."""
    return json.loads(zlib.decompress(content))


def text_of_codes(codes: Iterable[int]) -> str:
    """Write codes of terms as a text that an analyzer splits into one word for each code."""
    return " ".join(f"{code:08x}" for code in codes)


def codes_of_text(text: str) -> Codes:
    """Convert the result of `text_of_codes` back to codes."""
    return np.frombuffer(bytes.fromhex(text), ">u4").astype(np.uint32)


def filter_fields(article: Article) -> Row:
    """Return the columns that filters compare."""
    names = "\n".join(folded(name) for name in publishers(article))
    return {
        "day": article.date.toordinal() if article.date else 0,
        "place": _storable(folded(article.place or "")),
        "publishers": _storable(names),
    }


def filter_expression(wanted: Filter | None) -> str:
    """Write a filter as an expression of Milvus; the expression is empty for a filter without conditions."""
    if wanted is None or wanted.keeps_all:
        return ""
    clauses = [
        f"{field} like {_quoted('%' + _escaped(_storable(folded(name))) + '%')}"
        for field, name in (("place", wanted.place), ("publishers", wanted.publisher))
        if name
    ]
    if wanted.since or wanted.until:
        first, last = wanted.since or date.min, wanted.until or date.max
        clauses.append(f"day >= {first.toordinal()} and day <= {last.toordinal()}")
    return " and ".join(clauses)


def vector_of(value: Any) -> Floats:
    """Convert a vector that Milvus returned to an array."""
    return np.asarray(value, np.float32)


def _create(connection: Connection, name: str, fields: Sequence[Row], dimension: int | None = None) -> None:
    """Create a collection; with a `dimension` it has a vector to search, and BM25 over TEXT_FIELDS."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    for field in fields:
        kinds = {key: DataType[field[key]] for key in ("datatype", "element_type") if key in field}
        schema.add_field(**field | kinds)
    indexes = MilvusClient.prepare_index_params()
    for column in sorted(INDEXED & {field["field_name"] for field in fields}):
        indexes.add_index(column, index_type="INVERTED")
    if dimension is None:
        schema.add_field("none", DataType.FLOAT_VECTOR, dim=2)
        indexes.add_index("none", index_type="FLAT", metric_type="IP")
        connection.create(name, schema, indexes)
        return
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
    for field_name in TEXT_FIELDS:
        schema.add_field(
            field_name, DataType.VARCHAR, max_length=LONGEST, enable_analyzer=True,
            analyzer_params={"tokenizer": "standard"},
        )  # fmt: skip
        found = f"{field_name}_bm25"
        schema.add_field(found, DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name=found, function_type=FunctionType.BM25,
                input_field_names=[field_name], output_field_names=[found],
            )
        )  # fmt: skip
        indexes.add_index(found, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    connection.create(name, schema, indexes)


def _integer(name: str, *, key: bool = False) -> Row:
    return {"field_name": name, "datatype": "INT64"} | ({"is_primary": True} if key else {})


def _string(name: str, longest: int = LONGEST, *, key: bool = False) -> Row:
    made: Row = {"field_name": name, "datatype": "VARCHAR", "max_length": longest}
    return made | ({"is_primary": True} if key else {})


def _name_columns() -> list[Row]:
    return [_string("place"), _string("publishers")]


def _storable(text: str) -> str:
    """Replace lone surrogates, which Milvus cannot store, and cut a text to LONGEST bytes."""
    return text.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")


def _escaped(text: str) -> str:
    """Escape the wildcards of `like`."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _quoted(text: str) -> str:
    """Quote a text for an expression of Milvus."""
    return json.dumps(text, ensure_ascii=False)
