"""The forward pass for a CPU beside that of sentence-transformers."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from retrieval.models import bundled
from retrieval.models.cpu_bert import has_operators
from retrieval.models.encoder import SentenceEncoder

TEXTS = ["华新街建成养老服务中心2个。", "摊位租金三年不涨。" * 12, "Where is the new library?"]


def test_without_the_private_operators_of_torch_it_does_not_run():
    assert not has_operators(torch.float32, SimpleNamespace())


def test_operators_that_take_other_arguments_are_not_used():
    changed = SimpleNamespace(_reorder_linear_weight=lambda weight: weight, _linear_pointwise=lambda: None)
    assert not has_operators(torch.float32, changed)


@pytest.mark.real
def test_it_gives_the_vectors_that_sentence_transformers_gives():
    folder = str(bundled.prepare())
    fast = SentenceEncoder(bundled.adapted_name(), folder, local=True)
    plain = SentenceEncoder("any/other-model", folder, local=True)  # only the bundled model has the fast way
    for one, other in zip(fast.encode_passages(TEXTS), plain.encode_passages(TEXTS), strict=True):
        assert np.array_equal(one.offsets, other.offsets)
        assert one.vector @ other.vector >= 0.999
        assert (one.tokens * other.tokens).sum(axis=1).min() >= 0.99
