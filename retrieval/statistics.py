"""Statistics of the live passages: how rare a term is, and BM25 by that, the same wherever an index lies."""

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.encoder import Floats
from retrieval.lexical import WORDS
from retrieval.terms import HEADER, TEXT, Codes, FieldStatistics, bm25, code, highest


class Statistics(ABC):
    """What is counted over the live passages of a snapshot, and what follows from it."""

    @property
    @abstractmethod
    def live_passages(self) -> int:
        """The number of live passages."""

    @property
    @abstractmethod
    def mean_lengths(self) -> Sequence[float]:
        """The mean number of terms of each of `terms.FIELDS`."""

    @abstractmethod
    def frequency(self, term: str, field: int) -> int:
        """The number of live passages that hold a term in a field."""

    @abstractmethod
    def documents(self, passages: Sequence[int], field: int) -> Sequence[Codes]:
        """The terms of a field of passages, in the order of `passages`."""

    @abstractmethod
    def key(self, passage: int) -> tuple[str, int]:
        """What breaks ties between passages, however they are numbered: article id and start."""

    def holders(self, term: str) -> int:
        """The number of live passages whose text holds a term, or whose header if that is more."""
        return max(self.frequency(term, field) for field in (TEXT, HEADER))

    def rarity(self, term: str) -> float:
        """Inverse document frequency over texts and headers: a word that few passages hold says more."""
        holders = self.holders(term)
        return math.log(1 + (self.live_passages - holders + 0.5) / (holders + 0.5))

    def bm25(
        self, terms: Sequence[str], passages: Sequence[int], fields: Mapping[int, float] = WORDS
    ) -> Floats:
        """BM25 of passages, (P,), by the statistics of what is live; `fields` gives each field its weight.

        As a part of the highest that a passage can reach by all the terms that some passage holds: 0 to 1,
        more only where the header repeats what the text says.
        """
        counted = sorted(Counter(terms).items())
        wanted = np.asarray([code(term) for term, _ in counted], np.uint32)
        weights = np.asarray([count for _, count in counted], np.float64)
        total, ceiling = np.zeros(len(passages)), 0.0
        for field, weight in fields.items():
            frequencies = np.asarray([self.frequency(term, field) for term, _ in counted], np.int64)
            statistics = FieldStatistics(self.live_passages, self.mean_lengths[field], frequencies)
            total += weight * bm25(self.documents(passages, field), wanted, weights, statistics)
            ceiling = max(ceiling, weight * highest(weights, statistics))
        return (total / (ceiling or 1.0)).astype(np.float32)

    def first_by_bm25(
        self, terms: Sequence[str], found: Sequence[int], limit: int, fields: Mapping[int, float]
    ) -> list[int]:
        """Of the passages found the `limit` that come first by BM25, best first."""
        scores = self.bm25(terms, found, fields)
        ordered = sorted(zip(-scores, map(self.key, found), found, strict=True))
        return [number for _, _, number in ordered[:limit]]
