"""`python -m benchmarks.rivals.worker SYSTEM MODEL`: run one system in a process of its own.

It reads one JSON object per line from standard input and answers each with one on standard output:

    {"do": "describe"}                            → {"versions", "settings"}
    {"do": "build", "folder", "stored", "first"}  → {"seconds"}   (index the passages of `folder`;
                                                     `stored`: by their stored vectors;
                                                     `first`: only the first N of them)
    {"do": "ask", "questions", "k"}               → {"answers": [{"found", "encoding", "total"}]}

`found` are numbers of passages, best first; times are in milliseconds. The output of libraries goes to
standard error.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

SYSTEMS = {
    "Wenbao": "ours",
    "txtai": "txtai_hybrid",
    "LangChain": "langchain_ensemble",
    "LlamaIndex": "llamaindex_fusion",
    "Haystack": "haystack_hybrid",
    "bare model": "bare",
}
"""The module of each system, which has a class `System`."""

Vectors = npt.NDArray[np.float32]


class System(Protocol):
    """A system to measure.

    Attributes:
        packages: whose versions are reported.
        settings: a description of how the system is used.
    """

    packages: Sequence[str]
    settings: str

    def __init__(self, model: Path) -> None:
        """Load the model."""

    def build(self, folder: Path, passages: Sequence[str], vectors: Vectors | None) -> None:
        """Index passages, by their vectors, (passages, dimension), if given; else encode them."""

    def search(self, question: str, k: int) -> list[int]:
        """Return the numbers of at most k passages, best first; none if the system declines to answer."""

    def watched(self) -> tuple[Any, str]:
        """Return the object and the name of its method that encodes a question, which is timed."""


class Stopwatch:
    """Sums the time spent in one method of one object."""

    def __init__(self, target: Any, method: str) -> None:
        self.milliseconds = 0.0
        encode = getattr(target, method)

        def timed(*arguments: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return encode(*arguments, **options)
            finally:
                self.milliseconds += 1_000 * (time.perf_counter() - began)

        object.__setattr__(target, method, timed)  # pydantic accepts only declared fields


def main() -> None:
    """Answer until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    os.environ["HF_HUB_OFFLINE"] = "1"  # a missing model is an error, not a download
    name, model = sys.argv[1:]
    system: System = importlib.import_module(f"benchmarks.rivals.{SYSTEMS[name]}").System(Path(model))
    stopwatch: Stopwatch | None = None
    for line in sys.stdin:
        order = json.loads(line)
        reply: dict[str, Any]
        if order["do"] == "describe":
            versions = {package: version(package) for package in system.packages}
            reply = {"versions": versions, "settings": system.settings}
        elif order["do"] == "build":
            reply = {"seconds": _build(system, order)}
        else:
            stopwatch = stopwatch or Stopwatch(*system.watched())
            reply = {"answers": [_ask(system, stopwatch, each, order["k"]) for each in order["questions"]]}
        print(json.dumps(reply), file=answers, flush=True)


def _build(system: System, order: dict[str, Any]) -> float:
    folder = Path(order["folder"])
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()[: order.get("first")]
    passages = [json.loads(line)["text"] for line in lines]
    vectors = np.load(folder / "vectors.npy") if order["stored"] else None
    began = time.perf_counter()
    system.build(folder, passages, vectors)
    return time.perf_counter() - began


def _ask(system: System, stopwatch: Stopwatch, question: str, k: int) -> dict[str, Any]:
    stopwatch.milliseconds = 0.0
    began = time.perf_counter()
    found = system.search(question, k)
    total = 1_000 * (time.perf_counter() - began)
    return {"found": found, "encoding": stopwatch.milliseconds, "total": total}


if __name__ == "__main__":
    main()
