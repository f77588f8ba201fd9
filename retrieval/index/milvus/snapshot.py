"""Read a snapshot of an index in Milvus. Milvus finds candidates, and this module scores them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus import Article, Passage
from retrieval.errors import IndexDamaged, rebuild_hint
from retrieval.index.bm25 import Statistics
from retrieval.index.filter import Filter
from retrieval.index.late_interaction import TokenMatches, match_tokens
from retrieval.index.manifest import Manifest
from retrieval.index.milvus.cache import FetchCache
from retrieval.index.milvus.connection import BATCH_ROWS, Row
from retrieval.index.milvus.schema import (
    PASSAGES_PER_DOCUMENT,
    TEXT_FIELDS,
    Collections,
    codes_of_text,
    decompress,
    filter_expression,
    text_of_codes,
    vector_of,
)
from retrieval.index.milvus.state import State, dead_key
from retrieval.index.quantization import StoredTokens
from retrieval.index.records import article_from_record
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import FIELDS, HEADER, TEXT, WORD_FIELDS, Codes, Numbers, code


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A row of a passage: its range in the article, its section, and the codes of the terms of each field."""

    start: int
    end: int
    section: int  # -1: none
    codes: tuple[Codes, ...]


class RowCaches:
    """Rows fetched from the collections of one index, which all snapshots of that index share."""

    def __init__(self, built: int) -> None:
        self.built = built
        self.passages: FetchCache[int, PassageRow] = FetchCache(5_000)
        self.articles: FetchCache[int, Article] = FetchCache(5_000)
        self.vectors: FetchCache[int, Floats] = FetchCache(5_000)
        self.tokens: FetchCache[int, StoredTokens] = FetchCache(2_000)


class MilvusSnapshot(Statistics):
    """One generation, opened for reading; see `Snapshot` for the methods.

    A scope is an expression of Milvus. Each method fetches all rows that it lacks in one call.
    """

    def __init__(self, state: State, collections: Collections, caches: RowCaches) -> None:
        self.state = state
        self.collections = collections
        self._connection = collections.connection
        self._caches = caches
        self._frequencies: FetchCache[str, tuple[int, ...]] = FetchCache(20_000)

    @classmethod
    def open(cls, state: State, collections: Collections, caches: RowCaches) -> "MilvusSnapshot":
        """Open a generation. Raises `IndexDamaged` where collections or rows are missing."""
        opened = cls(state, collections, caches)
        address = collections.connection.address
        missing = set(collections.all) - collections.connection.collections()
        if missing:
            raise IndexDamaged(f"{address} lacks {', '.join(sorted(missing))}. {rebuild_hint(address)}")
        for name, wanted in (
            (collections.passages, state.manifest.passages),
            (collections.articles, state.manifest.articles),
        ):
            held = collections.connection.count(name, opened.live)
            if held != wanted:
                raise IndexDamaged(
                    f"{name} in {address} holds {held} rows, not {wanted}. {rebuild_hint(address)}"
                )
        return opened

    @property
    def manifest(self) -> Manifest:
        """Which generation it is, which model made it, and how much it holds."""
        return self.state.manifest

    def require_model(self, model: str) -> None:
        """Raise `OtherModel` unless the index was made by `model`."""
        self.manifest.require_model(model, self._connection.address)

    @cached_property
    def dead(self) -> frozenset[int]:
        """The dead documents that still have rows."""
        if not self.state.dead:
            return frozenset()
        key = dead_key(self.manifest.generation)
        return frozenset(decompress(self.collections.contents([key])[key]))

    @cached_property
    def live(self) -> str:
        """The expression that matches the rows of live documents."""
        return f"{self.born} and story not in {sorted(self.dead)}" if self.dead else self.born

    @property
    def born(self) -> str:
        """The expression that matches the rows that this generation and earlier ones wrote."""
        skipped = self.state.skipped
        without = f" and born not in {[*skipped]}" if skipped else ""
        return f"born <= {self.manifest.generation}{without}"

    def articles(self, wanted: Filter | None = None) -> tuple[Article, ...]:
        """Return the articles that a filter keeps, ordered by id."""
        rows = self._connection.query(self.collections.articles, self._expression(wanted), ["story"])
        found = self._articles([int(row["story"]) for row in rows])
        return tuple(sorted(found.values(), key=lambda article: article.id))

    def scope(self, wanted: Filter | None = None) -> str | None:
        """Return which passages a filter keeps, or None where it keeps no article."""
        scope = self._expression(wanted)
        if scope == self.live:
            return scope
        kept = self._connection.query_stale(self.collections.articles, scope, ["story"], limit=1)
        return scope if kept else None

    def _expression(self, wanted: Filter | None) -> str:
        """Return the expression that matches the live rows that a filter keeps."""
        return " and ".join(filter(None, (self.live, filter_expression(wanted))))

    def search_vectors(self, vector: Floats, limit: int, scope: str) -> list[int]:
        """Return the passages with the nearest vectors, nearest first."""
        hits = self._connection.search(self.collections.passages, "vector", vector.tolist(), limit, scope)
        keys = self._keys([number for number, _ in hits])
        cosines = dict(hits)
        return sorted(keys, key=lambda number: (-cosines[number], keys[number]))

    def search_terms(
        self, terms: Sequence[str], limit: int, scope: str, fields: Mapping[int, float] = WORD_FIELDS
    ) -> list[int]:
        """Return the passages with the highest BM25 among those that Milvus finds, best first."""
        if not terms or not self.live_passages:
            return []
        query = text_of_codes(map(code, terms))
        found: dict[int, None] = {}
        for field in fields:
            name = f"{TEXT_FIELDS[field]}_bm25"
            hits = self._connection.search(self.collections.passages, name, query, limit, scope)
            found |= dict.fromkeys(number for number, _ in hits)
        self._frequencies_of(terms)  # fetched for all terms in one call
        return self.best_by_bm25(terms, list(self._keys(found)), limit, fields)

    def counts(self, terms: Codes, passages: Sequence[int], field: int) -> tuple[Numbers, Numbers]:
        """Count terms in a field of passages, (P, T), and all terms of that field, (P,)."""
        rows = self._rows(passages)
        codes = [rows[number].codes[field] for number in passages]
        counts = [np.count_nonzero(each[:, None] == terms, axis=0) for each in codes]
        sizes = np.asarray([len(each) for each in codes], np.int64)
        return np.asarray(counts, np.int64).reshape(len(codes), len(terms)), sizes

    def term_codes(self, passage: int) -> set[int]:
        """Return the codes of the terms of a passage and of its header, see `tokenize.code`."""
        codes = self._rows([passage])[passage].codes
        return {*codes[TEXT].tolist(), *codes[HEADER].tolist()}

    def sort_key(self, passage: int) -> tuple[str, int]:
        """Return what breaks ties between passages: the article's id and where the passage starts in it."""
        return self._keys([passage])[passage]

    def passage(self, number: int) -> Passage:
        """Return one passage."""
        row, article = self._rows([number])[number], self.article_of(number)
        heading = article.sections[row.section].heading if row.section >= 0 else None
        return Passage(article.id, heading, row.start, row.end, article.text[row.start : row.end])

    def article_of(self, passage: int) -> Article:
        """Return the article that a passage belongs to."""
        document = passage // PASSAGES_PER_DOCUMENT
        return self._articles([document])[document]

    def match_tokens(self, question: Floats, passages: Sequence[int]) -> list[TokenMatches]:
        """Compare a question's tokens, (Q, D), with those of passages."""
        stored = self.tokens(passages)
        return match_tokens(self.state.codec.tokens, question, [stored[number] for number in passages])

    def cosines(self, vector: Floats, passages: Sequence[int]) -> Floats:
        """Return the cosines of a vector, (D,), with those of passages: (P,)."""
        found = self.vectors(passages)
        rows = [found[number] for number in passages]
        return np.asarray(rows, np.float32).reshape(len(rows), -1) @ vector

    def vectors(self, passages: Sequence[int]) -> dict[int, Floats]:
        """Return the vectors of passages, (D,) each."""

        def fetch(missing: list[int]) -> dict[int, Floats]:
            rows = self._connection.get(self.collections.passages, missing, ["id", "vector"])
            return {int(row["id"]): vector_of(row["vector"]) for row in rows}

        return self._caches.vectors.get(passages, fetch)

    def tokens(self, passages: Sequence[int]) -> dict[int, StoredTokens]:
        """Return the token vectors of passages as they are stored."""

        def fetch(missing: list[int]) -> dict[int, StoredTokens]:
            contents = self.collections.contents([tokens_key(number) for number in missing])
            return {
                number: tokens_from_bytes(contents[tokens_key(number)], self.state.codec.tokens.width)
                for number in missing
            }

        return self._caches.tokens.get(passages, fetch)

    @property
    def live_passages(self) -> int:
        """The number of live passages."""
        return self.manifest.passages

    @property
    def mean_lengths(self) -> list[float]:
        """The mean number of terms of each of `tokenize.FIELDS`."""
        return [length / max(1, self.live_passages) for length in self.state.lengths]

    def frequency(self, term: str, field: int) -> int:
        """Count the live passages with a term in one field."""
        return self._frequencies_of([term])[term][field]

    def _frequencies_of(self, terms: Collection[str]) -> dict[str, tuple[int, ...]]:
        def fetch(missing: list[str]) -> dict[str, tuple[int, ...]]:
            counted = passage_counts(self.collections, map(code, missing), self.born)
            return {term: counted.get(code(term), (0,) * len(FIELDS)) for term in missing}

        return self._frequencies.get(terms, fetch)

    def _keys(self, passages: Collection[int]) -> dict[int, tuple[str, int]]:
        rows = self._rows(passages)
        articles = self._articles([number // PASSAGES_PER_DOCUMENT for number in rows])
        return {
            number: (articles[number // PASSAGES_PER_DOCUMENT].id, row.start) for number, row in rows.items()
        }

    def _rows(self, passages: Collection[int]) -> dict[int, PassageRow]:
        def fetch(missing: list[int]) -> dict[int, PassageRow]:
            fields = ("id", "start", "end", "section", *TEXT_FIELDS)
            return {
                int(row["id"]): _passage_row(row)
                for row in self._connection.get(self.collections.passages, missing, fields)
            }

        return self._caches.passages.get(passages, fetch)

    def _articles(self, documents: Collection[int]) -> dict[int, Article]:
        def fetch(missing: list[int]) -> dict[int, Article]:
            contents = self.collections.contents([article_key(document) for document in missing])
            return {document: _article(decompress(contents[article_key(document)])) for document in missing}

        return self._caches.articles.get(documents, fetch)


def article_key(document: int) -> str:
    """Return the key of the content that holds an article."""
    return f"article{document}"


def tokens_key(passage: int) -> str:
    """Return the key of the content that holds the token vectors of a passage."""
    return f"tokens{passage}"


def tokens_to_bytes(tokens: StoredTokens) -> bytes:
    """Convert token vectors to bytes: their offsets, scales, lengths and codes."""
    parts = tokens.places.astype("<u2"), tokens.scales.astype("<f2"), tokens.lengths, tokens.codes
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def tokens_from_bytes(content: bytes, width: int) -> StoredTokens:
    """Convert the result of `tokens_to_bytes` back; `width` is the number of bytes of a vector."""
    count = len(content) // (2 + 2 + 1 + width)
    places = np.frombuffer(content, "<u2", count).astype(np.uint16)
    scales = np.frombuffer(content, "<f2", count, 2 * count).astype(np.float16)
    lengths = np.frombuffer(content, np.uint8, count, 4 * count)
    codes = np.frombuffer(content, np.uint8, count * width, 5 * count).reshape(count, width)
    return StoredTokens(codes.copy(), scales, places, lengths)


def passage_counts(collections: Collections, codes: Iterable[int], born: str) -> dict[int, tuple[int, ...]]:
    """Count the passages of a snapshot that contain each term, by field.

    Terms that no passage contains may be missing from the result.

    Args:
        codes: The codes of the terms.
        born: The expression `MilvusSnapshot.born`.
    """
    wanted = sorted(set(codes))
    latest: dict[int, Row] = {}
    for at in range(0, len(wanted), BATCH_ROWS):
        rows = collections.connection.query_stale(
            collections.terms,
            f"{born} and code in {wanted[at : at + BATCH_ROWS]}",
            ["code", "born", *TEXT_FIELDS],
        )
        for row in rows:
            if row["code"] not in latest or latest[row["code"]]["born"] < row["born"]:
                latest[row["code"]] = row
    return {code: tuple(int(row[name]) for name in TEXT_FIELDS) for code, row in latest.items()}


def _passage_row(row: Row) -> PassageRow:
    codes = tuple(codes_of_text(row[name]) for name in TEXT_FIELDS)
    return PassageRow(int(row["start"]), int(row["end"]), int(row["section"]), codes)


def _article(record: Row) -> Article:
    return article_from_record(record["record"], record["text"])
