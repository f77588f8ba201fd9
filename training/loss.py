"""What is learned: the right passage before the wrong ones, by late interaction and by pooled vectors."""

from collections.abc import Iterable
from typing import Any

import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.multi_vector_encoder.scoring import mean_colbert_scores
from sentence_transformers.util import stack_padded_token_embeddings
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from training.recipe import Recipe


class JointLoss(nn.Module):  # type: ignore[misc]
    """Cross-entropy over the passages of a batch, by MaxSim and by pooled vectors of the same pass.

    sentence-transformers' `MultiVectorMultipleNegativesRankingLoss` over mean MaxSim, and beside it its
    dense counterpart, which that class cannot see: it drops the pooled vectors. Of the recipe, `backward`
    weighs the other direction (a passage finds its question), `pooled` the pooled vectors, `anchor` how far
    the vector of a question is from what the untaught model gave its wording in Chinese, and that of the
    right passage from what it gave the passage (Reimers & Gurevych 2020): Chinese stays, English comes near.
    These are the labels: (Q, 2 * D), zeros where there is no wording in Chinese.
    """

    def __init__(self, model: MultiVectorEncoder, recipe: Recipe) -> None:
        super().__init__()
        self.model = model
        self.recipe = recipe

    def forward(self, sentence_features: Iterable[dict[str, Any]], labels: Tensor | None = None) -> Tensor:
        questions, *columns = [self.model(dict(f), task=f.get("task")) for f in sentence_features]
        count, width = len(questions["token_embeddings"]), len(columns)
        passages, masks = stack_padded_token_embeddings(
            [column["token_embeddings"] for column in columns],
            [column["attention_mask"].bool() for column in columns],
        )  # (Q, N, T, D), (Q, N, T)
        maxsim = mean_colbert_scores(
            questions["token_embeddings"], passages, questions["attention_mask"].bool(), masks
        )  # (Q, Q * N), the right passage of question i in column i * N
        right = torch.arange(count, device=maxsim.device) * width
        loss = cross_entropy(maxsim / self.recipe.temperature, right)
        loss = loss + self.recipe.backward * cross_entropy(
            maxsim[:, right].T / self.recipe.temperature, torch.arange(count, device=maxsim.device)
        )
        vectors = torch.stack([column["sentence_embedding"] for column in columns], dim=1)  # (Q, N, D)
        cosines = questions["sentence_embedding"] @ vectors.flatten(0, 1).T  # (Q, Q * N)
        loss = loss + self.recipe.pooled * cross_entropy(
            cosines.float() / self.recipe.pooled_temperature, right
        )
        if labels is None:
            return loss
        ours = torch.stack([questions["sentence_embedding"], vectors[:, 0]], dim=1).float()  # (Q, 2, D)
        theirs = labels.reshape(ours.shape).to(ours)
        known = theirs.abs().sum(dim=-1) > 0  # (Q, 2)
        return loss + self.recipe.anchor * (1 - (ours * theirs).sum(dim=-1))[known].mean()
