"""`python -m benchmarks [--data FOLDER]`: print all tables.

FOLDER may hold `cmrc2018-dev.jsonl.gz`; without it only the reports of this repository are measured.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks import ranking, speed
from benchmarks.data import CMRC, QUESTIONS, REPORTS, locate, read_cmrc
from retrieval.encoder import load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="public data to measure with")
    data = parser.parse_args().data
    encoder = load()
    with tempfile.TemporaryDirectory() as scratch:
        print(ranking.reports_table(encoder, REPORTS, QUESTIONS, Path(scratch)), end="\n\n")
        if data:
            cmrc = read_cmrc(locate([data], CMRC))
            print(ranking.cmrc_table(encoder, cmrc, Path(scratch)), end="\n\n")
        print(speed.speed_table(encoder, REPORTS, QUESTIONS, Path(scratch)))


main()
