"""The forward pass of BERT on a processor, without what a question waits for needlessly.

Of the fourteen milliseconds that transformers takes in bfloat16 over a question of twenty tokens, four go
into laying out each layer's weights anew at every call, and five into the modules around the layers. Here the
weights are laid out once, when the model is loaded, by the operators that torch.compile uses on a processor
too. In float32, where the processor has nothing shorter, a question takes two thirds of its time.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, layer_norm, scaled_dot_product_attention


class CpuBert:
    """`BertModel` of transformers for inference in bfloat16 or float32: the same states, sooner."""

    def __init__(self, model: Any, words: Tensor) -> None:
        """Take over the weights of a `BertModel` that `can_run_on_cpu`.

        And the vectors of its vocabulary, (V, D).

        A text uses a few hundred of a quarter of a million `words`: mapped from a file, the others take no
        memory.
        """
        self._words = words
        kinds = model.embeddings.token_type_embeddings.weight.detach()
        # Every token is of the first kind.
        self._places = model.embeddings.position_embeddings.weight.detach() + kinds[0]
        self._norm = _Norm(model.embeddings.LayerNorm)
        self._layers = [_Layer(layer) for layer in model.encoder.layer]

    def __call__(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids (B, L) and their attention mask (B, L) to hidden states (B, L, D)."""
        words = embedding(ids, self._words).to(self._places.dtype)
        states = self._norm(words + self._places[: ids.shape[1]])
        seen = None if bool(mask.all()) else mask[:, None, None, :].bool()
        for layer in self._layers:
            states = layer(states, seen)
        return states


def can_run_on_cpu(model: Any) -> bool:
    """Whether `CpuBert` computes what a transformers model does."""
    from transformers import BertModel

    return (
        isinstance(model, BertModel)
        and not model.config.is_decoder
        and model.config.hidden_act == "gelu"
        and model.device.type == "cpu"
        and model.dtype in (torch.bfloat16, torch.float32)
        and torch.backends.mkldnn.is_available()
    )


class _Layer:
    """One layer: attention and what follows it, each with a shortcut and a norm."""

    def __init__(self, layer: Any) -> None:
        attention = layer.attention.self
        self._heads = attention.num_attention_heads
        self._all = _Linear(attention.query, attention.key, attention.value)
        self._joined = _Linear(layer.attention.output.dense)
        self._first = _Norm(layer.attention.output.LayerNorm)
        self._wide = _Linear(layer.intermediate.dense, after="gelu")
        self._narrow = _Linear(layer.output.dense)
        self._second = _Norm(layer.output.LayerNorm)

    def __call__(self, states: Tensor, seen: Tensor | None) -> Tensor:
        batch, length, width = states.shape
        split = self._all(states).view(batch, length, 3, self._heads, width // self._heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # (B, heads, L, D / heads) each
        met = scaled_dot_product_attention(query, key, value, attn_mask=seen)
        met = met.transpose(1, 2).reshape(batch, length, width)
        states = self._first(self._joined(met) + states)
        return self._second(self._narrow(self._wide(states)) + states)


class _Linear:
    """Linear layers side by side as one, with weights laid out as the processor multiplies them."""

    def __init__(self, *layers: nn.Linear, after: str = "none") -> None:
        weight = torch.cat([layer.weight.detach() for layer in layers])
        self._bias = torch.cat([layer.bias.detach() for layer in layers])
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        self._after = after

    def __call__(self, states: Tensor) -> Tensor:
        found: Tensor = torch.ops.mkldnn._linear_pointwise(
            states, self._weight, self._bias, self._after, [], "none" if self._after == "gelu" else ""
        )
        return found


class _Norm:
    """A layer norm."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self._shape, self._eps = norm.normalized_shape, norm.eps
        self._weight, self._bias = norm.weight.detach(), norm.bias.detach()

    def __call__(self, states: Tensor) -> Tensor:
        return layer_norm(states, self._shape, self._weight, self._bias, self._eps)
