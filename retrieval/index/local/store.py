"""The local home: a folder of generations, as `generation` tells."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.text.duplicates import Signature, are_duplicates
from retrieval.index.base import Place, Snapshot
from retrieval.index.ledger import Seen, read_ledger, write_ledger
from retrieval.index.local.generation import Generation
from retrieval.index.local.publish import next_generation, publish, rollback, writing
from retrieval.index.local.segment import ReceivedIn, StoredPassage
from retrieval.index.manifest import Manifest, current_number

if TYPE_CHECKING:
    from retrieval.index.update import Telling
    from retrieval.indexing.diff import Plan


class LocalStore:
    """A folder; see `store.Store` for what its methods do."""

    def __init__(self, index: Path) -> None:
        self.where = index

    def number(self) -> int | None:
        return current_number(self.where)

    def current(self) -> Generation:
        return Generation.current(self.where)

    def stories(self, snapshot: Snapshot) -> "LocalStories":
        assert isinstance(snapshot, Generation)
        return LocalStories(snapshot)

    def writing(self) -> AbstractContextManager[None]:
        return writing(self.where)

    def publish(
        self, before: Snapshot | None, todo: "Plan", telling: "Telling", model: str, keep: int
    ) -> Manifest:
        from retrieval.index.local.merge import build

        assert before is None or isinstance(before, Generation)
        manifest = build(self.where, before, todo, telling, next_generation(self.where), model)
        publish(self.where, manifest, keep)
        return manifest

    def read_ledger(self, generation: int) -> dict[str, Seen]:
        return read_ledger(self.where, generation)

    def write_ledger(self, generation: int, files: Mapping[str, Seen]) -> None:
        write_ledger(self.where, generation, files)

    def rollback(self, number: int | None = None) -> int:
        return rollback(self.where, number)

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        from retrieval.index.local.verify import problems

        return problems(self.where, quick=quick)


class LocalStories:
    """What a refresh reads of a generation; see `store.Stories`."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    def received(self) -> Iterator[tuple[Place, ReceivedIn]]:
        for number, segment in enumerate(self._generation.segments):
            for known in segment.received:
                if known.article not in self._generation.dead[number]:
                    yield (number, known.article), known

    def told_by(self, place: Place) -> Sequence[ReceivedIn]:
        return self._generation.segments[place[0]].told_by(place[1])

    def tellers(self, signature: Signature) -> set[Place]:
        found: set[Place] = set()
        for number, segment in enumerate(self._generation.segments):
            for article in segment.sentences.holders(signature):
                if article not in self._generation.dead[number]:
                    others = segment.members(article)
                    if any(are_duplicates(signature, other.signature) for other in others):
                        found.add((number, article))
        return found

    def passages(self, places: Iterable[Place]) -> Iterator[StoredPassage]:
        for place, article in places:
            yield from self._generation.segments[place].story(article).passages
