"""Read a generation: one state of the index on disk, made of segments that never change.

```
INDEX/current                     the number of the current generation
INDEX/lock                        held by the process that writes
INDEX/segments/00000012/          passages and all that is computed from them (see `segment`)
INDEX/generations/00000007/       one generation, written once
    manifest.json                 format, model, dimension, counts, segments with their dead documents
INDEX/files.json                  the files of reports that the index was made from (see `ledger`)
```

A refresh writes one new segment and a generation that lists it together with earlier segments. Documents that
were removed or replaced stay in their segment and are listed as dead, until the segment is merged. The
generation is published by replacing `current`, so a reader sees either the old or the new state as a whole.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Self

import faiss
import numpy as np

from corpus import Article, Passage
from retrieval.errors import IndexDamaged, IndexMissing, rebuild_hint, refresh_command
from retrieval.index.bm25 import Statistics
from retrieval.index.filter import Filter
from retrieval.index.late_interaction import TokenMatches
from retrieval.index.local.postings import Mask
from retrieval.index.local.segment import Segment
from retrieval.index.manifest import current_number, generation_folder, read_manifest, segment_folder
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import FIELDS, WORD_FIELDS, Codes, Numbers, code, header, terms

CACHED_FREQUENCIES = 4_096
"""The number of terms whose frequency is kept in memory."""


class Generation(Statistics):
    """One published generation, opened for reading; files are opened when they are needed.

    Articles and passages, including dead ones, are numbered through all segments. A scope is a list with one
    mask for each segment; None stands for a segment whose passages may all be returned.
    """

    def __init__(self, index: Path, number: int) -> None:
        self.index = index
        self.folder = generation_folder(index, number)
        self.manifest = read_manifest(self.folder)
        entries = self.manifest.segments
        self.segments = [Segment(segment_folder(index, entry.number)) for entry in entries]
        self.dead = [frozenset(entry.dead) for entry in entries]
        self._article_bases = [0, *accumulate(segment.counts.articles for segment in self.segments)]
        self._passage_bases = [0, *accumulate(segment.counts.passages for segment in self.segments)]
        self._frequency = lru_cache(CACHED_FREQUENCIES)(self._count)

    @classmethod
    def current(cls, index: Path) -> Self:
        """Open the current generation.

        Raises:
            IndexMissing: the folder holds no index.
            IndexDamaged: files are missing or have another size.
        """
        while True:
            number = current_number(index)
            if number is None:
                raise IndexMissing(f"there is no index in {index}. Make one: {refresh_command(index)}")
            try:
                generation = cls(index, number)
                for segment in generation.segments:
                    segment.check_sizes()
            except IndexDamaged as damaged:
                if current_number(index) != number:  # replaced and deleted while it was opened
                    continue
                raise type(damaged)(f"{damaged}. {rebuild_hint(index)}") from damaged
            return generation

    def require_model(self, model: str) -> None:
        """Raise `OtherModel` unless this generation was made by `model`."""
        self.manifest.require_model(model, self.index)

    def live_articles(self) -> Iterator[int]:
        """Yield the numbers of the live articles."""
        for base, segment, dead in zip(self._article_bases, self.segments, self.dead, strict=False):
            yield from (base + i for i in range(segment.counts.articles) if i not in dead)

    def catalog(self) -> Iterator[tuple[int, Article]]:
        """Yield the numbers of the live articles with the articles, without their texts."""
        for base, segment, dead in zip(self._article_bases, self.segments, self.dead, strict=False):
            yield from ((base + i, article) for i, article in enumerate(segment.catalog) if i not in dead)

    def articles(self, wanted: Filter | None = None) -> tuple[Article, ...]:
        """Return the live articles that a filter keeps, ordered by id."""
        numbers = self.live_articles() if wanted is None or wanted.keeps_all else self._kept(wanted)
        return tuple(sorted(map(self.article, numbers), key=lambda article: article.id))

    def scope(self, wanted: Filter | None = None) -> list[Mask | None] | None:
        """Return which passages a filter keeps, or None where it keeps no article."""
        if wanted is None or wanted.keeps_all:
            return self._live
        numbers = self._kept(wanted)
        return self.allowed(numbers) if numbers else None

    def allowed(self, articles: Iterable[int] | None) -> list[Mask | None]:
        """Return the scope of all live passages, or of those of the numbered articles."""
        wanted = None if articles is None else set(articles)
        masks: list[Mask | None] = []
        for base, segment, dead in zip(self._article_bases, self.segments, self.dead, strict=False):
            if wanted is None and not dead:
                masks.append(None)
                continue
            kept = [
                i not in dead and (wanted is None or base + i in wanted)
                for i in range(segment.counts.articles)
            ]
            masks.append(np.asarray(kept, np.bool_)[segment.passages[:, 0]])  # (P,)
        return masks

    def article(self, number: int) -> Article:
        """Return an article by its number."""
        segment, within = self._locate(self._article_bases, number)
        return self.segments[segment].article(within)

    def passage(self, number: int) -> Passage:
        """Return a passage by its number."""
        segment, within = self._locate(self._passage_bases, number)
        return self.segments[segment].passage(within)

    def article_of(self, passage: int) -> Article:
        """Return the article that a passage belongs to."""
        segment, within = self._locate(self._passage_bases, passage)
        return self.segments[segment].article(int(self.segments[segment].passages[within, 0]))

    def sort_key(self, passage: int) -> tuple[str, int]:
        """Return what breaks ties between passages: the article's id and where the passage starts in it."""
        position, within = self._locate(self._passage_bases, passage)
        segment = self.segments[position]
        article, start = map(int, segment.passages[within, :2])
        return segment.catalog[article].id, start

    def term_codes(self, passage: int) -> set[int]:
        """Return the codes of the terms of a passage and of its header, see `tokenize.code`."""
        found = self.passage(passage)
        above = header(self.article_of(passage), found.section)
        return {code(term) for term in terms(found.text) + terms(above)}

    def search_vectors(self, vector: Floats, limit: int, scope: Sequence[Mask | None]) -> list[int]:
        """Return the passages with the nearest vectors, nearest first."""
        found: list[tuple[float, tuple[str, int], int]] = []
        for base, segment, mask in zip(self._passage_bases, self.segments, scope, strict=False):
            if mask is not None and not mask.any():
                continue
            parameters = None
            if mask is not None:
                selector = faiss.IDSelectorBatch(np.flatnonzero(mask))
                parameters = faiss.SearchParameters(sel=selector)
            cosines, numbers = segment.dense.search(vector[None], limit, params=parameters)  # (1, limit)
            found += [
                (-float(cosine), self.sort_key(base + int(number)), base + int(number))
                for cosine, number in zip(cosines[0], numbers[0], strict=True)
                if number >= 0
            ]
        return [number for _, _, number in sorted(found)[:limit]]

    def search_terms(
        self,
        terms: Sequence[str],
        limit: int,
        scope: Sequence[Mask | None],
        fields: Mapping[int, float] = WORD_FIELDS,
    ) -> list[int]:
        """Return the passages with the highest BM25, best first."""
        weighted = {
            field: (*weights, self.mean_lengths[field])
            for field, weights in self.term_weights(terms, fields).items()
        }
        found = [
            base + number
            for base, segment, mask in zip(self._passage_bases, self.segments, scope, strict=False)
            for number in segment.postings.candidates(weighted, limit, mask).tolist()
        ]
        return self.best_by_bm25(terms, found, limit, fields)

    def counts(self, terms: Codes, passages: Sequence[int], field: int) -> tuple[Numbers, Numbers]:
        """Count terms in a field of passages, (P, T), and all terms of that field, (P,)."""
        counts, sizes = np.zeros((len(passages), len(terms)), np.int64), np.zeros(len(passages), np.int64)
        numbers = np.asarray(passages, np.int64)
        for base, segment in zip(self._passage_bases, self.segments, strict=False):
            rows = np.flatnonzero((numbers >= base) & (numbers < base + segment.counts.passages))
            within = numbers[rows] - base
            counts[rows] = segment.postings.counts(terms, within, field)
            sizes[rows] = segment.postings.sizes[within, field]
        return counts, sizes

    def match_tokens(self, question: Floats, passages: Sequence[int]) -> list[TokenMatches]:
        """Compare a question's tokens, (Q, D), with those of passages."""
        found: dict[int, TokenMatches] = {}
        located = [self._locate(self._passage_bases, passage) for passage in passages]
        for position, segment in enumerate(self.segments):
            rows = [i for i, (owner, _) in enumerate(located) if owner == position]
            matches = segment.tokens.match_tokens(question, [located[i][1] for i in rows])
            found.update(zip(rows, matches, strict=True))
        return [found[i] for i in range(len(passages))]

    def cosines(self, vector: Floats, passages: Sequence[int]) -> Floats:
        """Return the cosines of a vector, (D,), with those of passages: (P,)."""
        located = [self._locate(self._passage_bases, passage) for passage in passages]
        rows = [self.segments[segment].dense.reconstruct(within) for segment, within in located]
        return np.asarray(rows, np.float32).reshape(len(rows), -1) @ vector

    @property
    def live_passages(self) -> int:
        """The number of live passages."""
        return self.manifest.passages

    def frequency(self, term: str, field: int) -> int:
        """Count the live passages with a term in one field."""
        return self._frequency(code(term), field)

    def _count(self, term: int, field: int) -> int:
        found = 0
        for segment, mask in zip(self.segments, self._live, strict=True):
            passages = segment.postings.postings(term, field).passages
            found += len(passages) if mask is None else int(mask[passages].sum())
        return found

    @cached_property
    def mean_lengths(self) -> list[float]:
        """The mean number of terms of each of `tokenize.FIELDS`."""
        lengths = np.zeros(len(FIELDS), np.int64)
        for segment, mask in zip(self.segments, self._live, strict=True):
            sizes = segment.postings.sizes  # (P, fields)
            lengths += (sizes if mask is None else sizes[mask]).sum(axis=0, dtype=np.int64)
        return [int(length) / max(1, self.manifest.passages) for length in lengths]

    @cached_property
    def _live(self) -> list[Mask | None]:
        return self.allowed(None)

    def _kept(self, wanted: Filter) -> list[int]:
        return [number for number, article in self.catalog() if wanted.holds(article)]

    @staticmethod
    def _locate(bases: Sequence[int], number: int) -> tuple[int, int]:
        """Return the position of a segment and the number within it."""
        segment = bisect_right(bases, number) - 1
        return segment, number - bases[segment]
