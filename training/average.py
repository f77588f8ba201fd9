"""`python -m training.average OUT ADAPTER…`: write the mean of several adapters as one adapter.

The mean of runs with different seeds and recipes ranks better than each run, at the cost of one (model soups,
Wortsman et al. 2022). A singular value decomposition reduces the mean of low-rank products to their rank.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from benchmarks.adapter import MEAN, recipe_of
from retrieval.research import (
    lora,
)


def main() -> None:
    """Parse the command line and write the mean."""
    parser = argparse.ArgumentParser(prog="python -m training.average", description="Average adapters.")
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write")
    parser.add_argument("adapters", type=Path, nargs="+", metavar="ADAPTER", help="of one rank")
    options = parser.parse_args()
    average(options.adapters, options.out)


def average(adapters: Sequence[Path], out: Path) -> None:
    """Write the mean of adapters, with the rank of the first one and the recipes of all."""
    rank = next(len(matrix) for name, matrix in load_file(adapters[0]).items() if name.endswith(".a"))
    tensors = {}
    for layers in zip(*map(lora.weight_deltas, adapters), strict=True):
        ((name, _), *_) = layers
        mean = np.mean([difference for _, difference in layers], axis=0)  # (outputs, inputs)
        left, values, right = np.linalg.svd(mean, full_matrices=False)
        half = np.sqrt(values[:rank])
        tensors[f"{name}.b"] = (left[:, :rank] * half).astype(np.float16)  # (outputs, rank)
        tensors[f"{name}.a"] = (half[:, None] * right[:rank]).astype(np.float16)  # (rank, inputs)
    save_file(tensors, out, metadata={"recipe": json.dumps({MEAN: [recipe_of(path) for path in adapters]})})


if __name__ == "__main__":
    main()
