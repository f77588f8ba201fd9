"""`python -m benchmarks.growth [--data FOLDER] [--plot FILE.svg]`: print the costs of indexes by size.

FOLDER holds `news-20k.jsonl.gz`; larger indexes get further articles, made of halves of its sentences. The
vectors of passages are synthetic (see `inputs.synthetic_encoder`), those of questions real. Measurements are
written to `records/growth.jsonl`; without `--data` the table and the plot are made from it.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inputs.datasets import NEWS, RECORDS, locate, read_news
from benchmarks.inputs.synthetic_encoder import SyntheticEncoder
from benchmarks.record import Rows, plain, processor
from corpus import sentences
from retrieval import Encoder, load_encoder, refresh
from retrieval.research import (
    Generation,
)

SIZES = (5, 100, 1_000, 5_000, 20_000, 105_000)
ROUNDS = 8
"""The number of single articles added, of which the median time counts."""

MANY = 10_000_000
"""The number of passages of the projection."""

SAMPLED, PASSAGE = 40, 240
"""The number of articles by which the model is timed, and the characters of their passages."""

NEW = "第{0}号公园建成\n\n丁香镇第{0}号公园昨日建成,面积{0}亩。居民都说,散步更方便了,这里第{0}次办了花展。"
RECORD = RECORDS / "growth.jsonl"
TOKENS = ("tokens.uint8", "scales.float16", "places.uint16", "lengths.uint8", "starts.int64")
"""The files of an index that only late interaction needs."""

HEADS = {
    "articles": "articles",
    "passages": "passages",
    "idle_s": "refresh without news, s",
    "one_more_s": "one more article, s",
    "kb": "KB a passage",
    "kb_without": "without token vectors",
    "question_ms": "a warm question, p50 / p95 ms",
    "search_ms": "of it search",
    "at_once_per_s": "questions a second, 8 at once",
    "at_once_ms": "p50 / p95 ms",
    "first_answer_s": "start to first answer, s",
    "resident_mb": "memory, MB",
}


def main() -> None:
    """Measure if data is given, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--data", type=Path, nargs="+", metavar="FOLDER", help="measure anew, with this data")
    parser.add_argument("--articles", type=int, nargs="+", default=SIZES, metavar="N", help="sizes")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw, as .svg or .png")
    options = parser.parse_args()
    lines = read_record()
    if options.data:
        model = load_encoder()
        encoder = SyntheticEncoder(model)
        news = read_news(locate(options.data, NEWS))
        rate = _rate(model, list(news.values()))
        for size in options.articles:
            with tempfile.TemporaryDirectory() as scratch:
                found = measure(made(news, size), encoder, rate, Path(scratch))
            lines = {**lines, size: found}
            RECORD.write_text("".join(json.dumps(lines[each]) + "\n" for each in sorted(lines)))
    print(plain(growth_rows(list(lines.values()))))
    print("", plain(projection_rows(lines[max(lines)])), sep="\n")
    if options.plot:
        from benchmarks.measures.growth_plot import draw

        draw(list(lines.values()), options.plot)


def read_record() -> dict[int, dict[str, Any]]:
    """Read the measurements, by number of articles."""
    if not RECORD.exists():
        return {}
    lines = map(json.loads, RECORD.read_text(encoding="utf-8").splitlines())
    return {line["size"]: line for line in lines}


def processors(lines: Mapping[int, Mapping[str, object]]) -> str:
    """Return the names of the processors in the lines of a record."""
    return ", ".join(dict.fromkeys(str(line["processor"]) for line in lines.values()))


def made(news: Mapping[str, str], size: int) -> Iterator[str]:
    """Yield `size` texts: the news, then texts joined from halves of the sentences of two news."""
    texts = list(news.values())
    yield from texts[:size]
    draw = random.Random(1)
    for _ in range(size - len(texts)):
        yield "".join(
            one + other for one, other in zip(*(_halves(draw.choice(texts), i) for i in (0, 1)), strict=False)
        )


def _rate(model: Encoder, texts: Sequence[str]) -> float:
    """Return the number of passages that a model embeds per second."""
    passages = [passage for text in texts[:SAMPLED] for passage in _passages(text)]
    began = time.perf_counter()
    model.encode_passages(passages)
    return len(passages) / (time.perf_counter() - began)


def _passages(text: str) -> list[str]:
    return [text[at : at + PASSAGE] for at in range(0, len(text), PASSAGE)]


def _halves(text: str, which: int) -> list[str]:
    spans = [(start, (start + end) // 2, end) for start, end in sentences(text)]
    return [text[start:middle] if which == 0 else text[middle:end] for start, middle, end in spans]


def measure(texts: Iterator[str], encoder: Encoder, rate: float, scratch: Path) -> dict[str, Any]:
    """Measure an index of texts; `rate` is the number of passages that the model embeds per second."""
    reports, index = scratch / "reports", scratch / "index"
    reports.mkdir()
    size = 0
    for size, text in enumerate(texts, 1):
        (reports / f"{size:06}.txt").write_text(text, encoding="utf-8")
    built = refresh(reports, index, encoder=encoder)
    time.sleep(3)  # so that the files count as settled
    idle = refresh(reports, index, encoder=encoder)
    disk = _bytes(index)
    seconds = []
    for number in range(ROUNDS):
        (reports / f"new-{number}.txt").write_text(NEW.format(number + 3), encoding="utf-8")
        seconds.append(refresh(reports, index, encoder=encoder).seconds)
    served = subprocess.run(
        [sys.executable, "-m", "benchmarks.measures.serving", str(index)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        "size": size,
        "processor": processor(),
        "model_per_s": round(rate, 1),
        "passages": built.passages,
        "first_s": round(built.seconds, 1),
        "idle_s": round(idle.seconds, 2),
        "one_more_s": round(float(np.median(seconds)), 2),
        "kb": round(disk[0] / built.passages / 1_024, 1),
        "kb_without": round(disk[1] / built.passages / 1_024, 1),
        **json.loads(served.stdout.splitlines()[-1]),
    }


def _bytes(index: Path) -> tuple[int, int]:
    """Return the bytes of the current generation on disk, with and without token vectors."""
    folders = [segment.folder for segment in Generation.current(index).segments]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    sizes = {path: path.stat().st_size for path in files}
    return sum(sizes.values()), sum(size for path, size in sizes.items() if path.name not in TOKENS)


def growth_rows(lines: Sequence[Mapping[str, Any]]) -> Rows:
    """Return the table of the measurements."""
    return [list(HEADS.values()), *([_cell(line[name]) for name in HEADS] for line in lines)]


def projection_rows(line: Mapping[str, Any], passages: int = MANY) -> Rows:
    """Extrapolate the costs of many passages from those per passage of a measured index."""
    times, gigabytes = passages / line["passages"], passages / 2**20
    seconds = {name: times * line[name][0] / 1_000 for name in ("nearest_ms", "lexical_ms")}
    return [
        [f"{passages:,} passages, by the constants of the last line", "about"],
        ["on disk, GB", f"{gigabytes * line['kb']:,.0f}"],
        ["of it without token vectors, GB", f"{gigabytes * line['kb_without']:,.0f}"],
        ["embedding them on this machine, days", f"{passages / line['model_per_s'] / 86_400:,.1f}"],
        ["comparing a question with every vector, s", f"{seconds['nearest_ms']:,.2f}"],
        ["finding passages with its words, s at most", f"{seconds['lexical_ms']:,.2f}"],
        ["a refresh without news, s", f"{times * line['idle_s']:,.0f}"],
        ["one more article, s", f"{times * line['one_more_s']:,.0f}"],
    ]


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " / ".join(f"{each:.0f}" for each in value)
    return f"{value:,}"


if __name__ == "__main__":
    main()
