"""Store which passages of a segment contain a term, and how often: its postings.

```
postings.uint8     the lists one after the other: differences of the numbers of passages, the first from -1,
                   as variable-length integers with seven bits in a byte, low bits first; a difference of 0
                   means that the passage contains the term once more
terms.uint32       (L,) the codes of the terms, ascending within each field
lists.uint8        (L,) the bytes of each list, as variable-length integers
fields.int64       (F,) where the lists of each field end
sizes.uint16       (P, F) the number of terms of each field of each passage
```

Lists are found by bisection. They are enough to compute BM25 exactly, whichever passages are live.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.index.bm25 import weight_of
from retrieval.index.local.memory_map import map_array
from retrieval.text.tokenize import FIELDS, Codes, code

CACHED_LISTS = 128
"""The number of lists kept in memory, because a question needs the same list several times."""

MAX_SIZE = np.iinfo(np.uint16).max
"""The largest number of terms of a field that can be stored; larger numbers are stored as this one."""

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.float64]


class Postings(NamedTuple):
    """The passages with a term, ascending, and how often each contains it."""

    passages: npt.NDArray[np.int32]  # (N,)
    counts: npt.NDArray[np.int32]  # (N,)


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.int32))


class PostingWriter:
    """Collects the terms of passages, in the order of their numbers, and writes their lists."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._codes: list[list[Codes]] = [[] for _ in FIELDS]

    def append(self, fields: Sequence[Sequence[str]]) -> None:
        """Append one passage, given the terms of each of its `FIELDS`."""
        for codes, terms in zip(self._codes, fields, strict=True):
            codes.append(np.asarray([code(term) for term in terms], np.uint32))

    def close(self) -> None:
        """Write the files."""
        sizes = np.asarray([[len(codes) for codes in of_field] for of_field in self._codes], np.int64)
        np.minimum(sizes, MAX_SIZE).astype(np.uint16).T.tofile(self._folder / "sizes.uint16")
        ends = []
        with (
            (self._folder / "postings.uint8").open("wb") as postings,
            (self._folder / "terms.uint32").open("wb") as terms,
            (self._folder / "lists.uint8").open("wb") as lists,
        ):
            for of_field, lengths in zip(self._codes, sizes, strict=True):
                codes, encoded, list_bytes = _lists(of_field, lengths)
                encoded.tofile(postings)
                codes.tofile(terms)
                encode_varints(list_bytes)[0].tofile(lists)
                ends.append(len(codes))
        np.cumsum(ends, dtype=np.int64).tofile(self._folder / "fields.int64")


class PostingStore:
    """Reads the postings of a segment; threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._bytes: Bytes = map_array(folder / "postings.uint8", np.uint8)
        self._codes: Codes = map_array(folder / "terms.uint32", np.uint32)
        lengths = decode_varints(np.fromfile(folder / "lists.uint8", np.uint8))
        self._starts: Numbers = np.concatenate([[0], np.cumsum(lengths)])
        self._fields = [0, *np.fromfile(folder / "fields.int64", np.int64).tolist()]
        self.sizes: npt.NDArray[np.uint16] = map_array(folder / "sizes.uint16", np.uint16).reshape(
            -1, len(FIELDS)
        )
        self.postings = lru_cache(CACHED_LISTS)(self._read)
        if len(self._bytes) != self._starts[-1] or len(self._codes) != self._fields[-1]:
            raise ValueError("its files do not match")

    def __len__(self) -> int:
        return len(self.sizes)

    def _read(self, term: int, field: int) -> Postings:
        begin, end = self._fields[field : field + 2]
        at = begin + int(np.searchsorted(self._codes[begin:end], np.uint32(term)))
        if at == end or self._codes[at] != term:
            return NO_POSTINGS
        gaps = decode_varints(self._bytes[self._starts[at] : self._starts[at + 1]])
        first = np.flatnonzero(gaps)  # of each passage
        passages, counts = np.cumsum(gaps[first]) - 1, np.diff(first, append=len(gaps))
        return Postings(passages.astype(np.int32), counts.astype(np.int32))

    def counts(self, terms: Codes, passages: Numbers, field: int) -> Numbers:
        """Count terms, (T,), in passages, (P,): (P, T)."""
        found = np.zeros((len(passages), len(terms)), np.int64)
        for i, term in enumerate(terms.tolist()):
            postings = self.postings(term, field)
            if len(postings.passages):
                at = np.searchsorted(postings.passages, passages).clip(max=len(postings.passages) - 1)
                found[:, i] = np.where(postings.passages[at] == passages, postings.counts[at], 0)
        return found

    def candidates(
        self, fields: Mapping[int, tuple[Codes, Weights, float]], limit: int, allowed: Mask | None = None
    ) -> Numbers:
        """Return the passages with the highest BM25, including ties with the last one, ascending by number.

        Args:
            fields: The codes and weights of terms, (T,) each, and the mean number of terms, by field.
            limit: The number of passages to return, without ties.
            allowed: (P,), which passages to search; None searches all.
        """
        scores = np.zeros(len(self))
        for field, (terms, weights, mean_length) in fields.items():
            for term, weight in zip(terms.tolist(), weights.tolist(), strict=True):
                passages, counts = self.postings(term, field)
                if len(passages):
                    scores[passages] += weight * weight_of(counts, self.sizes[passages, field], mean_length)
        if allowed is not None:
            scores[~allowed] = 0
        found = np.flatnonzero(scores > 0)
        if len(found) > limit:
            least = np.partition(scores[found], -limit)[-limit]
            found = found[scores[found] >= least * (1 - 1e-9)]  # sums in another order are rounded
        return found

    def problems(self) -> list[str]:
        """Describe terms that are out of order, and lists with passages that do not exist."""
        for begin, end in pairwise(self._fields):
            if (np.diff(self._codes[begin:end].astype(np.int64)) <= 0).any():
                return ["terms.uint32 is not in order"]
            for term, start, stop in zip(
                self._codes[begin:end].tolist(),
                self._starts[begin:end],
                self._starts[begin + 1 : end + 1],
                strict=True,
            ):
                gaps = decode_varints(self._bytes[start:stop])
                if not len(gaps) or gaps[0] < 1 or gaps.sum() > len(self):
                    return [f"the list of term {term:08x} names passages that are not there"]
        return []


def encode_varints(numbers: Numbers) -> tuple[Bytes, Numbers]:
    """Encode numbers, (N,), as variable-length integers; returns them and the bytes of each, (N,)."""
    sizes = np.ones(len(numbers), np.int64)
    for bits in range(7, 64, 7):
        more = numbers >> bits > 0
        if not more.any():
            break
        sizes += more
    starts = np.cumsum(sizes) - sizes
    encoded = np.zeros(int(sizes.sum()), np.uint8)
    for position in range(int(sizes.max(initial=0))):
        longer = sizes > position
        continues = (sizes[longer] > position + 1).astype(np.uint8) << 7
        low = (numbers[longer] >> 7 * position & 0x7F).astype(np.uint8)
        encoded[starts[longer] + position] = low | continues
    return encoded, sizes


def decode_varints(encoded: Bytes) -> Numbers:
    """Decode variable-length integers to numbers, (N,)."""
    last = encoded < 0x80
    if last.all():
        return encoded.astype(np.int64)
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    positions = np.arange(len(encoded)) - np.repeat(starts, ends - starts + 1)
    return np.add.reduceat((encoded & 0x7F).astype(np.int64) << 7 * positions, starts)


def _lists(codes: Sequence[Codes], sizes: Numbers) -> tuple[Codes, Bytes, Numbers]:
    """Return the codes of terms, (L,), their encoded lists, and the bytes of each list, (L,)."""
    # One number for each occurrence, so that sorting orders by code and then by passage.
    pairs = np.concatenate([np.empty(0, np.uint32), *codes]).astype(np.uint64) << np.uint64(32)
    pairs |= np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
    pairs.sort()
    if not len(pairs):
        return np.empty(0, np.uint32), np.empty(0, np.uint8), np.empty(0, np.int64)
    terms, passages = (
        (pairs >> np.uint64(32)).astype(np.uint32),
        (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64),
    )
    starts = np.flatnonzero(np.diff(terms, prepend=terms[0] ^ np.uint32(1)))
    gaps = np.diff(passages, prepend=0)
    gaps[starts] = passages[starts] + 1
    encoded, lengths = encode_varints(gaps)
    return terms[starts], encoded, np.add.reduceat(lengths, starts)
