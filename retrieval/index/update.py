"""Telling anew: the stories that a refresh has to write, with the vectors of their passages."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus import Article, Passage, split_passages
from corpus.text.duplicates import ArticleCopy, canonical_article, group_duplicates
from retrieval.index.late_interaction import Quantiser
from retrieval.index.local.segment import StoredMember, StoredPassage, Story
from retrieval.indexing.diff import Plan, Received, article_hash
from retrieval.models.encoder import Encoder

CHUNK = 256
"""Passages embedded between two reports of progress."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is (0: not known)."""


@dataclass(frozen=True, slots=True)
class ToldAnew:
    """A story to be written, before its passages are embedded."""

    article: Article
    members: tuple[StoredMember, ...]
    passages: tuple[Passage, ...]


class Telling:
    """The stories of a plan. `bits` a component of a token vector are to be stored; `known` are the passages
    of the stories that are no more: most of their words come back."""

    def __init__(
        self,
        todo: Plan,
        known: Iterable[StoredPassage],
        load_encoder: Callable[[], Encoder],
        progress: Progress,
        bits: int,
    ) -> None:
        self.bits = bits
        self.embedded = 0
        self.stories = _told_anew(todo)
        self._known = {_digest(former.passage.text): former for former in known}
        self._load = load_encoder
        self._encoder: Encoder | None = None
        self._progress = progress

    @property
    def passages(self) -> int:
        """The number of passages of all stories."""
        return sum(len(story.passages) for story in self.stories)

    @property
    def encoder(self) -> Encoder:
        """The model, loaded when it is first needed."""
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder

    def told(self, quantiser: Quantiser) -> Iterator[Story]:
        """The stories with their passages' vectors: those that were there before, else the model's."""
        known = self._known
        total = sum(_digest(p.text) not in known for story in self.stories for p in story.passages)
        for group in _groups(self.stories):
            texts = [p.text for story in group for p in story.passages if _digest(p.text) not in known]
            if texts:
                self._progress("embedding passages", self.embedded, total)
            fresh = iter(self.encoder.encode_passages(texts) if texts else ())
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


def _told_anew(todo: Plan) -> list[ToldAnew]:
    received = {member.article.id: one for one, member in todo.members}
    found = []
    for story in group_duplicates([member for _, member in sorted(todo.members, key=_by_id)]):
        article = canonical_article(story)
        members = tuple(_stored_member(received[member.article.id], member) for member in story)
        found.append(ToldAnew(article, members, split_passages(article)))
    return sorted(found, key=lambda story: story.article.id)


def _groups(told_anew: Sequence[ToldAnew]) -> Iterator[list[ToldAnew]]:
    """Stories in runs of about CHUNK passages."""
    group: list[ToldAnew] = []
    passages = 0
    for story in told_anew:
        group.append(story)
        passages += len(story.passages)
        if passages >= CHUNK:
            yield group
            group, passages = [], 0
    if group:
        yield group


def _stored_member(received: Received, member: ArticleCopy) -> StoredMember:
    return StoredMember(member.article.id, received.file, article_hash(received.article), member.signature)


def _by_id(pair: tuple[Received, ArticleCopy]) -> str:
    return pair[0].article.id


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
