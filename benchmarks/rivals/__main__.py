"""`python -m benchmarks.rivals`: compare this project with txtai, LangChain, LlamaIndex and Haystack.

With `--data FOLDER…` (holding `cmrc2018-dev.jsonl.gz` and `news-20k.jsonl.gz`) all systems are measured in
one run and the record is written; without it the tables are printed from the record in the repository.
`make rivals` installs the rivals in an environment of their own.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.inputs.datasets import CMRC, NEWS, RECORDS, locate, read_cmrc, read_news
from benchmarks.inputs.synthetic_encoder import SyntheticEncoder
from benchmarks.rivals import inputs, measure
from benchmarks.rivals.tables import read_records, tables
from retrieval import load_encoder

RECORD = RECORDS / "rivals.jsonl"
MANY_ARTICLES, FEW_ARTICLES = 7_700, 160
"""News articles that are asked about, and fewer that every system indexes several times."""

PARTS = ("right", "question", "indexing")


def main() -> None:
    """Measure if data is given, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.rivals", description="Ours beside four rivals."
    )
    parser.add_argument("--data", type=Path, nargs="+", default=[], metavar="FOLDER", help="public data")
    parser.add_argument("--record", type=Path, default=RECORD, metavar="FILE", help="what was measured")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("build/rivals"),
        metavar="FOLDER",
        help="keeps indexes and vectors between runs",
    )
    parser.add_argument("--python", type=Path, default=Path(".venv-rivals/bin/python"), help="of the rivals")
    parser.add_argument(
        "--embed", action="store_true", help="the model's vectors for the timed questions too: an hour more"
    )
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to measure anew")
    options = parser.parse_args()
    if options.data:
        if not options.python.exists():
            raise SystemExit(f"{options.python} is not there: `make rivals` installs the rivals beside it")
        kept = read_records(options.record) if options.record.exists() else []
        fresh = list(_measured(options))
        kinds = {record["kind"] for record in fresh}
        lines = [*fresh, *(record for record in kept if record["kind"] not in kinds)]
        options.record.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
    print(tables(read_records(options.record)))


def _measured(options: argparse.Namespace) -> Iterator[measure.Record]:
    work, parts = options.work, options.only
    work.mkdir(parents=True, exist_ok=True)
    cmrc = read_cmrc(locate(options.data, CMRC))
    articles = list(read_news(locate(options.data, NEWS)).items())
    _log("making the indexes, or finding those made before")
    encoder, model = load_encoder(), inputs.plain_model(work)
    judged, few, many = [], work, work
    if "right" in parts:
        judged = [inputs.reports(encoder, work), inputs.cmrc(encoder, cmrc, work)]
    if "indexing" in parts:
        few = inputs.news(encoder, dict(articles[:FEW_ARTICLES]), work)
    if "question" in parts:
        reader = encoder if options.embed else SyntheticEncoder(encoder)
        many = inputs.news(reader, dict(articles[:MANY_ARTICLES]), work)
        inputs.copy_index_vectors(many)
    del encoder  # frees its memory for the systems
    start = partial(
        measure.Worker, model=model, pythons={True: Path(sys.executable), False: options.python}, logs=work
    )
    yield measure.machine()
    yield from measure.systems(start)
    if "question" in parts:
        _log(f"timing questions to {many.name}")
        yield from measure.question_times(start, many, embedded=options.embed)
    if "indexing" in parts:
        _log(f"indexing {few.name}")
        yield from measure.indexing(start, few)
    for folder in judged:
        _log(f"asking the questions of {folder.name}")
        inputs.store_vectors(folder, model)
        yield from measure.first_right(start, folder)


def _log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


main()
