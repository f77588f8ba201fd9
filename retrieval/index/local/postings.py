"""Postings: which passages hold a term, and how often; the lexical side of a segment.

```
postings.uint8     the lists, one behind the other: gaps between passages' numbers, the first from -1, as
                   variable-length integers of seven bits a byte, the low ones first; a gap of 0 says that
                   the passage holds the term once more
terms.uint32       (L,) the codes of the terms, ascending within each field
lists.uint8        (L,) the bytes of each list, packed likewise
fields.int64       (F,) where the lists of each field end
sizes.uint16       (P, F) the number of terms of each field of each passage
```

A list is found by bisection and read whole. A passage of 250 characters has some four hundred terms in its
three fields and takes half a kilobyte here; exact BM25 needs nothing else, whatever is live.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.index.local.mapped import mapped
from retrieval.text.tokenize import FIELDS, Codes, code, weight_of

HELD = 128
"""Lists kept in memory, those read last: a question looks each up several times."""

LONGEST = np.iinfo(np.uint16).max
"""Terms of a field that are counted; no passage has as many, a header might."""

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.float64]


class Postings(NamedTuple):
    """The passages that hold a term, ascending, and how often each does."""

    passages: npt.NDArray[np.int32]  # (N,)
    counts: npt.NDArray[np.int32]  # (N,)


NONE = Postings(np.empty(0, np.int32), np.empty(0, np.int32))


class PostingWriter:
    """Collects the terms of passages, in the order of their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._codes: list[list[Codes]] = [[] for _ in FIELDS]

    def append(self, fields: Sequence[Sequence[str]]) -> None:
        """Append one passage by the terms of each of its `FIELDS`."""
        for mine, found in zip(self._codes, fields, strict=True):
            mine.append(np.asarray([code(term) for term in found], np.uint32))

    def close(self) -> None:
        """Write the files."""
        sizes = np.asarray([[len(codes) for codes in mine] for mine in self._codes], np.int64)
        np.minimum(sizes, LONGEST).astype(np.uint16).T.tofile(self._folder / "sizes.uint16")
        ends = []
        with (
            (self._folder / "postings.uint8").open("wb") as postings,
            (self._folder / "terms.uint32").open("wb") as terms,
            (self._folder / "lists.uint8").open("wb") as lists,
        ):
            for mine, lengths in zip(self._codes, sizes, strict=True):
                codes, gaps, taken = _lists(mine, lengths)
                gaps.tofile(postings)
                codes.tofile(terms)
                packed(taken)[0].tofile(lists)
                ends.append(len(codes))
        np.cumsum(ends, dtype=np.int64).tofile(self._folder / "fields.int64")


class PostingStore:
    """The postings of a segment, opened for reading; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._bytes: Bytes = mapped(folder / "postings.uint8", np.uint8)
        self._codes: Codes = mapped(folder / "terms.uint32", np.uint32)
        lengths = unpacked(np.fromfile(folder / "lists.uint8", np.uint8))
        self._starts: Numbers = np.concatenate([[0], np.cumsum(lengths)])
        self._fields = [0, *np.fromfile(folder / "fields.int64", np.int64).tolist()]
        self.sizes: npt.NDArray[np.uint16] = mapped(folder / "sizes.uint16", np.uint16).reshape(
            -1, len(FIELDS)
        )
        self.of = lru_cache(HELD)(self._read)
        if len(self._bytes) != self._starts[-1] or len(self._codes) != self._fields[-1]:
            raise ValueError("its files do not fit one another")

    def __len__(self) -> int:
        return len(self.sizes)

    def _read(self, term: int, field: int) -> Postings:
        begin, end = self._fields[field : field + 2]
        place = begin + int(np.searchsorted(self._codes[begin:end], np.uint32(term)))
        if place == end or self._codes[place] != term:
            return NONE
        gaps = unpacked(self._bytes[self._starts[place] : self._starts[place + 1]])
        first = np.flatnonzero(gaps)  # of each passage
        passages, counts = np.cumsum(gaps[first]) - 1, np.diff(first, append=len(gaps))
        return Postings(passages.astype(np.int32), counts.astype(np.int32))

    def counts(self, terms: Codes, passages: Numbers, field: int) -> Numbers:
        """How often passages hold terms, (passages, terms)."""
        found = np.zeros((len(passages), len(terms)), np.int64)
        for i, term in enumerate(terms.tolist()):
            postings = self.of(term, field)
            if len(postings.passages):
                at = np.searchsorted(postings.passages, passages).clip(max=len(postings.passages) - 1)
                found[:, i] = np.where(postings.passages[at] == passages, postings.counts[at], 0)
        return found

    def first(
        self, fields: Mapping[int, tuple[Codes, Weights, float]], limit: int, allowed: Mask | None = None
    ) -> Numbers:
        """The passages that come first by BM25, of the allowed ones where a mask is given, ascending.

        `fields` gives of each field the terms, what each is worth, and the mean number of terms. All that
        come level with the last are among them.
        """
        scores = np.zeros(len(self))
        for field, (terms, worth, mean_length) in fields.items():
            for term, value in zip(terms.tolist(), worth.tolist(), strict=True):
                passages, counts = self.of(term, field)
                if len(passages):
                    scores[passages] += value * weight_of(counts, self.sizes[passages, field], mean_length)
        if allowed is not None:
            scores[~allowed] = 0
        found = np.flatnonzero(scores > 0)
        if len(found) > limit:
            least = np.partition(scores[found], -limit)[-limit]
            found = found[scores[found] >= least * (1 - 1e-9)]  # what the order of adding up changes
        return found

    def problems(self) -> list[str]:
        """What does not fit: terms out of order, or a list that names passages that are not there."""
        for begin, end in pairwise(self._fields):
            if (np.diff(self._codes[begin:end].astype(np.int64)) <= 0).any():
                return ["terms.uint32 is not in order"]
            for term, start, stop in zip(
                self._codes[begin:end].tolist(),
                self._starts[begin:end],
                self._starts[begin + 1 : end + 1],
                strict=True,
            ):
                gaps = unpacked(self._bytes[start:stop])
                if not len(gaps) or gaps[0] < 1 or gaps.sum() > len(self):
                    return [f"the list of term {term:08x} names passages that are not there"]
        return []


def packed(gaps: Numbers) -> tuple[Bytes, Numbers]:
    """Numbers, (N,), as variable-length integers, and the bytes that each takes, (N,)."""
    sizes = np.ones(len(gaps), np.int64)
    for bits in range(7, 64, 7):
        more = gaps >> bits > 0
        if not more.any():
            break
        sizes += more
    starts = np.cumsum(sizes) - sizes
    found = np.zeros(int(sizes.sum()), np.uint8)
    for place in range(int(sizes.max(initial=0))):
        mine = sizes > place
        go_on = (sizes[mine] > place + 1).astype(np.uint8) << 7
        found[starts[mine] + place] = (gaps[mine] >> 7 * place & 0x7F).astype(np.uint8) | go_on
    return found, sizes


def unpacked(code_bytes: Bytes) -> Numbers:
    """The numbers that `packed` packed."""
    last = code_bytes < 0x80
    if last.all():
        return code_bytes.astype(np.int64)
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    places = np.arange(len(code_bytes)) - np.repeat(starts, ends - starts + 1)
    return np.add.reduceat((code_bytes & 0x7F).astype(np.int64) << 7 * places, starts)


def _lists(codes: Sequence[Codes], sizes: Numbers) -> tuple[Codes, Bytes, Numbers]:
    """Of the terms of passages: the codes of the lists, the lists, and how many bytes each takes."""
    # One number a term, to be sorted in place: by its code, then by the passage.
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
    found, lengths = packed(gaps)
    return terms[starts], found, np.add.reduceat(lengths, starts)
