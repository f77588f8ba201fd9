"""The ledger: which files the current generation was made from, so that only changed ones are read.

It is a cache beside the generations. One that is missing, that belongs to another generation or to another
way of reading, costs the reading of all files and nothing else.
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
"""A file changed so shortly before it was read may have changed again within the clock's grain."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when it was read: size in bytes, time of its last change, what it did not give."""

    size: int
    modified: int  # nanoseconds
    settled: bool
    rejected: tuple[Rejection, ...] = ()

    def is_still(self, path: str) -> bool:
        """Whether the file is surely as it was."""
        if not self.settled:
            return False
        now = seen(path)
        return (now.size, now.modified) == (self.size, self.modified)


def seen(path: Path | str) -> Seen:
    """Look at a file; one that cannot be looked at is never settled."""
    try:
        state = os.stat(path)  # noqa: PTH116 - a Path for each of 20,000 files takes longer than all else
    except OSError:
        return Seen(-1, 0, False)
    settled = time.time() - state.st_mtime > UNSETTLED_SECONDS
    return Seen(state.st_size, state.st_mtime_ns, settled)


def read_ledger(index: Path, generation: int) -> dict[str, Seen]:
    """What is known of the files a generation was made from; nothing where that is not sure."""
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
    """Replace the ledger."""
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
