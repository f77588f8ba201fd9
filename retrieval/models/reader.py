"""The reader: a small model that says which sentence of a passage answers a question, and whether any does.

Late interaction measures how similar each token of a question is to some token of a passage. It cannot tell
whether the similar tokens stand together and whether what is asked for stands beside them: of "网格员17人"
and "社区7个" only one says how many communities there are. The reader attends to both texts at once, over the
token vectors that are there already. Like a reader of SQuAD 2.0 (Rajpurkar et al. 2018) it spreads one
probability over the tokens of the passage and over there being no answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch.nn.utils.rnn import pad_sequence

from retrieval.models import WEIGHTS_FOLDER, bundled
from retrieval.models.encoder import Floats
from retrieval.models.reader_network import ReaderNetwork

Ints = npt.NDArray[np.int64]

WEIGHTS_FILE = WEIGHTS_FOLDER / "reader.safetensors"

MIN_LOG_SHARE = -12.0
"""The least logarithm of a sentence's share; a sentence without tokens would have minus infinity."""


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """A passage to read.

    Args:
        tokens: Its token vectors, (T, D).
        sentence_ids: The number of the sentence that each token belongs to, (T,).
        sentences: How many sentences it has, S.
    """

    tokens: Floats
    sentence_ids: Ints
    sentences: int


@dataclass(frozen=True, slots=True)
class ReaderOutput:
    """What the reader says of a passage and a question.

    Args:
        answer_log_odds: The log-odds that the passage holds the answer.
        sentence_log_shares: The logarithm of each sentence's share of the probability that the passage has,
            at least `MIN_LOG_SHARE`, (S,).
    """

    answer_log_odds: float
    sentence_log_shares: npt.NDArray[np.float64]


class Reader:
    """A `ReaderNetwork` with its weights; safe to share between threads."""

    def __init__(self, network: ReaderNetwork) -> None:
        self._network = network.eval()

    def read(self, question: Floats, passage: Floats, sentence_ids: Ints, sentences: int) -> ReaderOutput:
        """Read one passage for a question, see `ReaderInput`."""
        return self.read_batch(question, [ReaderInput(passage, sentence_ids, sentences)])[0]

    def read_batch(self, question: Floats, passages: Sequence[ReaderInput]) -> list[ReaderOutput]:
        """Read passages for a question, as one batch.

        Args:
            question: The token vectors of the question, (Q, D).
            passages: What is read for it.
        """
        outputs = {i: _without_tokens(each) for i, each in enumerate(passages)}
        readable = [i for i, each in enumerate(passages) if len(question) and len(each.tokens)]
        if readable:
            batch = [passages[i] for i in readable]
            outputs.update(zip(readable, self._read(question, batch), strict=True))
        return [outputs[i] for i in range(len(passages))]

    def _read(self, question: Floats, passages: Sequence[ReaderInput]) -> list[ReaderOutput]:
        tokens = pad_sequence([torch.from_numpy(each.tokens) for each in passages], batch_first=True)
        sentence_ids = pad_sequence(
            [torch.from_numpy(each.sentence_ids) for each in passages], batch_first=True
        )
        lengths = torch.tensor([len(each.tokens) for each in passages])
        with torch.inference_mode():
            logits, no_answer = self._network(
                torch.from_numpy(question).expand(len(passages), -1, -1),
                tokens,
                torch.ones(len(passages), len(question), dtype=torch.bool),
                torch.arange(tokens.shape[1]) < lengths[:, None],
                sentence_ids,
            )
        return [
            _output(each, logits[i, : len(each.tokens)].double().numpy(), float(no_answer[i]))
            for i, each in enumerate(passages)
        ]


def reader_for(model: str) -> Reader | None:
    """Return the reader that was trained for a model.

    Args:
        model: The name of the model in the manifest of an index.

    Returns:
        None where no reader was trained for it.
    """
    return _shipped() if model == bundled.adapted_name() else None


@cache
def _shipped() -> Reader:
    weights = {name: weight.float() for name, weight in load_file(WEIGHTS_FILE).items()}
    network = ReaderNetwork(len(weights["token_mean"]))
    network.load_state_dict(weights)
    return Reader(network)


def _output(passage: ReaderInput, logits: npt.NDArray[np.float64], no_answer: float) -> ReaderOutput:
    total = np.logaddexp.reduce(logits)
    shares = np.full(passage.sentences, MIN_LOG_SHARE)
    np.logaddexp.at(shares, passage.sentence_ids, logits - total)
    return ReaderOutput(float(total - no_answer), shares)


def _without_tokens(passage: ReaderInput) -> ReaderOutput:
    return ReaderOutput(MIN_LOG_SHARE, np.zeros(passage.sentences))
