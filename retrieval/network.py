"""The network of the reader: two layers of attention over the token vectors of a question and a passage.

It is the form that is taught, many pairs of texts at a time; `reader` reads one pair with its weights.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

WIDTH, LAYERS, HEADS = 64, 2, 4
FAR = 40
"""Tokens that are farther apart than so many count as if they were so far apart."""

NOWHERE = -1e4
"""The logit of what is not there."""


class Network(nn.Module):  # type: ignore[misc]
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
        self,
        question: Tensor,
        passage: Tensor,
        sentence: Tensor,
        asked: Tensor | None = None,
        held: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Token vectors, (B, Q, D) and (B, T, D), the number of each passage token's sentence, (B, T), and
        which tokens are there, (B, Q) and (B, T), None where all are, to the logit of each passage token,
        (B, T), and of there being no answer, (B,).
        """
        cosines = question @ passage.mT  # (B, Q, T)
        there = None
        if asked is not None and held is not None:
            cosines = cosines.masked_fill(~(asked[:, :, None] & held[:, None, :]), -1)
            there = torch.where(torch.cat([asked, held], dim=1), 0.0, NOWHERE)
        states = self.norm(
            torch.cat([self._question(question, cosines), self._passage(passage, cosines, asked)], dim=1)
        )  # (B, Q + T, WIDTH)
        for layer, bias in zip(self.layers, self._biases(cosines, sentence, there), strict=True):
            states = layer(states, bias)
        width = question.shape[1]
        of_question, of_passage = states[:, :width], states[:, width:]
        highest = of_question if asked is None else of_question.masked_fill(~asked[:, :, None], NOWHERE)
        tokens = self.token(of_passage)[:, :, 0]
        if held is not None:
            tokens = tokens.masked_fill(~held, NOWHERE)
        both = torch.cat([_mean(of_question, asked), highest.max(1).values], dim=1)
        return tokens, self.none(both)[:, 0]

    def _question(self, question: Tensor, cosines: Tensor) -> Tensor:
        best = cosines.topk(min(2, cosines.shape[2]), dim=2).values
        met = torch.stack([best[:, :, 0], best[:, :, -1], torch.ones_like(best[:, :, 0])], dim=2)
        return self.question(self.drop(question - self.mean)) + self.question_met(4 * met - 3)

    def _passage(self, passage: Tensor, cosines: Tensor, asked: Tensor | None) -> Tensor:
        best = cosines.topk(min(2, cosines.shape[1]), dim=1).values
        mean = _mean(cosines, asked)
        met = torch.stack([best[:, 0], best[:, -1], mean, torch.ones_like(mean)], dim=2)
        return self.passage(self.drop(passage - self.mean)) + self.passage_met(4 * met - 3)

    def _biases(self, cosines: Tensor, sentence: Tensor, there: Tensor | None) -> Iterator[Tensor]:
        """What attention of each layer sees of two tokens, (B, HEADS, N, N): how near they come where one is
        the question's and one the passage's, whether they stand in one sentence, and how far apart.

        there: (B, N), 0 or NOWHERE; None where all are there.
        """
        batch, width, length = cosines.shape
        near = 2 * (cosines - 0.8).clamp(-1, 1)
        together = (sentence[:, :, None] == sentence[:, None, :]).to(near.dtype)
        apart = apart_of(width, length)
        for layer in self.layers:
            of_near, of_together, of_apart = (
                worth[:, None, None] for worth in (layer.near, layer.together, -layer.apart.abs())
            )
            bias = (apart * of_apart).expand(batch, -1, -1, -1).contiguous()
            bias[:, :, width:, width:].addcmul_(together[:, None], of_together)
            bias[:, :, :width, width:] = near[:, None] * of_near
            bias[:, :, width:, :width] = bias[:, :, :width, width:].mT
            yield bias if there is None else bias + there[:, None, None]


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

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        batch, both, _ = states.shape
        split = self.all(self.first(states)).view(batch, both, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # (B, HEADS, N, WIDTH / HEADS) each
        met = scaled_dot_product_attention(query, key, value, attn_mask=bias)
        states = states + self.drop(self.joined(met.transpose(1, 2).reshape(batch, both, WIDTH)))
        return states + self.drop(self.narrow(gelu(self.wide(self.second(states)))))


def _mean(states: Tensor, asked: Tensor | None) -> Tensor:
    """The mean over a question's tokens, (B, Q, D) → (B, D), of those that are there."""
    if asked is None:
        return states.mean(1)
    return states.masked_fill(~asked[:, :, None], 0).sum(1) / asked.sum(1, keepdim=True)


def apart_of(width: int, length: int) -> Tensor:
    """How far apart two tokens stand, 0 where one is the question's and one the passage's: (N, N)."""
    places = torch.arange(max(width, length), dtype=torch.float32)
    distances = (places[:, None] - places).abs_()
    found = torch.zeros(width + length, width + length)
    found[:width, :width] = distances[:width, :width]
    found[width:, width:] = distances[:length, :length].clamp(max=FAR)
    return found
