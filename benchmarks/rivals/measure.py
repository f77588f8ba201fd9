"""Measure every system on the same folders, each in its own process, and yield records."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rivals import inputs
from benchmarks.rivals.worker import SYSTEMS

OURS, BARE = "Wenbao", "bare model"
ANSWERING = tuple(name for name in SYSTEMS if name != BARE)

K = 3
"""The number of passages asked for, as in an answer."""

WARM = 5
"""The number of questions before the timed ones."""

ROUNDS = 3
"""The number of times that each question and each first indexing is timed.

The fastest indexing counts. The systems take turns, so other load on the machine affects all of them.
"""

Record = dict[str, Any]


class Worker:
    """A system in its process, see `worker`.

    Raises:
        SystemExit: the process ended early; the message names its log.
    """

    def __init__(self, name: str, model: Path, pythons: Mapping[bool, Path], logs: Path) -> None:
        self._name, self._log = name, logs / f"{SYSTEMS[name]}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [pythons[name in (OURS, BARE)], "-m", "benchmarks.rivals.worker", name, model],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def order(self, do: str, **options: object) -> Record:
        """Send an order to the process and return its reply."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **options}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SystemExit(self._ended()) from None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(self._ended())
        reply: Record = json.loads(line)
        return reply

    def ask(self, questions: Sequence[str]) -> list[Record]:
        """Return the answers of the system."""
        answers: list[Record] = self.order("ask", questions=questions, k=K)["answers"]
        return answers

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _ended(self) -> str:
        return f"{self._name} ended before it answered; its output is in {self._log}"


Start = Callable[[str], Worker]


def machine() -> Record:
    """Describe the machine."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "kind": "machine",
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def systems(start: Start) -> Iterator[Record]:
    """Yield the versions and settings of each system."""
    for name in SYSTEMS:
        with closing(start(name)) as worker:
            yield {"kind": "system", "system": name, **worker.order("describe")}


def first_right(start: Start, folder: Path) -> Iterator[Record]:
    """Yield the shares of questions with a right passage first, among three, and declined."""
    asked = inputs.read_asked(folder)
    rows = dict.fromkeys(row for question in asked for row in question.rows)
    for name in ANSWERING:
        with closing(start(name)) as worker:
            worker.order("build", folder=str(folder), stored=True)
            found = [answer["found"] for answer in worker.ask([question.question for question in asked])]
        for row in rows:
            of_row = [(f, q.right) for f, q in zip(found, asked, strict=True) if row in q.rows]
            yield {
                "kind": "right",
                "system": name,
                "row": row,
                "questions": len(of_row),
                "first": _share(bool({*f[:1]} & {*right}) for f, right in of_row),
                "three": _share(bool({*f[:3]} & {*right}) for f, right in of_row),
                "declined": _share(not f for f, _ in of_row),
            }


def question_times(start: Start, folder: Path, *, embedded: bool) -> Iterator[Record]:
    """Yield the times of warm questions: median and 95th percentile in milliseconds, in parts.

    Args:
        start: starts the process of a system.
        folder: holds the passages and questions.
        embedded: whether the model made the vectors of the passages.
    """
    asked = [question.question for question in inputs.read_asked(folder)]
    times: dict[str, list[Record]] = {name: [] for name in ANSWERING}
    for _ in range(ROUNDS):
        for name in ANSWERING:
            with closing(start(name)) as worker:  # one at a time, as together they need much memory
                worker.order("build", folder=str(folder), stored=True)
                worker.ask(asked[:WARM])
                times[name] += worker.ask(asked)
    passages = len(inputs.read_passages(folder))
    for name, each in times.items():
        total, encoding = (np.asarray([t[part] for t in each]) for part in ("total", "encoding"))
        yield {
            "kind": "question",
            "system": name,
            "passages": passages,
            "embedded": embedded,
            "questions": len(each),
            "encoding": _percentiles(encoding),
            "search": _percentiles(total - encoding),
            "total": _percentiles(total),
        }


def indexing(start: Start, folder: Path) -> Iterator[Record]:
    """Yield the times of a first indexing with a warm model; each system encodes the passages itself."""
    passages = len(inputs.read_passages(folder))
    seconds: dict[str, list[float]] = {name: [] for name in SYSTEMS}
    for _ in range(ROUNDS):
        for name in SYSTEMS:
            with closing(start(name)) as worker:
                if name != OURS:  # this project indexes whole files, and its model needs no warm-up
                    worker.order("build", folder=str(folder), stored=False, first=64)
                seconds[name].append(worker.order("build", folder=str(folder), stored=False)["seconds"])
    for name, each in seconds.items():
        yield {"kind": "indexing", "system": name, "passages": passages, "seconds": round(min(each), 2)}


def _share(flags: Iterator[bool]) -> float:
    return round(float(np.mean(list(flags))), 4)


def _percentiles(milliseconds: Any) -> list[float]:
    return [round(float(value), 1) for value in np.percentile(milliseconds, [50, 95])]
