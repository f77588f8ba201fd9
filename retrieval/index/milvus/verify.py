"""Verify: prove that what serves in Milvus is what it says it is."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from retrieval.index.local.verify import UNIT_TOLERANCE
from retrieval.index.milvus.connection import AT_ONCE
from retrieval.index.milvus.schema import PER_STORY, TEXT_FIELDS, codes_of, vector_of
from retrieval.index.milvus.snapshot import MilvusSnapshot, counts


def problems(snapshot: MilvusSnapshot, *, quick: bool) -> tuple[str, ...]:
    """Say what is wrong, a sentence each. That the counts are right was seen when it was opened.

    Checked: each passage a slice of its article, vectors finite and of unit length, token vectors there, and
    the statistics of terms those of the live passages. `quick` leaves it at the counts.
    """
    return () if quick else tuple(_problems(snapshot))


def _problems(snapshot: MilvusSnapshot) -> Iterator[str]:
    collections = snapshot.collections
    fields = ["id", "story", "start", "end", "vector", *TEXT_FIELDS]
    held: list[Counter[int]] = [Counter() for _ in TEXT_FIELDS]
    lengths = [0 for _ in TEXT_FIELDS]
    numbers: list[int] = []
    for row in collections.connection.query(collections.passages, snapshot.live, fields):
        number = int(row["id"])
        numbers.append(number)
        article = snapshot.article_of(number)
        if number // PER_STORY != row["story"] or not 0 <= row["start"] < row["end"] <= len(article.text):
            yield f"{collections.passages}: passage {number} is not a slice of {article.id}"
        length = float(np.linalg.norm(vector_of(row["vector"])))
        if not abs(length - 1) < UNIT_TOLERANCE:  # NaN included
            yield f"{collections.passages}: the vector of passage {number} has length {length}"
        for field, name in enumerate(TEXT_FIELDS):
            codes = codes_of(row[name])
            held[field].update(set(codes.tolist()))
            lengths[field] += len(codes)
    if tuple(lengths) != snapshot.state.lengths:
        yield f"{collections.passages} holds {lengths} terms, the state says {snapshot.state.lengths}"
    terms = sorted(set().union(*held))
    counted = counts(collections, terms, snapshot.born)
    for each in terms:
        wanted = tuple(counter[each] for counter in held)
        if counted.get(each) != wanted:
            yield f"{collections.terms}: term {each:08x} is counted {counted.get(each)}, held {wanted}"
    if snapshot.manifest.bits:
        for at in range(0, len(numbers), AT_ONCE):
            some = numbers[at : at + AT_ONCE]
            stored = snapshot.tokens(some)
            for number in some:
                scales = stored[number].scales
                if not bool((np.isfinite(scales) & (scales >= 0)).all()):
                    yield f"{collections.pieces}: a token vector of passage {number} has no scale"
