"""Publishing: who may write the index, how a generation becomes current, and what is swept."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import IndexBusy, IndexDamaged, IndexMissing, IndexUnwritable
from retrieval.index.local.generation import Generation
from retrieval.index.manifest import (
    Manifest,
    current_number,
    generation_folder,
    read_manifest,
    segment_folder,
    write_manifest,
)

KEPT = 3
"""Generations left on disk if nothing else is said: the current one and those before it."""

_DRAFT = ".building"


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the right to write; what a killed writer left behind is swept first.

    Raises `IndexBusy` when another process has it, `IndexUnwritable` when the disk does not take it.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / "lock", timeout=0):
            for room in ("segments", "generations"):
                (index / room).mkdir(exist_ok=True)
                shutil.rmtree(index / room / _DRAFT, ignore_errors=True)
            _sweep_segments(index)
            yield
    except Timeout:
        raise IndexBusy(
            f"another refresh is writing the index in {index}. Wait until it has ended, then refresh again."
        ) from None
    except OSError as error:
        raise IndexUnwritable(
            f"the index in {index} cannot be written: {error}. Make room, or make the folder writable, "
            "then refresh again; the generation before still serves."
        ) from error


@contextmanager
def drafting(index: Path, room: str) -> Iterator[Path]:
    """An empty folder to build in; it is gone when the block ends, unless it was renamed away."""
    draft = index / room / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def publish(index: Path, manifest: Manifest, keep: int = KEPT) -> None:
    """Make a generation current, by one atomic replacement; sweep what is older than `keep`."""
    with drafting(index, "generations") as draft:
        write_manifest(draft, manifest)
        draft.rename(generation_folder(index, manifest.generation))
    _point(index, manifest.generation)
    for number in _numbers(index / "generations")[: -max(1, keep)]:
        if number != manifest.generation:
            shutil.rmtree(generation_folder(index, number))
    _sweep_segments(index)


def rollback(index: Path, number: int | None = None) -> int:
    """Make a kept generation current again, the one before if none is named; returns its number.

    Raises `IndexMissing` when it is not kept, `IndexDamaged` when it is not whole.
    """
    with writing(index):
        now = _current_if_readable(index)
        kept = _numbers(index / "generations")
        earlier = [kept_number for kept_number in kept if now is None or kept_number < now]
        wanted = number if number is not None else (earlier[-1] if earlier else None)
        if wanted is None or wanted not in kept:
            listed = ", ".join(map(str, kept)) or "none"
            raise IndexMissing(
                f"generation {wanted if wanted is not None else 'before the current one'} is not kept in "
                f"{index}; kept: {listed}. `refresh --keep N` keeps more."
            )
        for segment in Generation(index, wanted).segments:
            segment.check_sizes()
        _point(index, wanted)
        return wanted


def next_generation(index: Path) -> int:
    """A number no generation has."""
    return max([_current_if_readable(index) or 0, *_numbers(index / "generations")]) + 1


def next_segment(index: Path) -> int:
    """A number no segment has."""
    return max([0, *_numbers(index / "segments")]) + 1


def _point(index: Path, number: int) -> None:
    pointer = index / ".current"
    pointer.write_text(f"{number}\n")
    pointer.replace(index / "current")


def _sweep_segments(index: Path) -> None:
    used: set[int] = set()
    for number in _numbers(index / "generations"):
        try:
            used |= {entry.number for entry in read_manifest(generation_folder(index, number)).segments}
        except IndexDamaged:
            if number == _current_if_readable(index):
                return  # which segments it needs cannot be known: nothing is thrown away
    for number in _numbers(index / "segments"):
        if number not in used:
            shutil.rmtree(segment_folder(index, number))


def _current_if_readable(index: Path) -> int | None:
    try:
        return current_number(index)
    except IndexDamaged:
        return None


def _numbers(room: Path) -> Sequence[int]:
    return sorted(int(path.name) for path in room.iterdir() if path.name.isdigit())
