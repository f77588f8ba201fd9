"""`python -m benchmarks.measures.serving INDEX`: print the latency and memory of an index as JSON.

It runs in a process of its own, whose memory holds only the modules of the bot, the list of reports, the
model and the index. Times in milliseconds are the median and the 95th percentile.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.inputs.datasets import QUESTIONS
from benchmarks.measures.latency import seconds as timed
from retrieval.research import (
    RETRIEVED,
    Generation,
    Query,
    limit_threads,
    parse,
)

ROUNDS = 3
AT_ONCE = 8


def main(index: Path) -> None:
    """Measure an index and print the JSON object."""
    import bot.app  # noqa: F401 - counts in memory and in the time to the first answer
    from bot.malloc import share_arenas, trim
    from retrieval import Retriever

    share_arenas()
    asked = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    retriever = Retriever.open(index)
    listed = len(retriever.articles())
    retriever.ask(asked[0])
    first = time.clock_gettime(time.CLOCK_BOOTTIME) - _began()
    trim()

    def whole(question: str) -> float:
        return 1_000 * timed(lambda: retriever.ask(question))

    def encoding(question: str) -> float:
        return 1_000 * timed(lambda: retriever.encoder.encode_question(question))

    generation = Generation.current(index)
    masks = generation.allowed(None)
    questions = [parse(question, retriever.encoder) for question in asked]

    def nearest(question: Query) -> float:
        with limit_threads(1):  # as in use
            return 1_000 * timed(
                lambda: generation.search_vectors(question.embedding.vector, RETRIEVED, masks)
            )

    def sharing(question: Query) -> float:
        return 1_000 * timed(lambda: generation.search_terms(question.terms, RETRIEVED, masks))

    for question in asked:  # warm up
        retriever.ask(question)
    pairs = np.asarray([(whole(question), encoding(question)) for question in asked * ROUNDS])  # (N, 2)
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        crowd = list(pool.map(whole, asked * ROUNDS))
    seconds = time.perf_counter() - began
    found = {
        "articles": listed,
        "first_answer_s": round(first, 2),
        "question_ms": _percentiles(pairs[:, 0]),
        "encoding_ms": _percentiles(pairs[:, 1]),
        "search_ms": _percentiles(pairs[:, 0] - pairs[:, 1]),
        "nearest_ms": _percentiles([nearest(question) for question in questions * ROUNDS]),
        "lexical_ms": _percentiles([sharing(question) for question in questions * ROUNDS]),
        "at_once_per_s": round(len(crowd) / seconds, 1),
        "at_once_ms": _percentiles(crowd),
        "resident_mb": _kilobytes("VmRSS") // 1_024,
    }
    print(json.dumps(found))


def _began() -> float:
    """Return the start of this process, in seconds since boot."""
    fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _kilobytes(name: str) -> int:
    """Return a value of /proc/self/status, in kB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _percentiles(milliseconds: Sequence[float] | npt.NDArray[np.float64]) -> list[float]:
    return [round(float(value), 1) for value in np.percentile(milliseconds, [50, 95])]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
