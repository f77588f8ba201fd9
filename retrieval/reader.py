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

from collections.abc import Sequence
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
        highest = of_question.masked_fill(~asked[:, :, None], NOWHERE).max(1).values
        tokens = self.token(states[:, width:])[:, :, 0].masked_fill(~held, NOWHERE)
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
    stand in one sentence, and how far apart. there: (B, 1, 1, N), 0 or NOWHERE; None where all are there.
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
        apart[:, :width, :width] = _distances(width)
        apart[:, width:, width:] = _distances(length).clamp(max=FAR)
        there = torch.cat([asked, held], dim=1)[:, None, None, :]
        return cls(seen, None if there.all() else torch.where(there, 0.0, NOWHERE))


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


def _distances(length: int) -> Tensor:
    places = torch.arange(length)
    return (places[:, None] - places).abs().float()


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
        texts = (torch.from_numpy(np.ascontiguousarray(each))[None] for each in (question, passage))
        there = (torch.ones(1, len(each), dtype=torch.bool) for each in (question, passage))
        with torch.inference_mode():
            tokens, none = self._network(*texts, *there, torch.from_numpy(owners)[None])
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
