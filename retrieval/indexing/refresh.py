"""Refresh: bring the index in step with a folder of reports, at the cost of what has changed."""

import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from corpus import ParsedFile, Rejection, UnreadableReport, read_file, require_folder
from corpus.files import paths_by_id
from retrieval.errors import IndexMissing, OtherBits, OtherFormat, refresh_command
from retrieval.index.base import Snapshot, Store, Where, open_store
from retrieval.index.ledger import Seen, seen
from retrieval.index.local.publish import KEPT
from retrieval.index.quantization import BITS
from retrieval.index.update import Progress, Telling
from retrieval.indexing.diff import Received, plan
from retrieval.models import bundled
from retrieval.models.encoder import Encoder, load, model_name


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did. added … unchanged count articles as received; `embedded` counts passages."""

    added: int
    changed: int
    removed: int
    unchanged: int
    rejected: tuple[Rejection, ...]
    passages: int
    embedded: int
    generation: int
    seconds: float


def refresh(
    corpus: Path,
    index: Where,
    *,
    model: str | None = None,
    encoder: Encoder | None = None,
    rebuild: bool = False,
    keep: int = KEPT,
    bits: int | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> Report:
    """Publish a generation of `index`, in a folder or in Milvus, that holds what the folder `corpus` holds.

    Only files that have changed are read and only passages that are new are embedded; the model (or the
    `encoder` given in its place) is loaded only for these. No generation is published when nothing has
    changed; `keep` of them stay in a folder, in Milvus only the last. `bits` a component of a token vector
    are stored, 4, 2 or none at all, which is settled when an index is made (see `codec`). `rebuild` uses
    nothing of the index that is there, and neither is anything used that another version of this program
    wrote, or that the bundled model made with another adapter than it has now.

    Raises `CorpusError`, `OtherModel`, `OtherBits`, `IndexDamaged`, `IndexBusy`, `IndexUnwritable`,
    `IndexUnreachable`, `ModelError`; a file that cannot be read raises nothing and is among
    `Report.rejected`.
    """
    began = time.perf_counter()
    require_folder(corpus)
    wanted = encoder.name if encoder else model_name(model)
    store = open_store(index)
    with store.writing():
        before = None if rebuild else _usable(store, wanted)
        if before and bits not in (None, stored := before.manifest.bits):
            raise OtherBits(
                f"the index in {store.where} stores {stored} bits a component of a token vector, not {bits}. "
                f"Rebuild it: {refresh_command(store.where)} --token-bits {bits} --rebuild"
            )
        stories = store.stories(before) if before else None
        ledger = store.read_ledger(before.manifest.generation) if before else {}
        reading = _Reading(corpus, ledger, progress)
        todo = plan(stories, reading.received, reading.untouched, reading.again)
        embedded = 0
        if before and not todo.dead and not todo.members:
            manifest = before.manifest
        else:
            loaded = partial(_load, encoder, model, progress)
            settled = before.manifest.bits if before else BITS[0] if bits is None else bits
            former = stories.passages(sorted(todo.dead)) if stories else ()
            telling = Telling(todo, former, loaded, progress, settled)
            manifest = store.publish(before, todo, telling, wanted, keep)
            embedded = telling.embedded
        if manifest is not (before and before.manifest) or reading.files != ledger:
            store.write_ledger(manifest.generation, reading.files)
    return Report(
        added=todo.added,
        changed=todo.changed,
        removed=todo.removed,
        unchanged=todo.unchanged,
        rejected=reading.rejected,
        passages=manifest.passages,
        embedded=embedded,
        generation=manifest.generation,
        seconds=round(time.perf_counter() - began, 3),
    )


class _Reading:
    """The files of the folder against the ledger, and the articles of those that changed."""

    def __init__(self, folder: Path, ledger: dict[str, Seen], progress: Progress) -> None:
        self._folder = folder
        paths = self._paths = paths_by_id(folder)
        self.untouched = frozenset(
            file for file, path in paths.items() if file in ledger and ledger[file].is_still(path)
        )
        self.files = {file: ledger[file] for file in self.untouched}
        self.received: list[Received] = []
        self._ids: dict[str, str] = {}
        changed = sorted(paths.keys() - self.untouched)
        for done, file in enumerate(changed):
            progress("reading reports", done, len(changed))
            self.received += self._read(file)

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """What cannot be read, of the files that have not changed too."""
        return tuple(rejection for _, found in sorted(self.files.items()) for rejection in found.rejected)

    def again(self, file: str) -> dict[str, Received]:
        """The articles of a file that has not changed, by id."""
        if file not in self.files:  # it is gone since, and will be missed at the next refresh
            return {}
        return {one.article.id: one for one in self._read(file)}

    def _read(self, file: str) -> list[Received]:
        path = Path(self._paths[file])
        state = seen(path)  # before it is read: a change while it is read shows at the next refresh
        try:
            reading = read_file(path, self._folder)
        except UnreadableReport as unreadable:
            reading = ParsedFile((), (Rejection(unreadable.file, unreadable.reason),))
        twice = [article.id for article in reading.articles if self._ids.setdefault(article.id, file) != file]
        clashes = (
            Rejection(id, f"{self._ids[id]} has an article of this id: rename the file") for id in twice
        )
        self.files[file] = replace(state, rejected=(*reading.rejected, *clashes))
        return [
            Received(file, article, state.modified) for article in reading.articles if article.id not in twice
        ]


def _load(encoder: Encoder | None, model: str | None, progress: Progress) -> Encoder:
    return encoder or load(model, lambda what: progress(what, 0, 0))


def _usable(store: Store, model: str) -> Snapshot | None:
    """The generation to build on, if there is one."""
    try:
        before = store.current()
    except (IndexMissing, OtherFormat):
        return None
    made_by = before.manifest.model
    if made_by != model and bundled.is_bundled(made_by) and model == bundled.adapted_name():
        return None  # nobody chose that model: the default has learned since
    before.require_model(model)
    return before
