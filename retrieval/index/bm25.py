"""Compute BM25 from the statistics of terms in a snapshot, in the same way for every backend."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np

from retrieval.models.encoder import Floats
from retrieval.text.tokenize import HEADER, TEXT, WORD_FIELDS, Codes, Numbers, Weights, code

K1, B = 1.2, 0.75
"""The usual constants of BM25 (Robertson & Zaragoza 2009)."""

CACHED_QUERIES = 32
"""The number of queries whose term weights are kept in memory, because one question needs them often."""


def weight_of(counts: Numbers, sizes: Numbers, mean_size: float) -> Weights:
    """Return the weight that BM25 gives to the frequency of terms, without their rarity.

    Args:
        counts: How often each term occurs in each field.
        sizes: The number of terms of each field.
        mean_size: The mean of `sizes` over all passages.
    """
    weights: Weights = counts * (K1 + 1) / (counts + K1 * (1 - B + B * sizes / mean_size))
    return weights


def inverse_frequency(passages: int, holders: Numbers) -> Weights:
    """Return the inverse document frequency of terms.

    Args:
        passages: The number of all passages.
        holders: The number of passages that contain each term.
    """
    found: Weights = np.log(1 + (passages - holders + 0.5) / (holders + 0.5))
    return found


class Statistics(ABC):
    """The statistics of terms over the live passages of a snapshot, and BM25 computed from them."""

    @property
    @abstractmethod
    def live_passages(self) -> int:
        """The number of live passages."""

    @property
    @abstractmethod
    def mean_lengths(self) -> Sequence[float]:
        """The mean number of terms of each of `tokenize.FIELDS`."""

    @abstractmethod
    def frequency(self, term: str, field: int) -> int:
        """Count the live passages with a term in one field."""

    @abstractmethod
    def counts(self, terms: Codes, passages: Sequence[int], field: int) -> tuple[Numbers, Numbers]:
        """Count terms in a field of passages, (P, T), and all terms of that field, (P,)."""

    @abstractmethod
    def sort_key(self, passage: int) -> tuple[str, int]:
        """Return what breaks ties between passages: the article's id and where the passage starts in it."""

    def passage_frequency(self, term: str) -> int:
        """Count the live passages with a term in their text or, if these are more, in their header."""
        return max(self.frequency(term, field) for field in (TEXT, HEADER))

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term over texts and headers."""
        return float(inverse_frequency(self.live_passages, np.asarray(self.passage_frequency(term))))

    def bm25(
        self, terms: Sequence[str], passages: Sequence[int], fields: Mapping[int, float] = WORD_FIELDS
    ) -> Floats:
        """Return the BM25 of passages, divided by the highest value that a text can reach.

        Args:
            terms: The terms of a question; a term that occurs twice counts twice.
            passages: (P,).
            fields: The weight of each field.

        Returns:
            (P,), from 0 to 1, or a little more where the header repeats the text.
        """
        total, ceiling = np.zeros(len(passages)), 0.0
        for field, (codes, weights) in self.term_weights(terms, fields).items():
            counts, sizes = self.counts(codes, passages, field)  # (P, T), (P,)
            total += weight_of(counts, sizes[:, None], self.mean_lengths[field]) @ weights
            ceiling = max(ceiling, float(weights.sum()) * (K1 + 1))  # the limit for endless repetition
        return (total / (ceiling or 1.0)).astype(np.float32)

    def best_by_bm25(
        self, terms: Sequence[str], passages: Sequence[int], limit: int, fields: Mapping[int, float]
    ) -> list[int]:
        """Return the `limit` passages with the highest BM25, best first."""
        scores = self.bm25(terms, passages, fields)
        ordered = sorted(zip(-scores, map(self.sort_key, passages), passages, strict=True))
        return [number for _, _, number in ordered[:limit]]

    def term_weights(
        self, terms: Sequence[str], fields: Mapping[int, float]
    ) -> dict[int, tuple[Codes, Weights]]:
        """Return for each field the codes and weights, (T,) each, of the terms that occur in it."""
        return self._term_weights(tuple(terms), tuple(fields.items()))

    @cached_property
    def _term_weights(self) -> Callable[..., dict[int, tuple[Codes, Weights]]]:
        return lru_cache(CACHED_QUERIES)(self._compute_weights)

    def _compute_weights(
        self, terms: Sequence[str], fields: Iterable[tuple[int, float]]
    ) -> dict[int, tuple[Codes, Weights]]:
        counted = sorted(Counter(terms).items())
        codes = np.asarray([code(term) for term, _ in counted], np.uint32)
        times = np.asarray([count for _, count in counted], np.float64)
        found = {}
        for field, field_weight in fields:
            frequencies = np.asarray([self.frequency(term, field) for term, _ in counted], np.int64)
            if not frequencies.any():
                continue
            weights = field_weight * times * inverse_frequency(self.live_passages, frequencies)
            found[field] = codes[frequencies > 0], weights[frequencies > 0]
        return found
