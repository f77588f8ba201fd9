"""Verify that the rows of an index in Milvus are complete and consistent."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from retrieval.index.milvus.connection import BATCH_ROWS
from retrieval.index.milvus.schema import PASSAGES_PER_DOCUMENT, TEXT_FIELDS, codes_of_text, vector_of
from retrieval.index.milvus.snapshot import MilvusSnapshot, passage_counts
from retrieval.index.quantization import UNIT_TOLERANCE


def problems(snapshot: MilvusSnapshot, *, quick: bool) -> tuple[str, ...]:
    """Describe what is wrong with a snapshot, one sentence for each problem.

    Opening a snapshot already checks its counts, which is enough with `quick`. Otherwise this function also
    checks that each passage is a slice of its article, that vectors are finite and of unit length, that token
    vectors are stored, and that the statistics of terms equal those of the live passages.
    """
    return () if quick else tuple(_problems(snapshot))


def _problems(snapshot: MilvusSnapshot) -> Iterator[str]:
    collections = snapshot.collections
    fields = ["id", "story", "start", "end", "vector", *TEXT_FIELDS]
    counters: list[Counter[int]] = [Counter() for _ in TEXT_FIELDS]
    lengths = [0 for _ in TEXT_FIELDS]
    numbers: list[int] = []
    for row in collections.connection.query(collections.passages, snapshot.live, fields):
        number = int(row["id"])
        numbers.append(number)
        article = snapshot.article_of(number)
        if number // PASSAGES_PER_DOCUMENT != row["story"] or not 0 <= row["start"] < row["end"] <= len(
            article.text
        ):
            yield f"{collections.passages}: passage {number} is not a slice of {article.id}"
        length = float(np.linalg.norm(vector_of(row["vector"])))
        if not abs(length - 1) < UNIT_TOLERANCE:  # NaN included
            yield f"{collections.passages}: the vector of passage {number} has length {length}"
        for field, name in enumerate(TEXT_FIELDS):
            codes = codes_of_text(row[name])
            counters[field].update(set(codes.tolist()))
            lengths[field] += len(codes)
    if tuple(lengths) != snapshot.state.lengths:
        yield f"{collections.passages} holds {lengths} terms, the state says {snapshot.state.lengths}"
    terms = sorted(set().union(*counters))
    counted = passage_counts(collections, terms, snapshot.born)
    for each in terms:
        wanted = tuple(counter[each] for counter in counters)
        if counted.get(each) != wanted:
            yield f"{collections.terms}: term {each:08x} is counted {counted.get(each)}, held {wanted}"
    if snapshot.manifest.bits:
        for at in range(0, len(numbers), BATCH_ROWS):
            some = numbers[at : at + BATCH_ROWS]
            stored = snapshot.tokens(some)
            for number in some:
                scales = stored[number].scales
                if not bool((np.isfinite(scales) & (scales >= 0)).all()):
                    yield f"{collections.pieces}: a token vector of passage {number} has no scale"
