"""Run a training: make examples and batches, train, write the adapter and measure it."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from sentence_transformers import MultiVectorEncoderTrainer, MultiVectorEncoderTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from torch.utils.data import SequentialSampler
from transformers.trainer_utils import get_last_checkpoint

from benchmarks.adapter import measured, read_record, tables, write_record
from benchmarks.inputs.datasets import (
    CMRC,
    NEWS,
    PARALLEL,
    XQUAD,
    PublicSet,
    locate,
    locate_folder,
    read_cmrc,
    read_news,
    read_xquad,
)
from retrieval import load_encoder
from retrieval.research import (
    bundled,
    has_fast_bfloat16,
)
from training import examples
from training.batches import PASSAGE, batches
from training.examples import Example
from training.loss import JointLoss, label
from training.model import student, write_adapter
from training.questions.dictionary_translation import Glossary
from training.questions.parallel_texts import read_parallel
from training.recipe import Recipe

DISTRACTORS = 1_000
"""The number of news articles among which hard negatives are mined too."""


def run(recipe: Recipe, data: Sequence[Path], out: Path, threads: int | None = None) -> str:
    """Train an adapter by a recipe, or continue an interrupted run; return the tables of its measurement.

    `out` receives `recipe.json`, `checkpoints`, `log.jsonl` (the loss by step), `adapter.safetensors` and
    `measured.jsonl` (see `benchmarks.adapter`).

    Raises:
        SystemExit: data is missing, or `out` holds a run of another recipe.
    """
    if threads:
        torch.set_num_threads(threads)
    _write_recipe(recipe, out)
    sets = [
        read_cmrc(locate(data, CMRC)).part(held=False),
        read_xquad(locate(data, XQUAD)).part(held=False),
    ]
    news = read_news(locate(data, NEWS))
    texts = {id: text for part in sets for id, text in part.texts.items()} | news
    learned = _examples(recipe, sets, news, out.parent / "mined.jsonl")
    if recipe.manual:
        paragraphs, manuals = read_parallel(locate_folder(data, PARALLEL))
        learned += random.Random(recipe.seed).sample(paragraphs, recipe.manual)
        texts |= manuals
    drawn = list(batches(learned, texts, recipe))
    torch.manual_seed(recipe.seed)
    model = student(bundled.prepare(weights=None), recipe.rank)
    arguments = MultiVectorEncoderTrainingArguments(
        output_dir=str(out / "checkpoints"),
        max_steps=recipe.steps,
        learning_rate=recipe.rate,
        warmup_steps=max(1, recipe.steps // 20),
        lr_scheduler_type="linear",
        weight_decay=0.01,
        bf16=has_fast_bfloat16(),
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        data_seed=recipe.seed,
        batch_sampler=partial(_PresetBatches, [len(batch) for batch in drawn]),
        save_steps=50,
        save_total_limit=1,
        logging_steps=10,
        report_to="none",
    )
    trainer = MultiVectorEncoderTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(_labelled([row for batch in drawn for row in batch])),
        loss=JointLoss(model, recipe),
    )
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(out / "checkpoints")))
    log = "".join(json.dumps(line) + "\n" for line in trainer.state.log_history)
    (out / "log.jsonl").write_text(log, encoding="utf-8")
    weights = out / "adapter.safetensors"
    write_adapter(model, weights, {"recipe": json.dumps(asdict(recipe))})
    # Runs in the same folder share the measurement of the untrained model.
    untaught = out.parent / "untaught.jsonl"
    if not untaught.exists():
        write_record(untaught, [measured(None, data, quick=True)])
    lines = [*read_record(untaught), measured(weights, data, quick=True)]
    write_record(out / "measured.jsonl", lines)
    return tables(lines)


def _write_recipe(recipe: Recipe, out: Path) -> None:
    """Write the recipe into the folder of the run.

    Raises:
        SystemExit: the folder holds a run of another recipe.
    """
    out.mkdir(parents=True, exist_ok=True)
    path, wanted = out / "recipe.json", asdict(recipe)
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) != wanted:
        raise SystemExit(f"{out} holds a run by another recipe ({path.name}): name another folder with --out")
    path.write_text(json.dumps(wanted, indent=1), encoding="utf-8")


def _labelled(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Replace `twin`, `answer` and `source` of rows by the label that the loss reads."""
    encoder = load_encoder(bundled.BASE_NAME)
    twins = {row["twin"] for row in rows}
    questions = {
        twin: encoder.encode_question(twin).vector if twin else np.zeros(encoder.dimension, np.float32)
        for twin in sorted(twins)
    }
    texts = [row["passage_0"].removeprefix(PASSAGE) for row in rows]
    return [
        {name: value for name, value in row.items() if name not in ("twin", "answer", "source")}
        | {"label": label(questions[row["twin"]], passage, text, row["answer"], row["source"])}
        for row, text, passage in zip(rows, texts, encoder.encode_passages(texts), strict=True)
    ]


def _examples(
    recipe: Recipe, sets: Sequence[PublicSet], news: Mapping[str, str], mined: Path
) -> list[Example]:
    """Return the training examples; runs in the same folder share the mined hard negatives."""
    asked = [example for part in sets for example in examples.asked(part)]
    if not mined.exists():
        answers = {(q.text, q.source): q.answers for part in sets for q in part.questions}
        texts = {id: text for part in sets for id, text in part.texts.items()}
        found = examples.mine(
            asked,
            texts | dict(list(news.items())[:DISTRACTORS]),
            [answers[example.question, example.right.source] for example in asked],
            load_encoder(bundled.BASE_NAME),
        )
        examples.save(found, mined)
    learned = []
    for example, wrong in zip(asked, examples.load(mined), strict=True):
        learned += [replace(example, mined=wrong)] * (recipe.english if example.language == "en" else 1)
    for part in sets:
        learned += examples.translated(part) * recipe.translated
    # The measurement uses the first articles as distractors, so training takes the last ones.
    last = list(news.items())[::-1]
    learned += examples.inverse_cloze(dict(last[: recipe.articles]), recipe.seed)
    if recipe.glossed or recipe.glossed_articles:
        english = partial(Glossary().english, draw=random.Random(recipe.seed))
        chinese = [example for example in learned if example.mined]
        learned += examples.glossed(chinese, english) * recipe.glossed
        sentences = examples.inverse_cloze(dict(last[: recipe.glossed_articles]), recipe.seed)
        clipped = [replace(each, question=examples.clipped(each.question, recipe.clip)) for each in sentences]
        learned += examples.glossed(clipped, english)
    return learned


class _PresetBatches(DefaultBatchSampler):  # type: ignore[misc]
    """Keeps the rows in their drawn order and batches."""

    def __init__(self, sizes: Sequence[int], dataset: Dataset, **options: Any) -> None:
        super().__init__(SequentialSampler(dataset), **options)
        self._ends = list(accumulate(sizes))

    def __iter__(self) -> Iterator[list[int]]:
        for start, end in zip([0, *self._ends], self._ends, strict=False):
            yield list(range(start, end))

    def __len__(self) -> int:
        return len(self._ends)
