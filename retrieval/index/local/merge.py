"""Write the new segment of a generation, and merge earlier segments into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.index.local.generation import Generation
from retrieval.index.local.publish import draft_folder, next_segment
from retrieval.index.local.segment import Counts, Segment
from retrieval.index.local.segment_writer import SegmentWriter
from retrieval.index.manifest import FORMAT, Manifest, SegmentEntry, segment_folder
from retrieval.index.quantization import Codec
from retrieval.index.records import Document
from retrieval.index.update import Changes, Update

SMALL, FACTOR, TIER_SIZE = 512, 8, 3
"""Sizes that decide which segments are merged.

Segments with fewer than SMALL passages form the first tier; each further tier allows FACTOR times as many.
A new segment is merged with the segments of its tier when these are at least TIER_SIZE.
"""


@dataclass(frozen=True, slots=True)
class _FormerSegment:
    """A segment of the generation before, and its documents that are dead in the new generation."""

    number: int
    segment: Segment
    dead: set[int]

    @property
    def live_passages(self) -> int:
        if not self.dead:
            return self.segment.counts.passages
        return int((~np.isin(self.segment.passages[:, 0], list(self.dead))).sum())

    @property
    def live_articles(self) -> int:
        return self.segment.counts.articles - len(self.dead)

    def live_documents(self) -> Iterator[Document]:
        for number in range(self.segment.counts.articles):
            if number not in self.dead:
                yield self.segment.document(number)


def write_generation(
    index: Path, before: Generation | None, changes: Changes, update: Update, number: int, model: str
) -> Manifest:
    """Write the new segment, unless it would be empty, and return the manifest of the generation."""
    former = [segment for segment in _former_segments(before, changes) if segment.live_passages]
    live = [segment.live_passages for segment in former]
    whole = [segment.segment.counts.passages for segment in former]
    chosen = _choose_merged(live, whole, update.passages)
    kept = [segment for i, segment in enumerate(former) if i not in chosen]
    dimension = before.manifest.dimension if before else update.encoder.dimension
    entries = [SegmentEntry(segment.number, tuple(sorted(segment.dead))) for segment in kept]
    articles = sum(segment.live_articles for segment in kept)
    passages = sum(segment.live_passages for segment in kept)
    if update.new_documents or chosen:
        known = before.segments[0].codec if before and before.segments else None
        codec = known or Codec.fit(update.encoder, update.bits)
        merged = [former[i] for i in sorted(chosen)]
        segment, counts = _write_segment(index, merged, update, codec)
        entries.append(SegmentEntry(segment, ()))
        articles, passages = articles + counts.articles, passages + counts.passages
    return Manifest(FORMAT, number, model, dimension, update.bits, articles, passages, tuple(entries))


def _former_segments(before: Generation | None, changes: Changes) -> Iterator[_FormerSegment]:
    if before:
        pairs = zip(before.manifest.segments, before.segments, strict=True)
        for position, (entry, segment) in enumerate(pairs):
            dead = {document.number for document in changes.dead if document.segment == position}
            yield _FormerSegment(entry.number, segment, dead.union(entry.dead))


def _choose_merged(live: Sequence[int], whole: Sequence[int], new: int) -> set[int]:
    """Choose the segments to merge with the new one: mostly dead segments, then segments of its tier.

    This policy of log-structured merge trees copies each passage seldom.

    Args:
        live: The number of live passages of each segment.
        whole: The number of all passages of each segment.
        new: The number of passages of new documents.
    """
    chosen = {i for i, count in enumerate(live) if count and 2 * count < whole[i]}
    size = new + sum(live[i] for i in chosen)
    while size:
        others = {i for i, count in enumerate(live) if count and i not in chosen}
        same_tier = {i for i in others if _tier(live[i]) == _tier(size)}
        if len(same_tier) < TIER_SIZE:
            break
        chosen |= same_tier
        size += sum(live[i] for i in same_tier)
    return chosen


def _tier(passages: int) -> int:
    tier = 0
    while passages >= SMALL:
        passages //= FACTOR
        tier += 1
    return tier


def _write_segment(
    index: Path, merged: Sequence[_FormerSegment], update: Update, codec: Codec
) -> tuple[int, Counts]:
    """Write a segment; returns its number and its counts."""
    with draft_folder(index, "segments") as draft:
        writer = SegmentWriter(draft, codec)
        for former in merged:
            for document in former.live_documents():
                writer.add(document)
        for document in update.documents(codec.tokens):
            writer.add(document)
        counts = writer.close()
        number = next_segment(index)
        draft.rename(segment_folder(index, number))
    return number, counts
