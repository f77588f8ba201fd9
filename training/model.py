"""Build the model to train: the bundled model as a multi-vector encoder with low-rank weights."""

from pathlib import Path
from typing import Any, Self

import torch
from peft import LoraConfig
from safetensors.torch import save_file
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Module, Transformer
from sentence_transformers.base.modules.normalize import Normalize
from sentence_transformers.sentence_transformer.modules import Pooling
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from retrieval.research import (
    LAYERS,
)
from training.batches import PASSAGE, QUERY


class ScoredTokens(Module):  # type: ignore[misc]
    """Masks the special tokens and those of the prompt, as `retrieval.models.encoder` does.

    They are `query` or `document` tokens at the beginning, then a `space` token if the text's first token
    does not include it, and one token at the end.
    """

    config_keys = ["query", "document", "space"]
    forward_kwargs = {"task"}

    def __init__(self, query: int, document: int, space: int) -> None:
        super().__init__()
        self.query, self.document, self.space = query, document, space

    def forward(self, features: dict[str, Any], task: str | None = None) -> dict[str, Any]:
        prompt = self.query if task == "query" else self.document
        mask = features["attention_mask"].clone()  # (B, T)
        lengths = mask.sum(dim=1, keepdim=True)
        positions = torch.arange(mask.shape[1], device=mask.device)[None]
        mask[(positions < prompt) | (positions >= lengths - 1)] = 0
        mask[:, prompt] *= features["input_ids"][:, prompt] != self.space
        return features | {"attention_mask": mask}

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        self.save_config(output_path)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> Self:
        return cls(**cls.load_config(model_name_or_path, subfolder=subfolder))


def student(folder: Path, rank: int, *, device: str | None = None) -> MultiVectorEncoder:
    """Load a model and add trainable low-rank weights to its linear layers (Hu et al. 2022)."""
    no_dropout = {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0}  # fused attention has none
    AttentionInterface.register("sdpa_float32", _attention)
    AttentionMaskInterface.register("sdpa_float32", sdpa_mask)
    body = Transformer(
        str(folder),
        model_kwargs={"dtype": torch.float32, "attn_implementation": "sdpa_float32"},
        config_kwargs=no_dropout,
    )
    query, document = (len(body.tokenizer(text.strip())["input_ids"]) - 1 for text in (QUERY, PASSAGE))
    space = body.tokenizer.convert_tokens_to_ids("▁")
    pooling = Pooling(body.get_embedding_dimension(), pooling_mode="mean")
    modules = [
        body,
        pooling,
        Normalize(),
        ScoredTokens(query, document, space),
        Normalize("token_embeddings"),
    ]
    model = MultiVectorEncoder(modules=modules, device=device)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    model.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=list(LAYERS)))
    return model


def _attention(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    """Compute attention in float32, because the backward pass in bfloat16 is slow on a CPU."""
    if mask is not None and mask.dtype != torch.bool:
        mask = mask.float()
    with torch.autocast(query.device.type, enabled=False):
        found, _ = sdpa_attention_forward(module, query.float(), key.float(), value.float(), mask, **options)
    return found, None


def write_adapter(model: MultiVectorEncoder, path: Path, about: dict[str, str]) -> None:
    """Write the low-rank weights as float16, as `retrieval.models.lora` reads them."""
    tensors = {}
    for name, value in model.get_adapter_state_dict().items():
        layer, _, kind = name.removesuffix(".weight").rpartition(".lora_")
        tensors[f"{layer}.{kind.lower()}"] = value.to(torch.float16).contiguous().cpu()
    save_file(tensors, path, metadata=about)
