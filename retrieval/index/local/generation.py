"""The index on disk: segments that never change, and generations that say which of them are live.

```
INDEX/current                     the number of the generation that serves
INDEX/lock                        held by whoever writes
INDEX/segments/00000012/          passages and all that is computed from them (see `segment`)
INDEX/generations/00000007/       one generation, written once
    manifest.json                 format, model, dimension, counts, segments with their tombstones
    files.json                    the files of reports it was made from (see `ledger`)
```

A refresh writes one new segment, and a generation that names it beside the old ones; what has gone is
marked by tombstones. It is published by replacing `current`: a reader finds the old or the new one,
whole, and keeps what it has open. Small segments are merged from time to time.
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
from retrieval.errors import IndexDamaged, IndexMissing, mending, refresh_command
from retrieval.index.bm25 import Statistics
from retrieval.index.filter import Filter
from retrieval.index.late_interaction import Met
from retrieval.index.local.postings import Mask
from retrieval.index.local.segment import Segment
from retrieval.index.manifest import current_number, generation_folder, read_manifest, segment_folder
from retrieval.models.encoder import Floats
from retrieval.text.tokenize import FIELDS, WORD_FIELDS, Codes, Numbers, code, header, terms

COUNTED = 4_096
"""Terms whose frequency is remembered."""


class Generation(Statistics):
    """One published generation, opened for reading; its parts are opened as they are needed.

    Articles and passages are numbered through all segments, the dead ones included.
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
        self._frequency = lru_cache(COUNTED)(self._count)

    @classmethod
    def current(cls, index: Path) -> Self:
        """Open the generation that serves.

        Raises `IndexMissing`, or `IndexDamaged` when files are missing or have another size.
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
                if current_number(index) != number:  # replaced and swept while it was opened
                    continue
                raise type(damaged)(f"{damaged}. {mending(index)}") from damaged
            return generation

    def require_model(self, model: str) -> None:
        """Raise `OtherModel` unless this generation was made by `model`."""
        self.manifest.require_model(model, self.index)

    def live_articles(self) -> Iterator[int]:
        """The numbers of the articles that are live."""
        for base, segment, dead in zip(self._article_bases, self.segments, self.dead, strict=False):
            yield from (base + i for i in range(segment.counts.articles) if i not in dead)

    def heads(self) -> Iterator[tuple[int, Article]]:
        """The live articles by their numbers, without their texts."""
        for base, segment, dead in zip(self._article_bases, self.segments, self.dead, strict=False):
            yield from ((base + i, head) for i, head in enumerate(segment.heads) if i not in dead)

    def articles(self, wanted: Filter | None = None) -> tuple[Article, ...]:
        """The live articles that a filter keeps, by id."""
        numbers = self.live_articles() if wanted is None or wanted.keeps_all else self._kept(wanted)
        return tuple(sorted(map(self.article, numbers), key=lambda article: article.id))

    def scope(self, wanted: Filter | None = None) -> list[Mask | None] | None:
        """What may be found where a filter is set; None where it keeps no article."""
        if wanted is None or wanted.keeps_all:
            return self._live
        numbers = self._kept(wanted)
        return self.allowed(numbers) if numbers else None

    def article(self, number: int) -> Article:
        """One article."""
        place, within = self._place(self._article_bases, number)
        return self.segments[place].article(within)

    def passage(self, number: int) -> Passage:
        """One passage."""
        place, within = self._place(self._passage_bases, number)
        return self.segments[place].passage(within)

    def article_of(self, passage: int) -> Article:
        """The article a passage belongs to."""
        place, within = self._place(self._passage_bases, passage)
        return self.segments[place].article(int(self.segments[place].passages[within, 0]))

    def key(self, passage: int) -> tuple[str, int]:
        """What breaks ties between passages, however they are numbered: article id and start."""
        place, within = self._place(self._passage_bases, passage)
        segment = self.segments[place]
        owner, start = map(int, segment.passages[within, :2])
        return segment.heads[owner].id, start

    def codes(self, passage: int) -> set[int]:
        """The terms of a passage and of its header, as `terms.code` gives them."""
        held = self.passage(passage)
        above = header(self.article_of(passage), held.section)
        return {code(term) for term in terms(held.text) + terms(above)}

    def allowed(self, articles: Iterable[int] | None) -> list[Mask | None]:
        """For each segment the passages that may be found: live, and of the numbered articles if given."""
        wanted = None if articles is None else set(articles)
        masks: list[Mask | None] = []
        for base, segment, dead in zip(self._article_bases, self.segments, self.dead, strict=False):
            if wanted is None and not dead:
                masks.append(None)
                continue
            fine = [
                i not in dead and (wanted is None or base + i in wanted)
                for i in range(segment.counts.articles)
            ]
            masks.append(np.asarray(fine, np.bool_)[segment.passages[:, 0]])
        return masks

    def nearest(self, vector: Floats, limit: int, scope: Sequence[Mask | None]) -> list[int]:
        """The passages with the nearest vectors, nearest first."""
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
                (-float(cosine), self.key(base + int(number)), base + int(number))
                for cosine, number in zip(cosines[0], numbers[0], strict=True)
                if number >= 0
            ]
        return [number for _, _, number in sorted(found)[:limit]]

    def sharing(
        self,
        terms: Sequence[str],
        limit: int,
        scope: Sequence[Mask | None],
        fields: Mapping[int, float] = WORD_FIELDS,
    ) -> list[int]:
        """The passages that come first by BM25, best first."""
        worth = {
            field: (*of_field, self.mean_lengths[field])
            for field, of_field in self.worth(terms, fields).items()
        }
        found = [
            base + number
            for base, segment, mask in zip(self._passage_bases, self.segments, scope, strict=False)
            for number in segment.postings.first(worth, limit, mask).tolist()
        ]
        return self.first_by_bm25(terms, found, limit, fields)

    def counts(self, terms: Codes, passages: Sequence[int], field: int) -> tuple[Numbers, Numbers]:
        """How often terms stand in a field of passages, (P, T), and of how many terms it is, (P,)."""
        counts, sizes = np.zeros((len(passages), len(terms)), np.int64), np.zeros(len(passages), np.int64)
        numbers = np.asarray(passages, np.int64)
        for base, segment in zip(self._passage_bases, self.segments, strict=False):
            mine = np.flatnonzero((numbers >= base) & (numbers < base + segment.counts.passages))
            within = numbers[mine] - base
            counts[mine] = segment.postings.counts(terms, within, field)
            sizes[mine] = segment.postings.sizes[within, field]
        return counts, sizes

    def meet(self, question: Floats, passages: Sequence[int]) -> list[Met]:
        """A question's tokens, (Q, D), with those of passages."""
        found: dict[int, Met] = {}
        places = [self._place(self._passage_bases, passage) for passage in passages]
        for place, segment in enumerate(self.segments):
            mine = [i for i, (owner, _) in enumerate(places) if owner == place]
            found.update(zip(mine, segment.tokens.meet(question, [places[i][1] for i in mine]), strict=True))
        return [found[i] for i in range(len(passages))]

    def cosines(self, vector: Floats, passages: Sequence[int]) -> Floats:
        """Of a vector, (D,), with those of passages: (P,)."""
        places = [self._place(self._passage_bases, passage) for passage in passages]
        rows = [self.segments[place].dense.reconstruct(within) for place, within in places]
        return np.asarray(rows, np.float32).reshape(len(rows), -1) @ vector

    @property
    def live_passages(self) -> int:
        """The number of live passages."""
        return self.manifest.passages

    def frequency(self, term: str, field: int) -> int:
        """The number of live passages whose text or header holds a term."""
        return self._frequency(code(term), field)

    def _count(self, term: int, field: int) -> int:
        found = 0
        for segment, mask in zip(self.segments, self._live, strict=True):
            passages = segment.postings.of(term, field).passages
            found += len(passages) if mask is None else int(mask[passages].sum())
        return found

    @cached_property
    def mean_lengths(self) -> list[float]:
        """The mean number of terms of each of `terms.FIELDS`."""
        lengths = np.zeros(len(FIELDS), np.int64)
        for segment, mask in zip(self.segments, self._live, strict=True):
            sizes = segment.postings.sizes
            lengths += (sizes if mask is None else sizes[mask]).sum(axis=0, dtype=np.int64)
        return [int(length) / max(1, self.manifest.passages) for length in lengths]

    @cached_property
    def _live(self) -> list[Mask | None]:
        return self.allowed(None)

    def _kept(self, wanted: Filter) -> list[int]:
        return [number for number, head in self.heads() if wanted.holds(head)]

    @staticmethod
    def _place(bases: Sequence[int], number: int) -> tuple[int, int]:
        place = bisect_right(bases, number) - 1
        return place, number - bases[place]
