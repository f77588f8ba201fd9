"""Update an index to a folder of reports, reading and embedding only what changed."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from corpus import Rejection, require_folder
from retrieval.errors import IndexMissing, OtherBits, OtherFormat, refresh_command
from retrieval.index.address import IndexLocation
from retrieval.index.base import IndexStore, Snapshot
from retrieval.index.local.publish import KEPT
from retrieval.index.open import open_index
from retrieval.index.quantization import BITS
from retrieval.index.update import Progress, Update
from retrieval.indexing.diff import find_changes
from retrieval.indexing.scan import FolderScan
from retrieval.models import bundled
from retrieval.models.encoder import Encoder, load, model_name


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did.

    Attributes:
        added, changed, removed, unchanged: Counts of articles as received.
        rejected: The files and articles that could not be read.
        passages: The number of passages in the index.
        embedded: The number of passages that were embedded.
        generation: The number of the current generation.
        seconds: The duration of the refresh.
    """

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
    index: IndexLocation,
    *,
    model: str | None = None,
    encoder: Encoder | None = None,
    rebuild: bool = False,
    keep: int = KEPT,
    bits: int | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> RefreshReport:
    """Publish a generation of an index that holds the reports of a folder.

    Only changed files are read and only new passages are embedded. Without changes no generation is
    published. An index written by another version of this program, or by the bundled model with another
    adapter, is rebuilt.

    Args:
        corpus: The folder of reports.
        index: A folder, or the address of a Milvus.
        model: The name of the model; it is loaded when a passage has to be embedded.
        encoder: The encoder to use instead of loading `model`.
        rebuild: Whether to rebuild the index from nothing.
        keep: The number of generations to keep in a folder; Milvus keeps only the current one.
        bits: Bits of a component of the token vectors, one of `BITS`; None keeps those of the index.
        progress: Receives the progress.

    Raises:
        CorpusError: the folder of reports is missing.
        OtherModel: the index was made by another model.
        OtherBits: the index stores token vectors with other bits.
        IndexDamaged: the index cannot be opened.
        IndexBusy: another process is writing the index.
        IndexUnwritable: the folder cannot be written, or the disk is full.
        IndexUnreachable: the Milvus does not answer.
        ModelError: the model cannot be loaded.
    """
    began = time.perf_counter()
    require_folder(corpus)
    wanted_model = encoder.name if encoder else model_name(model)
    store = open_index(index)
    with store.writing():
        before = None if rebuild else _reusable(store, wanted_model)
        if before:
            _require_bits(store, before, bits)
        documents = store.documents(before) if before else None
        ledger = store.read_ledger(before.manifest.generation) if before else {}
        scan = FolderScan(corpus, ledger, progress)
        changes = find_changes(documents, scan.read, scan.unchanged, scan.read_unchanged)
        embedded = 0
        if before and not changes.dead and not changes.copies:
            manifest = before.manifest
        else:
            load_encoder = partial(_load, encoder, model, progress)
            stored_bits = before.manifest.bits if before else BITS[0] if bits is None else bits
            former = documents.passages(sorted(changes.dead)) if documents else ()
            update = Update(changes, former, load_encoder, progress, stored_bits)
            manifest = store.publish(before, changes, update, wanted_model, keep)
            embedded = update.embedded
        if manifest is not (before and before.manifest) or scan.files != ledger:
            store.write_ledger(manifest.generation, scan.files)
    return RefreshReport(
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        unchanged=changes.unchanged,
        rejected=scan.rejected,
        passages=manifest.passages,
        embedded=embedded,
        generation=manifest.generation,
        seconds=round(time.perf_counter() - began, 3),
    )


def _reusable(store: IndexStore, model: str) -> Snapshot | None:
    """Return the current snapshot, or None where the index has to be built from nothing."""
    try:
        before = store.current()
    except (IndexMissing, OtherFormat):
        return None
    made_by = before.manifest.model
    if made_by != model and bundled.is_bundled(made_by) and model == bundled.adapted_name():
        return None  # the default model was given another adapter, which no user chose
    before.require_model(model)
    return before


def _require_bits(store: IndexStore, before: Snapshot, bits: int | None) -> None:
    stored = before.manifest.bits
    if bits not in (None, stored):
        raise OtherBits(
            f"the index in {store.location} stores {stored} bits a component of a token vector, not {bits}. "
            f"Rebuild it: {refresh_command(store.location)} --token-bits {bits} --rebuild"
        )


def _load(encoder: Encoder | None, model: str | None, progress: Progress) -> Encoder:
    return encoder or load(model, lambda what: progress(what, 0, 0))
