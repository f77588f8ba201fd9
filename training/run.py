"""A run: examples, batches, sentence-transformers' trainer, the adapter and what it measures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import MultiVectorEncoderTrainer, MultiVectorEncoderTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from torch.utils.data import SequentialSampler
from transformers.trainer_utils import get_last_checkpoint

from benchmarks.data import CMRC, NEWS, XQUAD, PublicSet, locate, read_cmrc, read_news, read_xquad
from retrieval import embedded
from retrieval.encoder import load
from training import examples as learned
from training.batches import Drawing, batches
from training.loss import JointLoss
from training.model import student, write_adapter
from training.recipe import Recipe

DISTRACTORS = 1_000
"""News articles among which hard negatives are looked for too."""


def run(recipe: Recipe, data: Sequence[Path], out: Path, threads: int | None = None) -> Path:
    """Teach by a recipe; returns the adapter's file, `out/adapter.safetensors`."""
    if threads:
        torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    sets = [
        read_cmrc(locate(data, CMRC)).part(held=False),
        read_xquad(locate(data, XQUAD)).part(held=False),
    ]
    news = read_news(locate(data, NEWS))
    texts = {id: text for part in sets for id, text in part.texts.items()} | news
    drawing = Drawing(recipe.shortest, recipe.longest, recipe.characters, recipe.near, recipe.mined)
    examples = _examples(recipe, sets, news, out.parent / "mined.jsonl")
    drawn = list(batches(examples, texts, recipe.steps, drawing, recipe.seed))
    torch.manual_seed(recipe.seed)
    model = student(embedded.prepare(weights=None), recipe.rank)
    arguments = MultiVectorEncoderTrainingArguments(
        output_dir=str(out / "checkpoints"),
        max_steps=recipe.steps,
        learning_rate=recipe.rate,
        warmup_steps=max(1, recipe.steps // 20),
        lr_scheduler_type="linear",
        weight_decay=0.01,
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        data_seed=recipe.seed,
        batch_sampler=partial(_AsDrawn, [len(batch) for batch in drawn]),
        save_steps=50,
        save_total_limit=1,
        logging_steps=10,
        report_to="none",
    )
    trainer = MultiVectorEncoderTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list([row for batch in drawn for row in batch]),
        loss=JointLoss(
            model,
            temperature=recipe.temperature,
            backward=recipe.backward,
            pooled=recipe.pooled,
            pooled_temperature=recipe.pooled_temperature,
        ),
    )
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(out / "checkpoints")))
    log = "".join(json.dumps(line) + "\n" for line in trainer.state.log_history)
    (out / "log.jsonl").write_text(log, encoding="utf-8")
    write_adapter(model, out / "adapter.safetensors", {"recipe": json.dumps(asdict(recipe))})
    return out / "adapter.safetensors"


def _examples(
    recipe: Recipe, sets: Sequence[PublicSet], news: dict[str, str], mined: Path
) -> list[learned.Example]:
    if not mined.exists():
        learned.save(_mined(sets, dict(list(news.items())[:DISTRACTORS])), mined)
    found = []
    for example in learned.load(mined):
        found += [example] * (recipe.english if example.language == "en" else 1)
    for part in sets:
        found += learned.translated(part) * recipe.translated
    # Not those that measure as distractors would come first: the last articles.
    last = dict(list(news.items())[-recipe.articles :]) if recipe.articles else {}
    return found + learned.self_made(last, recipe.seed)


def _mined(sets: Sequence[PublicSet], news: dict[str, str]) -> list[learned.Example]:
    """The questions with hard negatives from an index by the untaught model."""
    texts = {id: text for part in sets for id, text in part.texts.items()}
    asked = [(example, part) for part in sets for example in learned.asked(part)]
    answers = {(q.text, q.source): q.answers for part in sets for q in part.questions}
    return learned.mine(
        [example for example, _ in asked],
        texts | news,
        [answers[example.question, example.right.source] for example, _ in asked],
        load(embedded.NAME),
    )


class _AsDrawn(DefaultBatchSampler):  # type: ignore[misc]
    """The rows in the order they were drawn in: a batch of passages as long, about different texts."""

    def __init__(self, sizes: Sequence[int], dataset: Dataset, **options: Any) -> None:
        super().__init__(SequentialSampler(dataset), **options)
        self._ends = list(accumulate(sizes))

    def __iter__(self) -> Iterator[list[int]]:
        for start, end in zip([0, *self._ends], self._ends, strict=False):
            yield list(range(start, end))

    def __len__(self) -> int:
        return len(self._ends)
