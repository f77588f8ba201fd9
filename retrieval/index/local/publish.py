"""Lock the index on disk for writing, make a generation current, and delete unused files."""

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
"""The number of generations that are kept by default, including the current one."""

_DRAFT = ".building"


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the lock of an index during a block, after deleting the files of an interrupted refresh.

    Raises:
        IndexBusy: another process is writing.
        IndexUnwritable: the folder cannot be written, or the disk is full.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / "lock", timeout=0):
            for name in ("segments", "generations"):
                (index / name).mkdir(exist_ok=True)
                shutil.rmtree(index / name / _DRAFT, ignore_errors=True)
            _delete_unused_segments(index)
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
def draft_folder(index: Path, parent: str) -> Iterator[Path]:
    """Make an empty folder, and delete it at the end of the block unless the block renamed it."""
    draft = index / parent / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def publish(index: Path, manifest: Manifest, keep: int = KEPT) -> None:
    """Make a generation current by one atomic replacement, and delete all but the last `keep` generations."""
    with draft_folder(index, "generations") as draft:
        write_manifest(draft, manifest)
        draft.rename(generation_folder(index, manifest.generation))
    _set_current(index, manifest.generation)
    for number in _numbers(index / "generations")[: -max(1, keep)]:
        if number != manifest.generation:
            shutil.rmtree(generation_folder(index, number))
    _delete_unused_segments(index)


def rollback(index: Path, number: int | None = None) -> int:
    """Make an earlier generation current again; without a number, the one before the current one.

    Returns:
        The number of the generation that is current now.

    Raises:
        IndexMissing: the generation was not kept.
        IndexDamaged: files of the generation are missing.
    """
    with writing(index):
        current = _current_if_readable(index)
        kept = _numbers(index / "generations")
        earlier = [each for each in kept if current is None or each < current]
        wanted = number if number is not None else (earlier[-1] if earlier else None)
        if wanted is None or wanted not in kept:
            listed = ", ".join(map(str, kept)) or "none"
            raise IndexMissing(
                f"generation {wanted if wanted is not None else 'before the current one'} is not kept in "
                f"{index}; kept: {listed}. `refresh --keep N` keeps more."
            )
        for segment in Generation(index, wanted).segments:
            segment.check_sizes()
        _set_current(index, wanted)
        return wanted


def next_generation(index: Path) -> int:
    """Return the number of the next generation."""
    return max([_current_if_readable(index) or 0, *_numbers(index / "generations")]) + 1


def next_segment(index: Path) -> int:
    """Return the number of the next segment."""
    return max([0, *_numbers(index / "segments")]) + 1


def _set_current(index: Path, number: int) -> None:
    pointer = index / ".current"
    pointer.write_text(f"{number}\n")
    pointer.replace(index / "current")


def _delete_unused_segments(index: Path) -> None:
    used: set[int] = set()
    for number in _numbers(index / "generations"):
        try:
            used |= {entry.number for entry in read_manifest(generation_folder(index, number)).segments}
        except IndexDamaged:
            if number == _current_if_readable(index):
                return  # its segments are unknown, so none may be deleted
    for number in _numbers(index / "segments"):
        if number not in used:
            shutil.rmtree(segment_folder(index, number))


def _current_if_readable(index: Path) -> int | None:
    try:
        return current_number(index)
    except IndexDamaged:
        return None


def _numbers(folder: Path) -> Sequence[int]:
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())
