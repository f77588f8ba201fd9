"""`python -m benchmarks [--data FOLDER]`: print all tables.

FOLDER holds `cmrc2018-dev.jsonl.gz` and `news-20k.jsonl.gz`; without it only the reports of this repository
are measured.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.inputs.datasets import CMRC, NEWS, QUESTIONS, REPORTS, locate, read_cmrc, read_news
from benchmarks.measures import latency, ranking
from retrieval.models.encoder import load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="public data to measure with")
    data = parser.parse_args().data
    encoder = load()
    with tempfile.TemporaryDirectory() as scratch:
        print(ranking.reports_table(encoder, REPORTS, QUESTIONS, Path(scratch)), end="\n\n")
        if data:
            cmrc, news = read_cmrc(locate([data], CMRC)), read_news(locate([data], NEWS))
            title = f"CMRC 2018 dev, {len(cmrc.texts)} articles"
            among = f"{title} among {len(news):,} of news"
            for number, (name, others) in enumerate(((title, {}), (among, news))):
                folder = Path(scratch) / f"cmrc-{number}"
                print(ranking.cmrc_table(encoder, cmrc, others, name, folder), end="\n\n", flush=True)
        print(latency.speed_table(encoder, REPORTS, QUESTIONS, Path(scratch)))


main()
