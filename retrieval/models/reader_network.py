"""The network of the reader: two layers of attention over the token vectors of a question and a passage.

It is the form that is taught, many pairs of texts at a time; `reader` reads one pair with its weights.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

WIDTH, LAYERS, HEADS = 64, 2, 4
MAX_DISTANCE = 40
"""Tokens that are farther apart than so many count as if they were so far apart."""

MASKED_LOGIT = -1e4
"""The logit of what is not there."""


class ReaderNetwork(nn.Module):  # type: ignore[misc]
    """The weights and the forward pass; `mean` is that of token vectors."""

    def __init__(self, dimension: int, drop: float = 0.0) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dimension))
        self.question, self.passage = nn.Linear(dimension, WIDTH), nn.Linear(dimension, WIDTH)
        self.question_met, self.passage_met = nn.Linear(3, WIDTH), nn.Linear(4, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(_Layer(drop) for _ in range(LAYERS))
        self.token = nn.Linear(WIDTH, 1)
        self.none = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, 1))
        self.drop = nn.Dropout(drop)

    def forward(
        self, question: Tensor, passage: Tensor, asked: Tensor, held: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Token vectors, (B, Q, D) and (B, T, D), which of them are there, (B, Q) and (B, T), and the number
        of each passage token's sentence, (B, T), to the logit of each passage token, (B, T), and of there
        being no answer, (B,).
        """
        there = asked[:, :, None] & held[:, None, :]
        cosines = (question @ passage.mT).masked_fill(~there, -1)  # (B, Q, T)
        states = self.norm(
            torch.cat([self._question(question, cosines), self._passage(passage, cosines, asked)], dim=1)
        )  # (B, Q + T, WIDTH)
        bias = _Bias.of(cosines, asked, held, sentence)
        for layer in self.layers:
            states = layer(states, bias)
        width = question.shape[1]
        of_question = states[:, :width]
        summed = of_question.masked_fill(~asked[:, :, None], 0).sum(1) / asked.sum(1, keepdim=True)
        highest = of_question.masked_fill(~asked[:, :, None], MASKED_LOGIT).max(1).values
        tokens = self.token(states[:, width:])[:, :, 0].masked_fill(~held, MASKED_LOGIT)
        return tokens, self.none(torch.cat([summed, highest], dim=1))[:, 0]

    def _question(self, question: Tensor, cosines: Tensor) -> Tensor:
        best = cosines.topk(min(2, cosines.shape[2]), dim=2).values
        met = torch.stack([best[:, :, 0], best[:, :, -1], torch.ones_like(best[:, :, 0])], dim=2)
        return self.question(self.drop(question - self.mean)) + self.question_met(4 * met - 3)

    def _passage(self, passage: Tensor, cosines: Tensor, asked: Tensor) -> Tensor:
        best = cosines.topk(min(2, cosines.shape[1]), dim=1).values
        mean = cosines.masked_fill(~asked[:, :, None], 0).sum(1) / asked.sum(1, keepdim=True)
        met = torch.stack([best[:, 0], best[:, -1], mean, torch.ones_like(mean)], dim=2)
        return self.passage(self.drop(passage - self.mean)) + self.passage_met(4 * met - 3)


@dataclass(frozen=True, slots=True)
class _Bias:
    """What attention sees of two tokens.

    seen: (B, 3, N, N), how near they come where one is the question's and one the passage's, whether they
    stand in one sentence, and how far apart. there: (B, 1, 1, N), 0 or MASKED_LOGIT; None
    where all are there.
    """

    seen: Tensor
    there: Tensor | None

    @classmethod
    def of(cls, cosines: Tensor, asked: Tensor, held: Tensor, sentence: Tensor) -> "_Bias":
        batch, width, length = cosines.shape
        seen = cosines.new_zeros(batch, 3, width + length, width + length)
        near, together, apart = seen.unbind(dim=1)
        near[:, :width, width:] = 2 * (cosines - 0.8).clamp(-1, 1)
        near[:, width:, :width] = near[:, :width, width:].mT
        together[:, width:, width:] = sentence[:, :, None] == sentence[:, None, :]
        apart[:, :width, :width] = distances(width)
        apart[:, width:, width:] = distances(length).clamp(max=MAX_DISTANCE)
        there = torch.cat([asked, held], dim=1)[:, None, None, :]
        return cls(seen, None if there.all() else torch.where(there, 0.0, MASKED_LOGIT))


class _Layer(nn.Module):  # type: ignore[misc]
    """Attention, and what follows it, each behind a norm and with a shortcut."""

    def __init__(self, drop: float) -> None:
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.all, self.joined = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.near = nn.Parameter(torch.full((HEADS,), 4.0))
        self.together = nn.Parameter(torch.zeros(HEADS))
        self.apart = nn.Parameter(torch.tensor([0.0, 0.05, 0.1, 0.2]))
        self.drop = nn.Dropout(drop)

    def forward(self, states: Tensor, bias: _Bias) -> Tensor:
        batch, both, _ = states.shape
        split = self.all(self.first(states)).view(batch, both, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # (B, HEADS, N, WIDTH / HEADS) each
        worth = torch.stack([self.near, self.together, -self.apart.abs()], dim=1)  # (HEADS, 3)
        seen = torch.einsum("hk,bknm->bhnm", worth, bias.seen)
        if bias.there is not None:
            seen = seen + bias.there
        met = scaled_dot_product_attention(query, key, value, attn_mask=seen)
        states = states + self.drop(self.joined(met.transpose(1, 2).reshape(batch, both, WIDTH)))
        return states + self.drop(self.narrow(gelu(self.wide(self.second(states)))))


def distances(length: int) -> Tensor:
    """How far apart the tokens of a text stand: (length, length)."""
    places = torch.arange(length)
    return (places[:, None] - places).abs().float()
