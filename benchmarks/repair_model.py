"""`python -m benchmarks.repair_model NEWS`: count the statistics that the repair of reports uses.

NEWS is gzipped lines of {"text"}. Only every second article is counted; `benchmarks.repair` measures
on the others.
"""

import argparse
import gzip
import io
import json
import lzma
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus import data
from corpus.repair.language_model import CODE_BITS, COST_STEPS_PER_NAT, MODEL_FILE, model_text

MIN_COUNT = 3  # of a pair or triple that is kept
MIN_SAVING = 7.0  # nats that a pair or triple saves over its shorter context, over all its occurrences
MIN_CHARACTER_COUNT = 2
DISCOUNT = 0.75  # subtracted from each count, for unseen pairs and triples


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repair_model")
    parser.add_argument("news", type=Path, metavar="NEWS")
    texts = read_news(parser.parse_args().news)[::2]
    file = Path(data.__file__).with_name(MODEL_FILE)
    file.write_bytes(statistics(texts))
    print(f"{file}: {file.stat().st_size:,} bytes out of {len(texts):,} articles")


def read_news(path: Path) -> list[str]:
    """Read the texts of the articles, in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def statistics(texts: list[str]) -> bytes:
    """Count the statistics and return the archive that `corpus.repair.language_model` reads."""
    text = "".join(f"\n\n{model_text(text)}\n" for text in texts)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    characters, codes, often = np.unique(points, return_inverse=True, return_counts=True)
    # Rare characters become one unlisted character, so no pair or triple spans them.
    kept = often >= MIN_CHARACTER_COUNT
    if kept.sum() >= 1 << CODE_BITS:
        raise ValueError(f"{kept.sum()} characters do not fit into {CODE_BITS} bits")
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1)
    codes = renumbered[codes].astype(np.int64)
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    pair_keys, pair_often = _count(second << CODE_BITS | third, (second >= 0) & (third >= 0))
    known = (first >= 0) & (second >= 0) & (third >= 0)
    triple_keys, triple_often = _count(first << 2 * CODE_BITS | second << CODE_BITS | third, known)
    pair_costs = _cost(pair_often - DISCOUNT, often[kept][pair_keys >> CODE_BITS])
    triple_costs = _cost(
        triple_often - DISCOUNT, pair_often[np.searchsorted(pair_keys, triple_keys >> CODE_BITS)]
    )
    single_costs = _cost(often[kept], np.int64(len(points)))
    shorter = np.searchsorted(pair_keys, triple_keys & ((1 << 2 * CODE_BITS) - 1))
    informative = _informative(triple_often, triple_costs, pair_costs[shorter])
    # A listed triple needs both of its pairs listed.
    frequent = _informative(pair_often, pair_costs, single_costs[pair_keys & ((1 << CODE_BITS) - 1)])
    frequent[shorter[informative]] = True
    frequent[np.searchsorted(pair_keys, triple_keys[informative] >> CODE_BITS)] = True
    archive = io.BytesIO()
    np.savez(
        archive,
        characters=characters[kept],
        single=single_costs,
        pair_gaps=_planes(pair_keys[frequent]),
        pair_costs=pair_costs[frequent],
        triple_gaps=_planes(triple_keys[informative]),
        triple_costs=triple_costs[informative],
    )
    return lzma.compress(archive.getvalue(), preset=9)


def _informative(
    often: npt.NDArray[np.int64], costs: npt.NDArray[np.uint8], shorter: npt.NDArray[np.uint8]
) -> npt.NDArray[np.bool_]:
    saving = often * np.abs(shorter.astype(float) - costs) / COST_STEPS_PER_NAT
    return (often >= MIN_COUNT) & (saving >= MIN_SAVING)


def _count(
    keys: npt.NDArray[np.int64], known: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return np.unique(keys[known], return_counts=True)


def _cost(
    often: npt.NDArray[np.floating | np.integer], whole: npt.NDArray[np.int64] | np.int64
) -> npt.NDArray[np.uint8]:
    costs: npt.NDArray[np.float64] = -COST_STEPS_PER_NAT * np.log(np.minimum(1, often / whole))
    return np.clip(np.rint(costs), 0, 255).astype(np.uint8)


def _planes(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    # (keys,) ascending -> (8, keys) bytes of the differences: equal bytes side by side compress well
    gaps = np.diff(keys, prepend=0).astype("<i8")
    return np.ascontiguousarray(gaps.view(np.uint8).reshape(-1, 8).T)


if __name__ == "__main__":
    main()
