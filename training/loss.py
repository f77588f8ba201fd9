"""The training loss: cross-entropy by late interaction and by pooled vectors."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.multi_vector_encoder.scoring import mean_colbert_scores
from sentence_transformers.util import stack_padded_token_embeddings
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from corpus import sentences
from retrieval.research import (
    Embedding,
    Floats,
)
from training.recipe import Recipe

TOKENS = 512
"""The number of token labels of a passage, more than the model reads."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A right passage of an earlier batch: its tokens, (T, D), and the number of its text."""

    tokens: Tensor
    source: Tensor


class JointLoss(nn.Module):  # type: ignore[misc]
    """Cross-entropy over the passages of a batch, by MaxSim and by pooled vectors of the same pass.

    It is the `MultiVectorMultipleNegativesRankingLoss` of sentence-transformers over mean MaxSim, plus the
    same loss over pooled vectors, which that class drops. The recipe weighs its other terms:

    - `backward`: the cross-entropy from a passage to its question;
    - `sentence`: the cross-entropy of the answering sentence among those of its passage, by MaxSim;
    - `pooled`: the cross-entropy of the pooled vectors;
    - `anchor`: the distance of the vector of a question from the untrained model's vector of its Chinese
      wording, and of the vector of the right passage from the untrained model's (Reimers & Gurevych 2020).
      It keeps Chinese vectors unchanged and moves English ones towards them.

    The last `memory` right passages of earlier batches are further wrong ones for late interaction (Wang et
    al. 2020), because a batch on a small machine holds few. A continued run begins with none. `labels` holds
    the `label` of each question: (Q, 2 * D + TOKENS + 2).
    """

    def __init__(self, model: MultiVectorEncoder, recipe: Recipe) -> None:
        super().__init__()
        self.model = model
        self.recipe = recipe
        self.memory: deque[_Remembered] = deque(maxlen=recipe.memory)

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
        sources = None if labels is None else labels[:, -1]
        others = self._remembered(questions, sources)  # (Q, M)
        if sources is not None:
            self._remember(passages[:, 0], masks[:, 0], sources)
        loss = cross_entropy(torch.cat([maxsim, others], dim=1) / self.recipe.temperature, right)
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
        known_vectors, of_token, answering = labels[:, :-1].split([ours[0].numel(), TOKENS, 1], dim=1)
        theirs = known_vectors.reshape(ours.shape).to(ours)
        known = theirs.abs().sum(dim=-1) > 0  # (Q, 2)
        loss = loss + self.recipe.anchor * (1 - (ours * theirs).sum(dim=-1))[known].mean()
        sentence = self._sentence(questions, passages[:, 0], masks[:, 0], of_token.long(), answering.long())
        return loss + self.recipe.sentence * sentence

    def _remembered(self, questions: dict[str, Tensor], sources: Tensor | None) -> Tensor:
        """Return the MaxSim of questions with remembered passages, and -1 for those of the same text."""
        tokens, mask = questions["token_embeddings"], questions["attention_mask"].bool()
        if not self.memory or sources is None:
            return tokens.new_zeros((len(tokens), 0))
        lengths = [len(each.tokens) for each in self.memory]
        owner = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths)).to(tokens.device)
        every = torch.cat([each.tokens for each in self.memory])  # (T, D)
        cosines = tokens @ every.to(tokens.dtype).T  # (Q, q, T)
        best = cosines.new_full((*cosines.shape[:2], len(lengths)), -1.0)
        best = best.scatter_reduce(2, owner.expand_as(cosines), cosines, "amax")  # (Q, q, M)
        maxsim = (best * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)
        theirs = torch.stack([each.source for each in self.memory])
        same = sources[:, None] == theirs[None]
        return maxsim.masked_fill(same, -1.0)

    def _remember(self, passages: Tensor, masks: Tensor, sources: Tensor) -> None:
        for tokens, mask, source in zip(passages, masks, sources, strict=True):
            self.memory.append(_Remembered(tokens[mask].detach(), source))

    def _sentence(
        self,
        questions: dict[str, Tensor],
        passages: Tensor,
        masks: Tensor,
        of_token: Tensor,
        answering: Tensor,
    ) -> Tensor:
        losses = [passages.new_zeros((), dtype=torch.float32)]
        # In float32, because sentences of one passage differ by less than the precision of bfloat16.
        with torch.autocast(passages.device.type, enabled=False):
            for i in (answering[:, 0] >= 0).nonzero()[:, 0].tolist():
                question = questions["token_embeddings"][i][questions["attention_mask"][i].bool()].float()
                passage = passages[i][masks[i]].float()
                cosines = question @ passage.T  # (q, t)
                owner = of_token[i, : passage.shape[0]].expand_as(cosines)
                best = cosines.new_full((len(cosines), int(owner.max()) + 1), -1.0)  # (q, sentences)
                best = best.scatter_reduce(1, owner, cosines, "amax")
                losses.append(cross_entropy(best.mean(dim=0)[None] / self.recipe.temperature, answering[i]))
        return torch.stack(losses).sum() / max(1, len(losses) - 1)


def label(question: Floats, passage: Embedding, text: str, answer: int, source: int) -> list[float]:
    """Return the label of a question: all that the loss needs besides the passages.

    Args:
        question: the untrained model's vector of the Chinese wording; zeros if there is none.
        passage: the untrained model's embedding of the right passage.
        text: the right passage.
        answer: the code point of the answer in `text`, -1 if unknown.
        source: the number of the text that the passage is from.

    Returns:
        Both vectors, the sentence of each scored token, the sentence of the answer (-1 if unknown), and the
        number of the text: (2 * D + TOKENS + 2,).
    """
    ends = [end for _, end in sentences(text)]
    owner = np.searchsorted(ends, passage.offsets[:TOKENS, 0], side="right").clip(0, len(ends) - 1)
    of_token = np.zeros(TOKENS, np.float32)
    of_token[: len(owner)] = owner
    answering = int(np.searchsorted(ends, answer, side="right")) if answer >= 0 else -1
    known = answering in owner  # truncation may remove the answer
    return [
        *question.tolist(),
        *passage.vector.tolist(),
        *of_token.tolist(),
        answering if known else -1,
        source,
    ]
