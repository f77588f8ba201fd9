"""A snapshot of an index in Milvus: what ranking reads. The engine finds; what it found is scored here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus import Article, Passage
from retrieval.errors import IndexDamaged, mending
from retrieval.index.bm25 import Statistics
from retrieval.index.filter import Filter
from retrieval.index.late_interaction import Met, StoredTokens, meet
from retrieval.index.local.segment import article_of_record
from retrieval.index.manifest import Manifest
from retrieval.index.milvus.cache import Remembered
from retrieval.index.milvus.connection import AT_ONCE, Row
from retrieval.index.milvus.schema import (
    PER_STORY,
    TEXT_FIELDS,
    Collections,
    codes_of,
    expression,
    unpacked,
    vector_of,
    words,
)
from retrieval.index.milvus.state import State, dead_key
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import FIELDS, HEADER, TEXT, WORD_FIELDS, Codes, Numbers, code


@dataclass(frozen=True, slots=True)
class Found:
    """A passage's row: where it stands in its article, and the terms of each of `terms.FIELDS`."""

    start: int
    end: int
    section: int  # -1: none
    terms: tuple[Codes, ...]


class Known:
    """What was fetched of one building of an index, whichever snapshot needed it; token vectors take some
    30 KB each."""

    def __init__(self, built: int) -> None:
        self.built = built
        self.passages: Remembered[int, Found] = Remembered(5_000)
        self.articles: Remembered[int, Article] = Remembered(5_000)
        self.vectors: Remembered[int, Floats] = Remembered(5_000)
        self.tokens: Remembered[int, StoredTokens] = Remembered(2_000)


class MilvusSnapshot(Statistics):
    """See `store.Snapshot`. Each method that needs more than is known asks for all of it at once."""

    def __init__(self, state: State, collections: Collections, known: Known) -> None:
        self.state = state
        self.collections = collections
        self._connection = collections.connection
        self._known = known
        self._frequencies: Remembered[str, tuple[int, ...]] = Remembered(20_000)

    @classmethod
    def open(cls, state: State, collections: Collections, known: Known) -> "MilvusSnapshot":
        """Open what serves. Raises `IndexDamaged` where the collections do not hold what they should."""
        opened = cls(state, collections, known)
        address = collections.connection.address
        missing = set(collections.all) - collections.connection.collections()
        if missing:
            raise IndexDamaged(f"{address} lacks {', '.join(sorted(missing))}. {mending(address)}")
        for name, wanted in (
            (collections.passages, state.manifest.passages),
            (collections.articles, state.manifest.articles),
        ):
            held = collections.connection.count(name, opened.live)
            if held != wanted:
                raise IndexDamaged(f"{name} in {address} holds {held} rows, not {wanted}. {mending(address)}")
        return opened

    @property
    def manifest(self) -> Manifest:
        """Which generation it is, which model made it, and how much it holds."""
        return self.state.manifest

    def require_model(self, model: str) -> None:
        """Raise `OtherModel` unless it was made by `model`."""
        self.manifest.require_model(model, self._connection.address)

    @cached_property
    def dead(self) -> frozenset[int]:
        """The stories whose rows are still there, and that are no more."""
        if not self.state.dead:
            return frozenset()
        key = dead_key(self.manifest.generation)
        return frozenset(unpacked(self.collections.contents([key])[key]))

    @cached_property
    def live(self) -> str:
        """The expression that holds of the rows of this snapshot."""
        return f"{self.born} and story not in {sorted(self.dead)}" if self.dead else self.born

    @property
    def born(self) -> str:
        """The expression that holds of what was written by the generations up to this one."""
        skipped = self.state.skipped
        without = f" and born not in {[*skipped]}" if skipped else ""
        return f"born <= {self.manifest.generation}{without}"

    def articles(self, wanted: Filter | None = None) -> tuple[Article, ...]:
        """The articles that a filter keeps, by id."""
        rows = self._connection.query(self.collections.articles, self.scope_of(wanted), ["story"])
        found = self._articles([int(row["story"]) for row in rows])
        return tuple(sorted(found.values(), key=lambda article: article.id))

    def scope(self, wanted: Filter | None = None) -> str | None:
        """What may be found where a filter is set, as an expression; None where it keeps no article."""
        made = self.scope_of(wanted)
        if made == self.live:
            return made
        kept = self._connection.look(self.collections.articles, made, ["story"], limit=1)
        return made if kept else None

    def scope_of(self, wanted: Filter | None) -> str:
        """The expression that holds of what lives and what a filter keeps."""
        return " and ".join(filter(None, (self.live, expression(wanted))))

    def nearest(self, vector: Floats, limit: int, scope: str) -> list[int]:
        """The passages with the nearest vectors, nearest first."""
        hits = self._connection.search(self.collections.passages, "vector", vector.tolist(), limit, scope)
        keys = self._keys([number for number, _ in hits])
        cosines = dict(hits)
        return sorted(keys, key=lambda number: (-cosines[number], keys[number]))

    def sharing(
        self, terms: Sequence[str], limit: int, scope: str, fields: Mapping[int, float] = WORD_FIELDS
    ) -> list[int]:
        """The passages that come first by BM25, best first: the engine's of each field, scored anew."""
        if not terms or not self.live_passages:
            return []
        asked = words(map(code, terms))
        found: dict[int, None] = {}
        for field in fields:
            name = f"{TEXT_FIELDS[field]}_bm25"
            hits = self._connection.search(self.collections.passages, name, asked, limit, scope)
            found |= dict.fromkeys(number for number, _ in hits)
        self._counted(terms)
        return self.first_by_bm25(terms, list(self._keys(found)), limit, fields)

    def counts(self, terms: Codes, passages: Sequence[int], field: int) -> tuple[Numbers, Numbers]:
        """How often terms stand in a field of passages, (P, T), and of how many terms it is, (P,)."""
        rows = self._rows(passages)
        held = [rows[number].terms[field] for number in passages]
        counts = [np.count_nonzero(codes[:, None] == terms, axis=0) for codes in held]
        sizes = np.asarray([len(codes) for codes in held], np.int64)
        return np.asarray(counts, np.int64).reshape(len(held), len(terms)), sizes

    def codes(self, passage: int) -> set[int]:
        """The terms of a passage and of its header, as `terms.code` gives them."""
        found = self._rows([passage])[passage].terms
        return {*found[TEXT].tolist(), *found[HEADER].tolist()}

    def key(self, passage: int) -> tuple[str, int]:
        """What breaks ties between passages: article id and start."""
        return self._keys([passage])[passage]

    def passage(self, number: int) -> Passage:
        """One passage."""
        row, article = self._rows([number])[number], self.article_of(number)
        heading = article.sections[row.section].heading if row.section >= 0 else None
        return Passage(article.id, heading, row.start, row.end, article.text[row.start : row.end])

    def article_of(self, passage: int) -> Article:
        """The article a passage belongs to."""
        story = passage // PER_STORY
        return self._articles([story])[story]

    def meet(self, question: Floats, passages: Sequence[int]) -> list[Met]:
        """A question's tokens, (Q, D), with those of passages."""
        stored = self.tokens(passages)
        return meet(self.state.codec.tokens, question, [stored[number] for number in passages])

    def cosines(self, vector: Floats, passages: Sequence[int]) -> Floats:
        """Of a vector, (D,), with those of passages: (P,)."""
        found = self.vectors(passages)
        rows = [found[number] for number in passages]
        return np.asarray(rows, np.float32).reshape(len(rows), -1) @ vector

    def vectors(self, passages: Sequence[int]) -> dict[int, Floats]:
        """The vectors of passages."""

        def fetch(missing: list[int]) -> dict[int, Floats]:
            rows = self._connection.get(self.collections.passages, missing, ["id", "vector"])
            return {int(row["id"]): vector_of(row["vector"]) for row in rows}

        return self._known.vectors.all(passages, fetch)

    def tokens(self, passages: Sequence[int]) -> dict[int, StoredTokens]:
        """The token vectors of passages as they are stored."""

        def fetch(missing: list[int]) -> dict[int, StoredTokens]:
            contents = self.collections.contents([tokens_key(number) for number in missing])
            return {
                number: stored_tokens(contents[tokens_key(number)], self.state.codec.tokens.width)
                for number in missing
            }

        return self._known.tokens.all(passages, fetch)

    @property
    def live_passages(self) -> int:
        """The number of live passages."""
        return self.manifest.passages

    @property
    def mean_lengths(self) -> list[float]:
        """The mean number of terms of each of `terms.FIELDS`."""
        return [length / max(1, self.live_passages) for length in self.state.lengths]

    def frequency(self, term: str, field: int) -> int:
        """The number of live passages that hold a term in a field."""
        return self._counted([term])[term][field]

    def _counted(self, terms: Collection[str]) -> dict[str, tuple[int, ...]]:
        def fetch(missing: list[str]) -> dict[str, tuple[int, ...]]:
            counted = counts(self.collections, map(code, missing), self.born)
            return {term: counted.get(code(term), (0,) * len(FIELDS)) for term in missing}

        return self._frequencies.all(terms, fetch)

    def _keys(self, passages: Collection[int]) -> dict[int, tuple[str, int]]:
        rows = self._rows(passages)
        articles = self._articles([number // PER_STORY for number in rows])
        return {number: (articles[number // PER_STORY].id, row.start) for number, row in rows.items()}

    def _rows(self, passages: Collection[int]) -> dict[int, Found]:
        def fetch(missing: list[int]) -> dict[int, Found]:
            fields = ("id", "start", "end", "section", *TEXT_FIELDS)
            return {
                int(row["id"]): _found(row)
                for row in self._connection.get(self.collections.passages, missing, fields)
            }

        return self._known.passages.all(passages, fetch)

    def _articles(self, stories: Collection[int]) -> dict[int, Article]:
        def fetch(missing: list[int]) -> dict[int, Article]:
            contents = self.collections.contents([article_key(story) for story in missing])
            return {story: _article(unpacked(contents[article_key(story)])) for story in missing}

        return self._known.articles.all(stories, fetch)


def article_key(story: int) -> str:
    """The key under which an article is held in pieces."""
    return f"article{story}"


def tokens_key(passage: int) -> str:
    """The key under which a passage's token vectors are held in pieces."""
    return f"tokens{passage}"


def tokens_bytes(tokens: StoredTokens) -> bytes:
    """Token vectors as they are held: places, scales, lengths, codes, one behind the other."""
    parts = tokens.places.astype("<u2"), tokens.scales.astype("<f2"), tokens.lengths, tokens.codes
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def stored_tokens(content: bytes, width: int) -> StoredTokens:
    """What `tokens_bytes` has written; `width` bytes a vector."""
    count = len(content) // (2 + 2 + 1 + width)
    places = np.frombuffer(content, "<u2", count).astype(np.uint16)
    scales = np.frombuffer(content, "<f2", count, 2 * count).astype(np.float16)
    lengths = np.frombuffer(content, np.uint8, count, 4 * count)
    codes = np.frombuffer(content, np.uint8, count * width, 5 * count).reshape(count, width)
    return StoredTokens(codes.copy(), scales, places, lengths)


def counts(collections: Collections, codes: Iterable[int], born: str) -> dict[int, tuple[int, ...]]:
    """For each code how many passages of a snapshot hold it in each field; what none holds is left out.
    `born` is the snapshot's."""
    wanted = sorted(set(codes))
    latest: dict[int, Row] = {}
    for at in range(0, len(wanted), AT_ONCE):
        rows = collections.connection.look(
            collections.terms,
            f"{born} and code in {wanted[at : at + AT_ONCE]}",
            ["code", "born", *TEXT_FIELDS],
        )
        for row in rows:
            if row["code"] not in latest or latest[row["code"]]["born"] < row["born"]:
                latest[row["code"]] = row
    return {code: tuple(int(row[name]) for name in TEXT_FIELDS) for code, row in latest.items()}


def _found(row: Row) -> Found:
    terms = tuple(codes_of(row[name]) for name in TEXT_FIELDS)
    return Found(int(row["start"]), int(row["end"]), int(row["section"]), terms)


def _article(record: Row) -> Article:
    return article_of_record(record["record"], record["text"])
