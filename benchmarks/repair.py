"""`python -m benchmarks.repair NEWS`: print how much damage repair restores, and how much it adds.

NEWS holds gzipped lines of {"text"}. The damaged articles are those that `benchmarks.repair_model` does not
count.
"""

import argparse
import random
import time
from itertools import cycle
from pathlib import Path

from benchmarks.inputs.damage import (
    AS_FOUND,
    KINDS,
    annotate,
    clean,
    damage,
    distance,
    repaired_text,
    to_page,
)
from benchmarks.record import Rows, keep, plain
from benchmarks.repair_model import read_news
from corpus.repair.repair import repair_text

CASES = 500  # of each kind
ANNOTATED = 1_000  # articles
LENGTH = 400  # characters of an article, which get one damage
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repair")
    parser.add_argument("news", type=Path, metavar="NEWS")
    parser.add_argument("--write", action="store_true", help="keep the tables in benchmarks/records")
    options = parser.parse_args()
    texts = read_news(options.news)
    for name, rows in (("repair", restored_rows(texts[1::2])), ("no-harm", unharmed_rows(texts))):
        print(plain(rows), end="\n\n")
        if options.write:
            keep(name, "python -m benchmarks.repair NEWS", rows)


def restored_rows(texts: list[str]) -> Rows:
    """Return the share of pages with one damage that repair restores exactly."""
    rng = random.Random(SEED)
    rows = [["damage", "pages", "restored", "of the others made worse"]]
    shares = {}
    for kind in KINDS:
        restored = worse = cases = 0
        for text in cycle(rng.sample(texts, len(texts))):
            page = to_page(text[:LENGTH])
            received = damage(page, kind, rng)
            if received is None:
                continue
            was, now = clean(page), repaired_text(received)
            restored += was == now
            worse += was != now and distance(was, now) > distance(was, received)
            cases += 1
            if cases == CASES:
                break
        shares[kind] = restored / cases
        rows.append([kind, str(cases), f"{shares[kind]:.3f}", str(worse)])
    whole = sum(shares[kind] * often for kind, often in AS_FOUND.items()) / sum(AS_FOUND.values())
    return [*rows, ["as often as in report 002", "", f"{whole:.3f}", ""]]


def unharmed_rows(texts: list[str]) -> Rows:
    """Return how many undamaged articles repair changes, plain and as an annotated page."""
    began = time.perf_counter()
    plain = [repair_text(text) for text in texts]
    milliseconds = 1_000 * (time.perf_counter() - began) / len(texts)
    repaired = sum(bool(report.repairs) for report in plain)
    invisible = sum(report.text != text for report, text in zip(plain, texts, strict=True)) - repaired
    pages = [to_page(text) for text in random.Random(SEED).sample(texts[1::2], ANNOTATED)]
    began = time.perf_counter()
    annotated = [repair_text(annotate(page)).text for page in pages]
    slow = 1_000 * (time.perf_counter() - began) / len(pages)
    harmed = sum(text != clean(page) for text, page in zip(annotated, pages, strict=True))
    return [
        ["undamaged articles", "repaired", "only line breaks and invisible characters", "ms an article"],
        [f"{len(texts):,} as they are", str(repaired), str(invisible), f"{milliseconds:.2f}"],
        [f"{len(pages):,} annotated", str(harmed), "", f"{slow:.1f}"],
    ]


if __name__ == "__main__":
    main()
