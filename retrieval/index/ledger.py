"""Read and write the ledger, which lists the files that the current generation was made from.

It is a cache that saves reading unchanged files. If it is missing, or belongs to another generation or
version of the reader, all files are read.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus import Rejection
from corpus.read import READER_VERSION

UNSETTLED_SECONDS = 2.0
"""The age below which a file may still change without a new modification time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when it was read.

    Attributes:
        size: The size in bytes.
        modified: The modification time in nanoseconds.
        settled: Whether any later change will show in `modified`.
        rejected: The articles of the file that could not be read.
    """

    size: int
    modified: int
    settled: bool
    rejected: tuple[Rejection, ...] = ()

    def is_still(self, path: str) -> bool:
        """Whether the file is certainly unchanged."""
        if not self.settled:
            return False
        now = seen(path)
        return (now.size, now.modified) == (self.size, self.modified)


def seen(path: Path | str) -> Seen:
    """Return size and modification time of a file; a file that cannot be accessed is not settled."""
    try:
        state = os.stat(path)  # noqa: PTH116 - making a Path for each file takes most of the time
    except OSError:
        return Seen(-1, 0, False)
    settled = time.time() - state.st_mtime > UNSETTLED_SECONDS
    return Seen(state.st_size, state.st_mtime_ns, settled)


def read_ledger(index: Path, generation: int) -> dict[str, Seen]:
    """Return the files that a generation was made from, or nothing if the ledger is of another one."""
    try:
        record = json.loads((index / "files.json").read_text(encoding="utf-8"))
        if (record["generation"], record["reading"]) != (generation, READER_VERSION):
            return {}
        return {
            file: Seen(size, modified, settled, tuple(Rejection(*pair) for pair in rejected))
            for file, (size, modified, settled, rejected) in record["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_ledger(index: Path, generation: int, files: Mapping[str, Seen]) -> None:
    """Replace the ledger by the files that a generation was made from."""
    record = {
        "generation": generation,
        "reading": READER_VERSION,
        "files": {
            file: (
                s.size,
                s.modified,
                s.settled,
                [(r.file, r.reason) for r in s.rejected] if s.rejected else (),
            )
            for file, s in files.items()
        },
    }
    draft = index / ".files.json"
    draft.write_text(json.dumps(record), encoding="utf-8")
    draft.replace(index / "files.json")
