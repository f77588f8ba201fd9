"""Statistics of the live passages: how rare a term is, and BM25 by that, the same wherever an index lies."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np

from retrieval.models.encoder import Floats
from retrieval.text.tokenize import (
    HEADER,
    K1,
    TEXT,
    WORD_FIELDS,
    Codes,
    Numbers,
    Weights,
    code,
    inverse_frequency,
    weight_of,
)

ASKED = 32
"""Of so many lists of terms it is remembered what they are worth: a question asks that again and again."""


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
    def counts(self, terms: Codes, passages: Sequence[int], field: int) -> tuple[Numbers, Numbers]:
        """How often terms stand in a field of passages, (P, T), and of how many terms it is, (P,)."""

    @abstractmethod
    def key(self, passage: int) -> tuple[str, int]:
        """What breaks ties between passages, however they are numbered: article id and start."""

    def holders(self, term: str) -> int:
        """The number of live passages whose text holds a term, or whose header if that is more."""
        return max(self.frequency(term, field) for field in (TEXT, HEADER))

    def rarity(self, term: str) -> float:
        """Inverse document frequency over texts and headers: a word that few passages hold says more."""
        return float(inverse_frequency(self.live_passages, np.asarray(self.holders(term))))

    def bm25(
        self, terms: Sequence[str], passages: Sequence[int], fields: Mapping[int, float] = WORD_FIELDS
    ) -> Floats:
        """BM25 of passages, (P,), by the statistics of what is live; `fields` gives each field its weight.

        As a part of the highest that a passage can reach by all the terms that some passage holds: 0 to 1,
        more only where the header repeats what the text says.
        """
        total, ceiling = np.zeros(len(passages)), 0.0
        for field, (wanted, worth) in self.worth(terms, fields).items():
            counts, sizes = self.counts(wanted, passages, field)
            total += weight_of(counts, sizes[:, None], self.mean_lengths[field]) @ worth
            ceiling = max(ceiling, float(worth.sum()) * (K1 + 1))  # of one that repeats them without end
        return (total / (ceiling or 1.0)).astype(np.float32)

    def worth(self, terms: Sequence[str], fields: Mapping[int, float]) -> dict[int, tuple[Codes, Weights]]:
        """For each field the codes of the terms that some passage holds there, and what each is worth."""
        return self._worth(tuple(terms), tuple(fields.items()))

    @cached_property
    def _worth(self) -> Callable[..., dict[int, tuple[Codes, Weights]]]:
        return lru_cache(ASKED)(self._weighed)

    def _weighed(
        self, terms: Sequence[str], fields: Iterable[tuple[int, float]]
    ) -> dict[int, tuple[Codes, Weights]]:
        counted = sorted(Counter(terms).items())
        codes = np.asarray([code(term) for term, _ in counted], np.uint32)
        often = np.asarray([count for _, count in counted], np.float64)
        found = {}
        for field, weight in fields:
            holders = np.asarray([self.frequency(term, field) for term, _ in counted], np.int64)
            if not holders.any():
                continue
            worth = weight * often * inverse_frequency(self.live_passages, holders)
            found[field] = codes[holders > 0], worth[holders > 0]
        return found

    def first_by_bm25(
        self, terms: Sequence[str], found: Sequence[int], limit: int, fields: Mapping[int, float]
    ) -> list[int]:
        """Of the passages found the `limit` that come first by BM25, best first."""
        scores = self.bm25(terms, found, fields)
        ordered = sorted(zip(-scores, map(self.key, found), found, strict=True))
        return [number for _, _, number in ordered[:limit]]
