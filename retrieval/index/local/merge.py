"""Building: the new segment and the manifest of a generation on disk, from what a refresh has to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.index.local.generation import Generation
from retrieval.index.local.publish import drafting, next_segment
from retrieval.index.local.segment import Segment, Story
from retrieval.index.local.segment_writer import SegmentWriter
from retrieval.index.manifest import FORMAT, Manifest, SegmentEntry, segment_folder
from retrieval.index.quantization import Codec
from retrieval.index.update import Telling
from retrieval.indexing.diff import Plan

SMALL, FACTOR, PEERS = 512, 8, 3
"""Segments of less than SMALL passages are of one size class, each further class is FACTOR times as
large; a new segment takes in those of its own class when there are PEERS of them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A segment of the generation before, and the articles in it that are no more."""

    number: int
    segment: Segment
    dead: set[int]

    @property
    def live(self) -> int:
        """The passages that stay."""
        if not self.dead:
            return self.segment.counts.passages
        return int((~np.isin(self.segment.passages[:, 0], list(self.dead))).sum())

    def stories(self) -> Iterator[Story]:
        """The stories that stay."""
        for article in range(self.segment.counts.articles):
            if article not in self.dead:
                yield self.segment.story(article)


def build(
    index: Path, before: Generation | None, todo: Plan, telling: Telling, number: int, model: str
) -> Manifest:
    """Write the new segment, if there is anything to write, and describe the generation."""
    entries_before = [entry for entry in _entries(before, todo) if entry.live]
    whole = [entry.segment.counts.passages for entry in entries_before]
    absorbed = _absorbed([entry.live for entry in entries_before], whole, telling.passages)
    kept = [entry for i, entry in enumerate(entries_before) if i not in absorbed]
    dimension = before.manifest.dimension if before else telling.encoder.dimension
    entries = [SegmentEntry(entry.number, tuple(sorted(entry.dead))) for entry in kept]
    articles = sum(entry.segment.counts.articles - len(entry.dead) for entry in kept)
    passages = sum(entry.live for entry in kept)
    if telling.stories or absorbed:
        with drafting(index, "segments") as draft:
            known = before.segments[0].codec if before and before.segments else None
            codec = known or Codec.of(telling.encoder, telling.bits)
            writer = SegmentWriter(draft, codec)
            for i in sorted(absorbed):
                for story in entries_before[i].stories():
                    writer.add(story)
            for story in telling.told(codec.tokens):
                writer.add(story)
            counts = writer.close()
            entries.append(SegmentEntry(next_segment(index), ()))
            draft.rename(segment_folder(index, entries[-1].number))
        articles, passages = articles + counts.articles, passages + counts.passages
    return Manifest(FORMAT, number, model, dimension, telling.bits, articles, passages, tuple(entries))


def _entries(before: Generation | None, todo: Plan) -> Iterator[_Entry]:
    """The segments before, with the tombstones of this generation."""
    if before:
        pairs = zip(before.manifest.segments, before.segments, strict=True)
        for place, (entry, segment) in enumerate(pairs):
            died = {article for owner, article in todo.dead if owner == place}
            yield _Entry(entry.number, segment, died.union(entry.dead))


def _absorbed(live: Sequence[int], whole: Sequence[int], new: int) -> set[int]:
    """Which segments the new one takes in (a log-structured merge): the mostly dead, and its peers.

    `live` and `whole` count the passages of each segment, `new` those of the stories told anew.
    """
    taken = {i for i, count in enumerate(live) if count and 2 * count < whole[i]}
    size = new + sum(live[i] for i in taken)
    while size:
        others = {i for i, count in enumerate(live) if count and i not in taken}
        peers = {i for i in others if _class(live[i]) == _class(size)}
        if len(peers) < PEERS:
            break
        taken |= peers
        size += sum(live[i] for i in peers)
    return taken


def _class(passages: int) -> int:
    size_class = 0
    while passages >= SMALL:
        passages //= FACTOR
        size_class += 1
    return size_class
