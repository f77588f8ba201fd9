"""Render tables, and store them in `benchmarks/records` for the docs."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.inputs.datasets import RECORDS

Rows = Sequence[Sequence[str]]
"""The cells of a table by row; the first row is the heading."""


@dataclass(frozen=True, slots=True)
class Record:
    """A table, the command that printed it, the processor, and the day (ISO 8601)."""

    command: str
    processor: str
    day: str
    rows: Rows


def keep(name: str, command: str, rows: Rows, *, folder: Path = RECORDS) -> Record:
    """Write a table to `folder` under a name, and replace an earlier one."""
    record = Record(command, processor(), datetime.now(UTC).date().isoformat(), [list(row) for row in rows])
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return record


def read(name: str, *, folder: Path = RECORDS) -> Record:
    """Read the table of a name.

    Raises:
        FileNotFoundError: no benchmark has written it.
    """
    return Record(**json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def plain(rows: Rows) -> str:
    """Render a table for a terminal, with the first column left-aligned and the others right-aligned."""
    return _rendered(rows, None)


def markdown(rows: Rows) -> str:
    """Render a table as Markdown, with the first column left-aligned and the others right-aligned."""
    return _rendered(rows, box.MARKDOWN)


def _rendered(rows: Rows, lines: box.Box | None) -> str:
    heads, *body = rows
    drawn = Table(box=lines, pad_edge=lines is not None)
    for number, head in enumerate(heads):
        drawn.add_column(head, justify="right" if number else "left", no_wrap=True)
    for row in body:
        drawn.add_row(*row)
    console = Console(width=10_000, color_system=None, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().splitlines() if line.strip())


def processor() -> str:
    """Return the name of the processor and the number of cores that this process may use."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    import torch

    return f"{torch.get_num_threads()} cores of {next(names, platform.processor() or platform.machine())}"
