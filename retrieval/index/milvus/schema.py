"""The collections of an index in Milvus.

```
wenbao                the row `state`: which generation serves; rows `writer/…`: who writes (see `lease`)
wenbao_N_passages     passages: vector, terms of text, header and spelling, each with BM25; what filters ask
wenbao_N_articles     articles: what filters ask
wenbao_N_members      the articles as received that tell the stories, and their sentences' hashes
wenbao_N_pieces       what is long, in pieces: articles with their texts, token vectors
wenbao_N_terms        how many passages hold a term in each field, from a generation on
```

N is the number of the generation at which the index was last built from nothing. Rows are written once and
never changed, but those of `wenbao`. Each says with `born` in which generation it came; what serves is what
was born in it or before and belongs to no story that the state names as dead. So a refresh under way shows
nowhere, and becomes what serves by the one row `state`.

Terms are written as eight hexadecimal digits each (`terms.code`), which every analyzer leaves whole.
Milvus wants a vector in every collection: `none` is one where there is nothing to search for.
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
"""Bytes of a text that Milvus takes."""

PIECE = 60_000
"""Characters of a piece."""

SENTENCES = 4_000
"""Hashes of an article's sentences that it is looked up by, the longest ones' first; Milvus takes 4,096."""

TEXT_FIELDS = ("text", "header", "spelled")
"""Names of `terms.FIELDS`."""

PER_STORY, PER_GENERATION = 1 << 20, 1 << 22
"""Passages of a story are numbered from `story * PER_STORY` on, stories that came in a generation from
`generation * PER_GENERATION` on: no number is used twice, and 63 bits hold two million generations."""

LOOKED_UP = {"code", "story"}
"""Fields that rows are looked up by, beside their primary keys."""

NO_VECTOR = [0.0, 0.0]


class Collections:
    """The collections of one building of the index."""

    def __init__(self, connection: Connection, built: int) -> None:
        self.connection = connection
        self.built = built
        named = f"{NAME}_{built}"
        self.passages, self.articles = f"{named}_passages", f"{named}_articles"
        self.members, self.pieces, self.terms = f"{named}_members", f"{named}_pieces", f"{named}_terms"

    @property
    def all(self) -> tuple[str, ...]:
        """All their names."""
        return self.passages, self.articles, self.members, self.pieces, self.terms

    def create(self, dimension: int) -> None:
        """Create them all, empty."""
        for name in self.connection.collections() & set(self.all):  # a killed refresh left them
            self.connection.drop(name)
        wanted: list[tuple[str, list[Row]]] = [
            (self.articles, [_number("story", key=True), _number("born"), _number("day"), *_names()]),
            (
                self.members,
                [
                    _text("id", 64, key=True), _number("story"), _number("born"), _text("told"),
                    {
                        "field_name": "sentences", "datatype": "ARRAY", "element_type": "INT64",
                        "max_capacity": 4_096,
                    },
                ],
            ),
            (
                self.pieces,
                [_text("id", 64, key=True), _number("story"), _number("born"), _number("of"), _text("data")],
            ),
            (
                self.terms,
                [_number("id", key=True), _number("code"), _number("born"), *map(_number, TEXT_FIELDS)],
            ),
        ]  # fmt: skip
        for name, fields in wanted:
            _create(self.connection, name, fields)
        numbers = ("story", "born", "start", "end", "section", "day")
        fields = [_number("id", key=True), *map(_number, numbers), *_names()]
        _create(self.connection, self.passages, fields, dimension)

    def piece_rows(self, key: str, content: bytes, story: int, born: int) -> Iterator[Row]:
        """The rows that hold something long."""
        coded = base64.b64encode(content).decode("ascii")
        pieces = [coded[at : at + PIECE] for at in range(0, len(coded), PIECE)] or [""]
        for number, data in enumerate(pieces):
            yield {
                "id": f"{key}/{number}", "story": story, "born": born, "of": len(pieces), "data": data,
                "none": NO_VECTOR,
            }  # fmt: skip

    def contents(self, keys: Sequence[str]) -> dict[str, bytes]:
        """What `piece_rows` was given, by key; what is not there is left out."""
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
    """Create the collection of the rows that are replaced, if it is not there."""
    if NAME not in connection.collections():
        _create(connection, NAME, [_text("id", 64, key=True), _text("said")])


def buildings(connection: Connection) -> dict[str, int]:
    """Of each collection that belongs to a building of the index the number of that building."""
    found = {name: re.fullmatch(rf"{NAME}_(\d+)_[a-z]+", name) for name in connection.collections()}
    return {name: int(match[1]) for name, match in sorted(found.items()) if match}


def packed(record: Any) -> bytes:
    """JSON, made small."""
    return zlib.compress(json.dumps(record).encode("ascii"))


def unpacked(content: bytes) -> Any:
    """What was packed."""
    return json.loads(zlib.decompress(content))


def words(codes: Iterable[int]) -> str:
    """Terms as an analyzer reads them."""
    return " ".join(f"{code:08x}" for code in codes)


def codes_of(text: str) -> Codes:
    """The terms that `words` has written."""
    return np.frombuffer(bytes.fromhex(text), ">u4").astype(np.uint32)


def asked_of(article: Article) -> Row:
    """The fields that filters look at."""
    names = "\n".join(folded(name) for name in publishers(article))
    return {
        "day": article.date.toordinal() if article.date else 0,
        "place": _held(folded(article.place or "")),
        "publishers": _held(names),
    }


def expression(wanted: Filter | None) -> str:
    """A filter as Milvus reads it; empty where it keeps all."""
    if wanted is None or wanted.keeps_all:
        return ""
    clauses = [
        f"{field} like {_quoted('%' + _escaped(_held(folded(name))) + '%')}"
        for field, name in (("place", wanted.place), ("publishers", wanted.publisher))
        if name
    ]
    if wanted.since or wanted.until:
        first, last = wanted.since or date.min, wanted.until or date.max
        clauses.append(f"day >= {first.toordinal()} and day <= {last.toordinal()}")
    return " and ".join(clauses)


def vector_of(value: Any) -> Floats:
    """A vector as it comes back."""
    return np.asarray(value, np.float32)


def _create(connection: Connection, name: str, fields: Sequence[Row], dimension: int | None = None) -> None:
    """Create a collection; with a `dimension` it has a vector to search, and BM25 over the TEXT_FIELDS."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    for field in fields:
        kinds = {key: DataType[field[key]] for key in ("datatype", "element_type") if key in field}
        schema.add_field(**field | kinds)
    indexes = MilvusClient.prepare_index_params()
    for looked_up in sorted(LOOKED_UP & {field["field_name"] for field in fields}):
        indexes.add_index(looked_up, index_type="INVERTED")
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


def _number(name: str, *, key: bool = False) -> Row:
    return {"field_name": name, "datatype": "INT64"} | ({"is_primary": True} if key else {})


def _text(name: str, longest: int = LONGEST, *, key: bool = False) -> Row:
    made: Row = {"field_name": name, "datatype": "VARCHAR", "max_length": longest}
    return made | ({"is_primary": True} if key else {})


def _names() -> list[Row]:
    return [_text("place"), _text("publishers")]


def _held(text: str) -> str:
    """What Milvus can hold of a text: no lone surrogates, and not more than LONGEST bytes."""
    return text.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")


def _escaped(text: str) -> str:
    """A text in which `like` finds no wildcards."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _quoted(text: str) -> str:
    """A text between quotes, as Milvus's expressions write it."""
    return json.dumps(text, ensure_ascii=False)
