"""`python -m training.reader --data FOLDER… --out FILE`: train the reader, and measure it.

The folders hold `cmrc2018-dev.jsonl.gz`, `xquad-en-zh.jsonl.gz` and `news-20k.jsonl.gz`. The reader reads the
vectors of the adapter that ships and trains on the same parts of the data; the held-out parts measure it. It
prints how often the most probable sentence holds the answer, and the area under the ROC curve between right
passages and wrong ones of each kind.
"""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoTokenizer

from benchmarks.inputs.datasets import CMRC, NEWS, XQUAD, locate, read_cmrc, read_news, read_xquad
from benchmarks.record import plain
from corpus import sentences
from corpus.text.normalize import is_han
from retrieval import Encoder, load_encoder
from retrieval.research import (
    BITS,
    MASKED_LOGIT,
    Codec,
    Embedding,
    Offsets,
    Reader,
    ReaderNetwork,
    bundled,
    holds,
    sentence_of,
)
from training.questions.paraphrase import Thesaurus
from training.reader import examples
from training.reader.examples import Case, Cut

MADE, HELD = 2_200, 8
"""The number of cloze questions, and one in how many of their articles is held out to measure."""

LAST = 9_000
"""The number of last news articles used; benchmarks of ranking use the first ones as distractors."""

SHOWN = 3_000
"""The number of these articles from which the thesaurus counts common words."""

NEAREST, MINED = 12, 2
"""Hard negatives: the number of nearest passages by vector, and of those kept by MaxSim."""

BATCH, POOL = 32, 16
"""The number of cases in a batch, and of batches whose cases are sorted by length together."""

RATE = 1.5e-3
"""The highest learning rate."""

Encoded = Mapping[str, Embedding]


@dataclass(frozen=True, slots=True)
class Batch:
    """The padded inputs of `ReaderNetwork.forward`, and which tokens belong to an answer, (B, T)."""

    question: Tensor
    passage: Tensor
    asked: Tensor
    held: Tensor
    sentence: Tensor
    answers: Tensor


def main() -> None:
    """Parse the command line, train, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.reader", description="Teach the reader.")
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="public data")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="weights to write")
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="(5)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(1)")
    options = parser.parse_args()
    encoder, draw = load_encoder(), random.Random(options.seed)
    torch.manual_seed(options.seed)
    learned, held = gathered(options.data, _cut(), draw)
    encoded = _encoded(encoder, [*learned, *held])
    learned, held = ([*cases, *mined(cases, encoded)] for cases in (learned, held))
    network = ReaderNetwork(encoder.dimension, drop=0.15)
    network.token_mean.copy_(torch.from_numpy(Codec.fit(encoder, BITS[0]).tokens.mean))
    for epoch, mean in enumerate(teach(network, learned, encoded, options.epochs, draw), 1):
        print(f"epoch {epoch}: {mean:.3f}", flush=True)
    print(measured(Reader(network), held, encoded))
    weights = {name: weight.half().contiguous() for name, weight in network.state_dict().items()}
    save_file(weights, options.out, metadata={"model": encoder.name, "seed": str(options.seed)})


def gathered(data: Sequence[Path], cut: Cut, draw: random.Random) -> tuple[list[Case], list[Case]]:
    """Return the cases to train on and those to measure with."""
    sets = read_cmrc(locate(data, CMRC)), read_xquad(locate(data, XQUAD))
    news = list(read_news(locate(data, NEWS)).items())[-LAST:]
    thesaurus = Thesaurus(text for _, text in news[-SHOWN:])
    draw.shuffle(news)
    made = examples.made(dict(news), MADE, draw)
    measuring = set(sorted({case.source for case in made})[::HELD])
    learned, held = (
        [
            *(case for each in sets for case in examples.asked(each.part(held=part), draw)),
            *(case for case in made if (case.source in measuring) == part),
        ]
        for part in (False, True)
    )
    learned, held = (
        [*cases, *examples.swapped(cases, cut, draw), *examples.far(cases, draw)] for cases in (learned, held)
    )
    # Held-out questions are not paraphrased.
    return [*learned, *examples.reworded(learned, thesaurus, draw)], held


def mined(cases: Sequence[Case], encoded: Encoded) -> Iterator[Case]:
    """Yield cases with hard negatives: the most similar passages without an answer."""
    texts = list(dict.fromkeys(case.passage for case in cases if case.near))
    vectors = np.stack([encoded[text].vector for text in texts])  # (P, D)
    for case in cases:
        if not case.near:
            continue
        question = encoded[case.question]
        nearest = [texts[i] for i in np.argsort(-(vectors @ question.vector))[:NEAREST]]
        wrong = {
            text: (encoded[text].tokens @ question.tokens.T).max(axis=0).mean()
            for text in nearest
            if not holds(text, case.answers)
        }
        for text in sorted(wrong, key=lambda text: -wrong[text])[:MINED]:
            yield replace(case, passage=text, answers=(), kind="mined", near=False)


def teach(
    network: ReaderNetwork, cases: Sequence[Case], encoded: Encoded, epochs: int, draw: random.Random
) -> Iterator[float]:
    """Train a network and yield the mean loss of each epoch."""
    steps = epochs * -(-len(cases) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.08)
    network.train()
    for _ in range(epochs):
        losses = []
        for drawn in _drawn(cases, encoded, draw):
            batch = _batch(drawn, encoded)
            tokens, none = network(batch.question, batch.passage, batch.asked, batch.held, batch.sentence)
            found = loss(tokens, none, batch.answers)
            optimizer.zero_grad()
            found.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(found.item())
        yield float(np.mean(losses))


def loss(tokens: Tensor, none: Tensor, answers: Tensor) -> Tensor:
    """Return the negative log-likelihood of the answer tokens, or of no answer, averaged over the batch.

    Args:
        tokens: logits of the tokens, (B, T).
        none: logits of no answer, (B,).
        answers: which tokens belong to an answer, (B, T).
    """
    total = torch.logsumexp(torch.cat([none[:, None], tokens], dim=1), dim=1)
    right = torch.logsumexp(tokens.masked_fill(~answers, MASKED_LOGIT), dim=1)
    return (total - torch.where(answers.any(dim=1), right, none)).mean()


def measured(reader: Reader, cases: Sequence[Case], encoded: Encoded) -> str:
    """Return a table of the reader's accuracy on cases, by their set and language."""
    odds: dict[str, dict[str, list[float]]] = {}
    bold: dict[str, list[bool]] = {}
    for case in cases:
        passage, spans = encoded[case.passage], sentences(case.passage)
        owners = sentence_of(passage.offsets[:, 0], [end for _, end in spans])
        read = reader.read(encoded[case.question].tokens, passage.tokens, owners, len(spans))
        row = f"{_set(case)}, {'zh' if any(map(is_han, case.question)) else 'en'}"
        odds.setdefault(row, {}).setdefault(case.kind, []).append(read.answer_log_odds)
        if case.kind == "right":
            start, end = spans[int(np.argmax(read.sentence_log_shares))]
            bold.setdefault(row, []).append(holds(case.passage[start:end], case.answers))
    kinds = list(dict.fromkeys(kind for found in odds.values() for kind in found if kind != "right"))
    rows = [["", "right", "sentence", *kinds]]
    for row, found in odds.items():
        right = found["right"]
        areas = [
            f"{roc_auc_score([1] * len(right) + [0] * len(wrong), [*right, *wrong]):.3f}" if wrong else ""
            for wrong in (found.get(kind, []) for kind in kinds)
        ]
        rows.append([row, str(len(right)), f"{np.mean(bold[row]):.3f}", *areas])
    return plain(rows)


def _set(case: Case) -> str:
    found = case.source.partition("-")[0]
    return found if found in ("cmrc", "xquad") else "news"


def _cut() -> Cut:
    tokenizer = AutoTokenizer.from_pretrained(str(bundled.prepare()), local_files_only=True)

    def cut(text: str) -> Offsets:
        read = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)
        return np.asarray(read["offset_mapping"], np.int32).reshape(-1, 2)

    return cut


def _encoded(encoder: Encoder, cases: Sequence[Case]) -> Encoded:
    """Encode every question and passage, by text; tokens of passages are quantised as in an index."""
    quantizer = Codec.fit(encoder, BITS[0]).tokens
    found = {text: encoder.encode_question(text) for text in dict.fromkeys(case.question for case in cases)}
    texts = list(dict.fromkeys(case.passage for case in cases))
    for text, passage in zip(texts, encoder.encode_passages(texts), strict=True):
        found[text] = replace(passage, tokens=quantizer.decode(quantizer.encode(passage)))
    return found


def _drawn(cases: Sequence[Case], encoded: Encoded, draw: random.Random) -> list[list[Case]]:
    """Shuffle cases into batches of passages of similar length."""
    shuffled = draw.sample(cases, len(cases))
    found = []
    for at in range(0, len(shuffled), BATCH * POOL):
        pool = sorted(shuffled[at : at + BATCH * POOL], key=lambda case: len(encoded[case.passage].tokens))
        found += [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
    draw.shuffle(found)
    return found


def _batch(cases: Sequence[Case], encoded: Encoded) -> Batch:
    questions = [torch.from_numpy(encoded[case.question].tokens) for case in cases]
    passages = [torch.from_numpy(encoded[case.passage].tokens) for case in cases]
    offsets = [encoded[case.passage].offsets for case in cases]
    owners = [
        torch.from_numpy(sentence_of(each[:, 0], [end for _, end in sentences(case.passage)]))
        for case, each in zip(cases, offsets, strict=True)
    ]
    answers = [
        torch.from_numpy(examples.answering(case.passage, case.answers, each))
        for case, each in zip(cases, offsets, strict=True)
    ]
    there = [[torch.ones(len(each), dtype=torch.bool) for each in texts] for texts in (questions, passages)]
    padded = (pad_sequence(each, batch_first=True) for each in (questions, passages, *there, owners, answers))
    return Batch(*padded)
