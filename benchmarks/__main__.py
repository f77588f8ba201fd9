"""`python -m benchmarks [--data FOLDER] [--write]`: print how often each order ranks right, and latencies.

FOLDER holds `cmrc2018-dev.jsonl.gz` and `news-20k.jsonl.gz`; without it only the reports of this repository
are measured. `--write` writes the tables to `benchmarks/records`.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.inputs.datasets import CMRC, NEWS, QUESTIONS, REPORTS, locate, read_cmrc, read_news
from benchmarks.measures import latency, ranking
from benchmarks.record import keep, plain
from retrieval import load_encoder


def main() -> None:
    """Measure, print the tables, and write them with `--write`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="public data to measure with")
    parser.add_argument("--write", action="store_true", help="keep the tables in benchmarks/records")
    options = parser.parse_args()
    command = "python -m benchmarks" + (" --data FOLDER" if options.data else "")
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as scratch:
        heads, *_, reports = ranking.reports_rows(encoder, REPORTS, QUESTIONS, Path(scratch))
        rows = [heads, [f"development questions, {reports[0]}", *reports[1:]]]
        if options.data:
            cmrc, news = read_cmrc(locate([options.data], CMRC)), read_news(locate([options.data], NEWS))
            for title, others in (("CMRC 2018 dev", {}), (f"the same among {len(news):,} of news", news)):
                folder = Path(scratch) / f"cmrc-{len(others)}"
                rows += ranking.cmrc_rows(encoder, cmrc, others, title, folder)[1:]
        print(plain(rows), end="\n\n", flush=True)
        times = latency.latency_rows(encoder, REPORTS, QUESTIONS, Path(scratch))
        print(plain(times))
    if options.write:
        if options.data:  # without public data, the recorded rows on it are kept
            keep("orders", command, rows)
        keep("latency", command, times)


main()
