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

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

from retrieval.models import WEIGHTS_FOLDER, bundled
from retrieval.models.encoder import Floats
from retrieval.models.reader_network import HEADS, LAYERS, MAX_DISTANCE, WIDTH, ReaderNetwork, distances

Ints = npt.NDArray[np.int64]

WEIGHTS_FILE = WEIGHTS_FOLDER / "reader.safetensors"

MIN_LOG_SHARE = -12.0
"""What a share of a sentence's logarithm is at least, that no sentence without tokens counts for endless."""


@dataclass(frozen=True, slots=True)
class ReaderOutput:
    """A passage, read for a question.

    answer_log_odds: the log-odds that it holds the answer. sentence_log_shares: (S,), the logarithm of each
    sentence's share of what probability the passage has, from MIN_LOG_SHARE on.
    """

    answer_log_odds: float
    sentence_log_shares: npt.NDArray[np.float64]


class _Forward:
    """A network for one question and one passage, without gradients: the same logits in three quarters of
    the time, most of which goes by between the operators. What does not depend on the texts is worked out
    once.
    """

    def __init__(self, network: ReaderNetwork) -> None:
        with torch.no_grad():
            self._question = _opened(network.question, network.question_met, network.mean)
            self._passage = _opened(network.passage, network.passage_met, network.mean)
            self._norm = _norm(network.norm)
            self._layers = [
                (
                    (_norm(each.first), _turned(each.all), _turned(each.joined)),
                    (_norm(each.second), _turned(each.wide), _turned(each.narrow)),
                )
                for each in network.layers
            ]
            of_near, of_together, of_apart = (
                torch.stack(worth)
                for worth in zip(
                    *((each.near, each.together, -each.apart.abs()) for each in network.layers), strict=True
                )
            )  # (LAYERS, HEADS) each
            self._near = of_near[:, :, None, None]
            self._worth = torch.stack([of_apart.flatten(), of_together.flatten()], dim=1)  # (…, 2)
        self._token, self._none = network.token, network.none

    def __call__(self, question: Tensor, passage: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        """Token vectors, (Q, D) and (T, D), and the number of each passage token's sentence, (T,), to what
        `ReaderNetwork.forward` gives: (T,) and ().
        """
        cosines = question @ passage.T  # (Q, T)
        width, length = cosines.shape
        of_question = cosines.topk(min(2, length), dim=1).values
        of_passage = cosines.topk(min(2, width), dim=0).values
        states = torch.cat(
            [
                _open(question, of_question[:, [0, -1]], self._question),
                _open(
                    passage, torch.stack([of_passage[0], of_passage[-1], cosines.mean(0)], 1), self._passage
                ),
            ]
        )  # (N, WIDTH)
        states = layer_norm(states, (WIDTH,), *self._norm)
        biases = self._biases(cosines, sentence)
        for ((first, every, joined), (second, wide, narrow)), bias in zip(self._layers, biases, strict=True):
            split = torch.addmm(*_onto(layer_norm(states, (WIDTH,), *first), every))
            query, key, value = split.view(1, -1, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
            met = scaled_dot_product_attention(query, key, value, attn_mask=bias[None])
            states = states + torch.addmm(*_onto(met[0].transpose(0, 1).reshape(-1, WIDTH), joined))
            widened = gelu(torch.addmm(*_onto(layer_norm(states, (WIDTH,), *second), wide)))
            states = states + torch.addmm(*_onto(widened, narrow))
        asked = states[:width]
        none = self._none(torch.cat([asked.mean(0), asked.max(0).values]))
        return self._token(states[width:])[:, 0], none[0]

    def _biases(self, cosines: Tensor, sentence: Tensor) -> Tensor:
        """What attention sees of two tokens, as in `network`: (LAYERS, HEADS, N, N)."""
        width, length = cosines.shape
        both = width + length
        seen = torch.zeros(2, both, both)
        apart, together = seen
        apart[:width, :width] = distances(width)
        apart[width:, width:] = distances(length).clamp(max=MAX_DISTANCE)
        together[width:, width:] = sentence[:, None] == sentence
        found = (self._worth @ seen.view(2, -1)).view(LAYERS, HEADS, both, both)
        near = 2 * (cosines - 0.8).clamp_(-1, 1) * self._near
        found[:, :, :width, width:] = near
        found[:, :, width:, :width] = near.mT
        return found


def _opened(vectors: nn.Linear, met: nn.Linear, mean: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What opens a text, `ReaderNetwork._question` or `_passage`, with its constants put together: the
    weights of its vectors, those of what its tokens meet, and the bias.
    """
    bias = vectors.bias - vectors.weight @ mean + met.bias - 3 * met.weight.sum(1) + 4 * met.weight[:, -1]
    return vectors.weight.T.contiguous(), 4 * met.weight[:, :-1].T.contiguous(), bias


def _open(vectors: Tensor, met: Tensor, opened: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    of_vectors, of_met, bias = opened
    return torch.addmm(bias, vectors, of_vectors).addmm_(met, of_met)


def _turned(linear: nn.Linear) -> tuple[Tensor, Tensor]:
    return linear.bias.detach(), linear.weight.detach().T.contiguous()


def _onto(states: Tensor, turned: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """The arguments of `torch.addmm` for a linear layer."""
    bias, weight = turned
    return bias, states, weight


def _norm(norm: nn.LayerNorm) -> tuple[Tensor, Tensor]:
    return norm.weight.detach(), norm.bias.detach()


class Reader:
    """A network with its weights, for reading; safe to share between threads."""

    def __init__(self, network: ReaderNetwork) -> None:
        self._forward = _Forward(network.eval())

    def read(self, question: Floats, passage: Floats, owners: Ints, sentences: int) -> ReaderOutput:
        """A question's token vectors, (Q, D), with those of a passage, (T, D), by the sentence, of so many,
        that each belongs to, (T,).
        """
        if not (len(question) and len(passage)):
            return ReaderOutput(MIN_LOG_SHARE, np.zeros(sentences))
        parts = (question, passage, owners)
        with torch.inference_mode():
            tokens, none = self._forward(*(torch.from_numpy(np.ascontiguousarray(part)) for part in parts))
        logits = tokens.double().numpy()
        some = np.logaddexp.reduce(logits)
        shares = np.full(sentences, MIN_LOG_SHARE)
        np.logaddexp.at(shares, owners, logits - some)
        return ReaderOutput(float(some - none), shares)


def reader_for(model: str) -> Reader | None:
    """The reader of a model by its name in a manifest; None where none was taught."""
    return _shipped() if model == bundled.adapted_name() else None


@cache
def _shipped() -> Reader:
    weights = {name: weight.float() for name, weight in load_file(WEIGHTS_FILE).items()}
    network = ReaderNetwork(len(weights["mean"]))
    network.load_state_dict(weights)
    return Reader(network)
