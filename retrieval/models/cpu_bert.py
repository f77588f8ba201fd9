"""The forward pass of BERT on a CPU, with weights that are laid out once for the processor.

The layers of transformers lay out the weights of each linear layer anew at every call, which is a good part
of the time that a short question takes. Here they are laid out when the model is loaded, by the operators
that torch.compile uses on a CPU. They are private to torch: `can_run` tells whether they are there.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, layer_norm, scaled_dot_product_attention
from torch.nn.utils import skip_init


class CpuBert:
    """A `BertModel` of transformers for inference on a CPU, in bfloat16 or float32.

    Args:
        model: A model that `can_run` accepts; its weights are taken over.
        word_embeddings: The vectors of its vocabulary, (V, D). A text uses few of them: where they are mapped
            from a file, the others take no memory.
    """

    def __init__(self, model: Any, word_embeddings: Tensor) -> None:
        self._word_embeddings = word_embeddings
        token_types = model.embeddings.token_type_embeddings.weight.detach()
        # Every token is of the first type.
        self._positions = model.embeddings.position_embeddings.weight.detach() + token_types[0]
        self._norm = _Norm(model.embeddings.LayerNorm)
        self._layers = [_Layer(layer) for layer in model.encoder.layer]

    def __call__(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Compute the hidden states of texts.

        Args:
            ids: The ids of the tokens, (B, L).
            mask: 0 for padding, (B, L).

        Returns:
            The hidden state of each token, (B, L, D).
        """
        words = embedding(ids, self._word_embeddings).to(self._positions.dtype)
        states = self._norm(words + self._positions[: ids.shape[1]])
        attention_mask = None if bool(mask.all()) else mask[:, None, None, :].bool()
        for layer in self._layers:
            states = layer(states, attention_mask)
        return states


def can_run(model: Any) -> bool:
    """Return whether `CpuBert` computes what a model of transformers does."""
    from transformers import BertModel

    return (
        isinstance(model, BertModel)
        and not model.config.is_decoder
        and model.config.hidden_act == "gelu"
        and model.device.type == "cpu"
        and model.dtype in (torch.bfloat16, torch.float32)
        and torch.backends.mkldnn.is_available()
        and has_operators(model.dtype)
    )


def has_operators(dtype: torch.dtype, operators: Any = torch.ops.mkldnn) -> bool:
    """Return whether torch has the private operators, and they take the arguments that are given here.

    Args:
        dtype: The type of the weights and states.
        operators: Where torch keeps the operators.
    """
    states = torch.zeros(1, 1, 8, dtype=dtype)
    layer = skip_init(nn.Linear, 8, 8, dtype=dtype)
    try:
        with torch.inference_mode():
            for activation in ("none", "gelu"):
                _Linear(layer, activation=activation, operators=operators)(states)
    except (AttributeError, RuntimeError, TypeError):
        return False
    return True


class _Layer:
    """A transformer layer: attention and a feed-forward network, each with a residual and a norm."""

    def __init__(self, layer: Any) -> None:
        attention = layer.attention.self
        self._heads = attention.num_attention_heads
        self._attention_input = _Linear(attention.query, attention.key, attention.value)
        self._attention_output = _Linear(layer.attention.output.dense)
        self._attention_norm = _Norm(layer.attention.output.LayerNorm)
        self._feed_forward_input = _Linear(layer.intermediate.dense, activation="gelu")
        self._feed_forward_output = _Linear(layer.output.dense)
        self._feed_forward_norm = _Norm(layer.output.LayerNorm)

    def __call__(self, states: Tensor, mask: Tensor | None) -> Tensor:
        batch, length, width = states.shape
        split = self._attention_input(states).view(batch, length, 3, self._heads, width // self._heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # (B, heads, L, D / heads) each
        attended = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        attended = attended.transpose(1, 2).reshape(batch, length, width)
        states = self._attention_norm(self._attention_output(attended) + states)
        inner = self._feed_forward_input(states)
        return self._feed_forward_norm(self._feed_forward_output(inner) + states)


class _Linear:
    """Linear layers side by side as one, with weights laid out as the processor multiplies them."""

    def __init__(
        self, *layers: nn.Linear, activation: str = "none", operators: Any = torch.ops.mkldnn
    ) -> None:
        weight = torch.cat([layer.weight.detach() for layer in layers])
        self._bias = torch.cat([layer.bias.detach() for layer in layers])
        self._weight = operators._reorder_linear_weight(weight, None)
        self._multiply = operators._linear_pointwise
        self._activation = activation

    def __call__(self, states: Tensor) -> Tensor:
        algorithm = "none" if self._activation == "gelu" else ""
        found: Tensor = self._multiply(states, self._weight, self._bias, self._activation, [], algorithm)
        return found


class _Norm:
    """A layer norm."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self._shape, self._eps = norm.normalized_shape, norm.eps
        self._weight, self._bias = norm.weight.detach(), norm.bias.detach()

    def __call__(self, states: Tensor) -> Tensor:
        return layer_norm(states, self._shape, self._weight, self._bias, self._eps)
