import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from retrieval.models.lora import weight_deltas
from training.average import average


def write(path, seed):
    draw = np.random.default_rng(seed)
    shared = np.random.default_rng(0)
    tensors = {
        "layer.a": shared.normal(size=(2, 12)).astype(np.float16),
        "layer.b": draw.normal(size=(8, 2)).astype(np.float16),
    }
    save_file(tensors, path, metadata={"recipe": json.dumps({"seed": seed})})
    return path


@pytest.fixture
def pair(tmp_path):
    return [write(tmp_path / f"{seed}.safetensors", seed) for seed in (1, 2)]


def test_the_mean_adds_what_its_parts_add_on_average(pair, tmp_path):
    average(pair, tmp_path / "mean.safetensors")
    ((_, one),), ((_, other),), ((_, mean),) = (
        list(weight_deltas(p)) for p in [*pair, tmp_path / "mean.safetensors"]
    )
    # Both parts share their first matrix, so that their mean has their rank and loses only precision.
    assert np.allclose(mean, (one + other) / 2, atol=0.02)


def test_the_mean_names_the_recipes_of_its_parts(pair, tmp_path):
    average(pair, tmp_path / "mean.safetensors")
    with safe_open(tmp_path / "mean.safetensors", "numpy") as file:
        assert json.loads(file.metadata()["recipe"]) == {"mean of": [{"seed": 1}, {"seed": 2}]}
