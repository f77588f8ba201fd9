"""The backend that stores an index in a folder, see `generation` for its files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from corpus.text.duplicates import Signature, are_duplicates
from retrieval.index.base import Snapshot
from retrieval.index.ledger import Seen, read_ledger, write_ledger
from retrieval.index.local.generation import Generation
from retrieval.index.local.merge import write_generation
from retrieval.index.local.publish import next_generation, publish, rollback, writing
from retrieval.index.local.verify import problems
from retrieval.index.manifest import Manifest, current_number
from retrieval.index.records import CopyRecord, DocumentRef, StoredPassage
from retrieval.index.update import Changes, Update


class LocalStore:
    """An index in a folder; see `IndexStore` for the methods."""

    def __init__(self, index: Path) -> None:
        self.location = index

    def number(self) -> int | None:
        return current_number(self.location)

    def current(self) -> Generation:
        return Generation.current(self.location)

    def documents(self, snapshot: Snapshot) -> "LocalDocuments":
        assert isinstance(snapshot, Generation)
        return LocalDocuments(snapshot)

    def writing(self) -> AbstractContextManager[None]:
        return writing(self.location)

    def publish(
        self, before: Snapshot | None, changes: Changes, update: Update, model: str, keep: int
    ) -> Manifest:
        assert before is None or isinstance(before, Generation)
        number = next_generation(self.location)
        manifest = write_generation(self.location, before, changes, update, number, model)
        publish(self.location, manifest, keep)
        return manifest

    def read_ledger(self, generation: int) -> dict[str, Seen]:
        return read_ledger(self.location, generation)

    def write_ledger(self, generation: int, files: Mapping[str, Seen]) -> None:
        write_ledger(self.location, generation, files)

    def rollback(self, number: int | None = None) -> int:
        return rollback(self.location, number)

    def problems(self, *, quick: bool = False) -> tuple[str, ...]:
        return problems(self.location, quick=quick)


class LocalDocuments:
    """What a refresh reads of a generation; see `Documents` for the methods."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    def copies(self) -> Iterator[tuple[DocumentRef, CopyRecord]]:
        for position, segment in enumerate(self._generation.segments):
            for copy in segment.copies:
                if copy.document not in self._generation.dead[position]:
                    yield DocumentRef(position, copy.document), copy

    def copies_of(self, document: DocumentRef) -> Sequence[CopyRecord]:
        return self._generation.segments[document.segment].copies_of(document.number)

    def duplicates_of(self, signature: Signature) -> set[DocumentRef]:
        found: set[DocumentRef] = set()
        for position, segment in enumerate(self._generation.segments):
            for number in segment.signatures.sharing(signature) - self._generation.dead[position]:
                copies = segment.stored_copies_of(number)
                if any(are_duplicates(signature, copy.signature) for copy in copies):
                    found.add(DocumentRef(position, number))
        return found

    def passages(self, documents: Iterable[DocumentRef]) -> Iterator[StoredPassage]:
        for document in documents:
            yield from self._generation.segments[document.segment].document(document.number).passages
