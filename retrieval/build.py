"""Building: the new segment and the manifest of a generation, from what a refresh has to do."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus import Article, Passage, split
from corpus.stories import Member, stories, told
from retrieval.codec import Codec
from retrieval.encoder import Encoder
from retrieval.generation import FORMAT, Generation, Manifest, SegmentEntry, segment_folder
from retrieval.plan import Plan, Received, article_hash
from retrieval.publish import drafting, next_segment
from retrieval.segment import Segment, StoredMember, StoredPassage, Story
from retrieval.segment_writer import SegmentWriter
from retrieval.tokens import Quantiser

CHUNK = 256
"""Passages embedded between two reports of progress."""

SMALL, FACTOR, PEERS = 512, 8, 3
"""Segments of less than SMALL passages are of one size class, each further class is FACTOR times as
large; a new segment takes in those of its own class when there are PEERS of them."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is (0: not known)."""


@dataclass(frozen=True, slots=True)
class _ToldAnew:
    """A story to be written, before its passages are embedded."""

    article: Article
    members: tuple[StoredMember, ...]
    passages: tuple[Passage, ...]


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


class Builder:
    """Builds the segment and the manifest of a new generation."""

    def __init__(
        self,
        index: Path,
        before: Generation | None,
        todo: Plan,
        load_encoder: Callable[[], Encoder],
        progress: Progress,
        bits: int,
    ) -> None:
        self._index, self._before, self._todo, self._bits = index, before, todo, bits
        self._codec = before.segments[0].codec if before and before.segments else None
        self._load = load_encoder
        self._encoder: Encoder | None = None
        self._progress = progress
        self.embedded = 0

    def build(self, number: int, model: str) -> Manifest:
        """Write the new segment, if there is anything to write, and describe the generation."""
        told_anew = self._told_anew()
        before = [entry for entry in self._entries() if entry.live]
        new_passages = sum(len(story.passages) for story in told_anew)
        whole = [entry.segment.counts.passages for entry in before]
        absorbed = _absorbed([entry.live for entry in before], whole, new_passages)
        kept = [entry for i, entry in enumerate(before) if i not in absorbed]
        dimension = self._before.manifest.dimension if self._before else self._loaded().dimension
        entries = [SegmentEntry(entry.number, tuple(sorted(entry.dead))) for entry in kept]
        articles = sum(entry.segment.counts.articles - len(entry.dead) for entry in kept)
        passages = sum(entry.live for entry in kept)
        if told_anew or absorbed:
            with drafting(self._index, "segments") as draft:
                codec = self._codec or Codec.of(self._loaded(), self._bits)
                writer = SegmentWriter(draft, codec)
                for i in sorted(absorbed):
                    for story in before[i].stories():
                        writer.add(story)
                for story in self._embedded(told_anew, codec.tokens):
                    writer.add(story)
                counts = writer.close()
                entries.append(SegmentEntry(next_segment(self._index), ()))
                draft.rename(segment_folder(self._index, entries[-1].number))
            articles, passages = articles + counts.articles, passages + counts.passages
        return Manifest(FORMAT, number, model, dimension, self._bits, articles, passages, tuple(entries))

    def _told_anew(self) -> list["_ToldAnew"]:
        received = {member.article.id: one for one, member in self._todo.members}
        found = []
        for story in stories([member for _, member in sorted(self._todo.members, key=_by_id)]):
            article = told(story)
            members = tuple(_stored_member(received[member.article.id], member) for member in story)
            found.append(_ToldAnew(article, members, split(article)))
        return sorted(found, key=lambda story: story.article.id)

    def _entries(self) -> Iterator["_Entry"]:
        """The segments before, with the tombstones of this generation."""
        if self._before:
            entries = self._before.manifest.segments
            for place, (entry, segment) in enumerate(zip(entries, self._before.segments, strict=True)):
                died = {article for owner, article in self._todo.dead if owner == place}
                yield _Entry(entry.number, segment, died.union(entry.dead))

    def _embedded(self, told_anew: Sequence["_ToldAnew"], quantiser: Quantiser) -> Iterator[Story]:
        """The stories with their passages' vectors: those that were there before, else the model's."""
        known = self._known()
        total = sum(_digest(p.text) not in known for story in told_anew for p in story.passages)
        for group in _groups(told_anew):
            texts = [p.text for story in group for p in story.passages if _digest(p.text) not in known]
            if texts:
                self._progress("embedding passages", self.embedded, total)
            fresh = iter(self._loaded().encode_passages(texts) if texts else ())
            self.embedded += len(texts)
            for story in group:
                done = []
                for passage in story.passages:
                    former = known.get(_digest(passage.text))
                    if former is None:
                        embedding = next(fresh)
                        done.append(StoredPassage(passage, embedding.vector, quantiser.stored(embedding)))
                    else:
                        done.append(replace(former, passage=passage))
                yield Story(story.article, story.members, tuple(done))

    def _known(self) -> dict[bytes, StoredPassage]:
        """The passages of the stories that are no more: most of their words come back."""
        found = {}
        for place, article in sorted(self._todo.dead):
            assert self._before is not None
            for passage in self._before.segments[place].story(article).passages:
                found[_digest(passage.passage.text)] = passage
        return found

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder


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


def _groups(told_anew: Sequence["_ToldAnew"]) -> Iterator[list["_ToldAnew"]]:
    """Stories in runs of about CHUNK passages."""
    group: list[_ToldAnew] = []
    passages = 0
    for story in told_anew:
        group.append(story)
        passages += len(story.passages)
        if passages >= CHUNK:
            yield group
            group, passages = [], 0
    if group:
        yield group


def _stored_member(received: Received, member: Member) -> StoredMember:
    return StoredMember(member.article.id, received.file, article_hash(received.article), member.signature)


def _by_id(pair: tuple[Received, Member]) -> str:
    return pair[0].article.id


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
