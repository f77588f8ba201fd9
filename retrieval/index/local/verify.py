"""Verify that the files of the current generation are complete and consistent."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from retrieval.index.local.generation import Generation
from retrieval.index.local.segment import Segment, checksums
from retrieval.index.quantization import UNIT_TOLERANCE, decode_vectors


def problems(index: Path, *, quick: bool = False) -> tuple[str, ...]:
    """Describe what is wrong with the current generation, one sentence for each problem.

    It checks sizes and SHA-256 of all files, counts, that each passage is a slice of its article, that
    vectors are finite and of unit length, and that vectors, tokens and postings cover the same passages.

    Args:
        quick: whether to check sizes and counts only.

    Raises:
        IndexMissing: the folder holds no index.
        IndexDamaged: the generation cannot be opened.
    """
    generation = Generation.current(index)
    changed = () if quick else tuple(_each(generation, _files))
    if changed:  # the other checks need readable files
        return changed
    checks = (_counts,) if quick else (_counts, _slices, _vectors, _postings)
    return (*_live(generation), *_each(generation, *checks))


def _each(generation: Generation, *checks: Callable[[Segment], Iterator[str]]) -> Iterator[str]:
    for segment in generation.segments:
        yield from (f"{segment.folder}: {problem}" for check in checks for problem in check(segment))


def _live(generation: Generation) -> Iterator[str]:
    manifest = generation.manifest
    articles = sum(1 for _ in generation.live_articles())
    passages = sum(
        segment.counts.passages if mask is None else int(mask.sum())
        for segment, mask in zip(generation.segments, generation.allowed(None), strict=True)
    )
    for name, found, wanted in (
        ("articles", articles, manifest.articles),
        ("passages", passages, manifest.passages),
    ):
        if found != wanted:
            yield f"{generation.folder}: {found} {name} are live, the manifest says {wanted}"
    ids = [generation.article(number).id for number in generation.live_articles()]
    if len(set(ids)) != len(ids):
        yield f"{generation.folder}: two live articles have one id"


def _files(segment: Segment) -> Iterator[str]:
    found, wanted = checksums(segment.folder), segment.files
    for name in sorted(found.keys() | wanted.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in wanted:
            yield f"{name} is not among the files that were written"
        elif found[name] != wanted[name]:
            yield f"{name} is not the file that was written: its checksum differs"


def _counts(segment: Segment) -> Iterator[str]:
    counts = segment.counts
    for name, found, wanted in (
        ("catalog.jsonl", len(segment.catalog), counts.articles),
        ("passages.int32", len(segment.passages), counts.passages),
        ("vectors.faiss", segment.dense.ntotal, counts.passages),
        ("sizes.uint16", len(segment.postings), counts.passages),
        ("starts.int64", len(segment.tokens.starts) - 1, counts.passages),
        ("tokens.uint8", len(segment.tokens.codes), counts.tokens),
    ):
        if found != wanted:
            yield f"{name} holds {found}, {wanted} were written"


def _slices(segment: Segment) -> Iterator[str]:
    for number, (owner, start, end, _) in enumerate(segment.passages.tolist()):
        text = segment.article(owner).text
        if not 0 <= start < end <= len(text):
            yield f"passage {number} is not a slice of {segment.article(owner).id}"


def _postings(segment: Segment) -> Iterator[str]:
    yield from segment.postings.problems()


def _vectors(segment: Segment) -> Iterator[str]:
    lengths = np.linalg.norm(decode_vectors(segment.dense), axis=1)
    for number in np.flatnonzero(~(np.abs(lengths - 1) < UNIT_TOLERANCE)):  # NaN included
        yield f"the vector of passage {number} has length {lengths[number]}"
    scales = segment.tokens.scales
    for row in np.flatnonzero(~(np.isfinite(scales) & (scales >= 0))):
        yield f"token vector {row} has the scale {scales[row]}"
