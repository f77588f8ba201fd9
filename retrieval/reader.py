"""The reader: which words of a passage answer a question, and whether any do.

Late interaction tells how near each word of a question comes to some word of a passage. What it cannot tell
is whether the words that come near stand together, and whether what is asked for stands beside them: of
"网格员17人" and "社区7个" only one answers how many of them there are. The reader looks at both texts at
once: a small transformer (two layers, 64 wide) over the token vectors that are there already, in which
attention sees how near two tokens come, how far apart they stand and whether in one sentence. Like a reader
of SQuAD 2.0 (Rajpurkar et al. 2018) it spreads one probability over the tokens of the passage and over there
being no answer.

It is taught by `python -m training.reader` for the vectors of one adapter, and read from `taught`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from retrieval import embedded
from retrieval.encoder import Floats
from retrieval.weights import FOLDER

Ints = npt.NDArray[np.int64]

WEIGHTS = FOLDER / "reader.safetensors"

WIDTH, LAYERS, HEADS = 64, 2, 4
FAR = 40
"""Tokens that are farther apart than so many count as if they were so far apart."""

NOWHERE = -1e4
"""The logit of what is not there."""

LEAST = -12.0
"""What a share of a sentence's logarithm is at least, that no sentence without tokens counts for endless."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage, read for a question.

    answers: the log-odds that it holds the answer. sentences: (S,), the logarithm of each sentence's share of
    what probability the passage has, from LEAST on.
    """

    answers: float
    sentences: npt.NDArray[np.float64]


class Network(nn.Module):  # type: ignore[misc]
    """The weights and the forward pass; see the module."""

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
        apart = near.new_zeros(width + length, width + length)
        apart[:width, :width] = _distances(width)
        apart[width:, width:] = _distances(length).clamp_(max=FAR)
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


def _distances(length: int) -> Tensor:
    places = torch.arange(length, dtype=torch.float32)
    return (places[:, None] - places).abs_()


class Reader:
    """A network with its weights, for reading; safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network.eval()

    def read(self, question: Floats, passage: Floats, owners: Ints, sentences: int) -> Reading:
        """A question's token vectors, (Q, D), with those of a passage, (T, D), by the sentence, of so many,
        that each belongs to, (T,).
        """
        if not (len(question) and len(passage)):
            return Reading(LEAST, np.zeros(sentences))
        parts = (question, passage, owners)
        with torch.inference_mode():
            tokens, none = self._network(*(torch.from_numpy(np.ascontiguousarray(p))[None] for p in parts))
        logits = tokens[0].double().numpy()
        some = np.logaddexp.reduce(logits)
        shares = np.full(sentences, LEAST)
        np.logaddexp.at(shares, owners, logits - some)
        return Reading(float(some - none[0]), shares)


def sentence_of(places: npt.NDArray[Any], ends: Sequence[int]) -> Ints:
    """The number of the sentence, ending at `ends`, that the token beginning at each place is of: (T,)."""
    found: Ints = np.minimum(np.searchsorted(ends, places, side="right"), len(ends) - 1)
    return found


def reader_of(model: str) -> Reader | None:
    """The reader of a model by its name in a manifest; None where none was taught."""
    return _shipped() if model == embedded.adapted_name() else None


@cache
def _shipped() -> Reader:
    weights = {name: weight.float() for name, weight in load_file(WEIGHTS).items()}
    network = Network(len(weights["mean"]))
    network.load_state_dict(weights)
    return Reader(network)
