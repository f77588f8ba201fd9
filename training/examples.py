"""What is learned from: a question, where its answer stands, and where hard negatives stand."""

import json
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.inputs.datasets import PublicQuestion, PublicSet
from benchmarks.measures.ranking import index_texts
from corpus import sentences
from retrieval import Encoder
from retrieval.research import (
    begin,
    holds,
    parse,
    rank,
    terms,
)

MINED = 8
"""Wrong passages kept for each question, of those that rank highest."""

SHORTEST_SENTENCE = 40
"""A self-made question is a sentence of at least so many characters: a shorter one says too little."""


@dataclass(frozen=True, slots=True)
class TextPosition:
    """A code point of a text."""

    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the place of its answer, and wrong places.

    twin: the question in Chinese, empty where nobody wrote it. near: in the same text or the same topic.
    mined: what BM25 and the untaught model rank highest. `exact` says that the answer stands in the very
    sentence of its place. `cut` is left out of the right passage: the sentence that a self-made question
    consists of.
    """

    question: str
    language: str
    right: TextPosition
    twin: str = ""
    near: tuple[TextPosition, ...] = ()
    mined: tuple[TextPosition, ...] = ()
    exact: bool = True
    cut: tuple[int, int] | None = None


def asked(part: PublicSet) -> list[Example]:
    """The questions of a set, without mined negatives."""
    by_topic: dict[str, list[str]] = {}
    for id, topic in part.topics.items():
        by_topic.setdefault(topic, []).append(id)
    found = []
    twins = _chinese_twins(part.questions)
    for question, chinese in zip(part.questions, twins, strict=True):
        text = part.texts[question.source]
        at = _answer(text, question.answers, chinese)
        if at is not None:
            near = [
                TextPosition(id, start)
                for id in by_topic[part.topics[question.source]]
                for start, end in sentences(part.texts[id])
                if not holds(part.texts[id][start:end], question.answers)
            ]
            right = TextPosition(question.source, at)
            found.append(Example(question.text, question.language, right, chinese, tuple(near)))
    return found


def translated(part: PublicSet) -> list[Example]:
    """Sentences of the English side of a set, as questions for the place in Chinese that says the same."""
    found = []
    for id, english in part.parallel.items():
        chinese = part.texts[id]
        for start, end in sentences(english):
            if end - start >= SHORTEST_SENTENCE:
                at = min(len(chinese) - 1, (start + end) * len(chinese) // (2 * len(english)))
                found.append(Example(english[start:end].strip(), "en", TextPosition(id, at), exact=False))
    return found


def self_made(texts: dict[str, str], seed: int) -> list[Example]:
    """A sentence of each text as a question for its neighbours (the inverse cloze task, Lee et al. 2019)."""
    draw = random.Random(seed)
    found = []
    for id, text in texts.items():
        spans = [(a, b) for a, b in sentences(text) if b - a >= SHORTEST_SENTENCE]
        if len(spans) > 2:
            start, end = draw.choice(spans)
            sentence = text[start:end].strip()
            found.append(Example(sentence, "zh", TextPosition(id, start), sentence, cut=(start, end)))
    return found


def glossed(examples: Sequence[Example], english: Callable[[str], str]) -> list[Example]:
    """Chinese examples asked in English, word by word; nothing is left out of the right passage."""
    return [
        replace(example, question=english(example.question), language="en", cut=None)
        for example in examples
        if example.language == "zh"
    ]


def clipped(sentence: str, most: int) -> str:
    """Whole clauses of a sentence from one of them on, as long as a question: at most `most` characters.

    Where to begin is drawn by the sentence itself. A clause that is longer is left whole.
    """
    clauses = [clause for clause in re.split(r"(?<=[，；：,])", sentence) if clause]
    begin = random.Random(sentence).randrange(len(clauses))
    kept = ""
    for clause in clauses[begin:] + clauses[:begin]:
        if kept and len(kept) + len(clause) > most:
            break
        kept += clause
    return kept.rstrip("，；：,。")


def mine(
    examples: Sequence[Example], texts: dict[str, str], answers: Sequence[tuple[str, ...]], encoder: Encoder
) -> list[tuple[TextPosition, ...]]:
    """For each example, hard negatives: what an index of all `texts` ranks highest, and is wrong.

    `answers` are those of each example's question; a passage that holds one is not taken for wrong.
    """
    found = []
    with TemporaryDirectory() as scratch:
        generation = index_texts(encoder, texts, Path(scratch) / "texts")
        for example, right in zip(examples, answers, strict=True):
            question, wrong = example.question, []
            for candidate in rank(begin(generation, parse(question, encoder))):
                passage = candidate.passage
                source = passage.article_id.removesuffix(".txt")
                # The reader of reports repairs and trims, so a passage may not occur in its source text.
                at = texts[source].find(passage.text[:20])
                if source != example.right.source and at >= 0 and not holds(passage.text, right):
                    wrong.append(TextPosition(source, at))
                if len(wrong) == MINED:
                    break
            found.append(tuple(wrong))
    return found


def save(mined: Iterable[tuple[TextPosition, ...]], path: Path) -> None:
    """Write the hard negatives of examples, a line each."""
    path.write_text("".join(json.dumps([asdict(p) for p in places]) + "\n" for places in mined), "utf-8")


def load(path: Path) -> list[tuple[TextPosition, ...]]:
    """Read what `save` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(TextPosition(**place) for place in json.loads(line)) for line in lines]


def _chinese_twins(questions: Sequence[PublicQuestion]) -> list[str]:
    """For each question its wording in Chinese, which stands before the English one."""
    twins, last = [], ""
    for question in questions:
        last = question.text if question.language == "zh" else last
        twins.append(last)
    return twins


def _answer(text: str, answers: Iterable[str], question: str) -> int | None:
    """Where an answer stands; of several places the one whose sentence shares most with the question."""
    wanted = set(terms(question))
    best: tuple[int, int] | None = None
    for start, end in sentences(text):
        for answer in answers:
            at = text.find(answer, start)
            if answer and start <= at < end:
                shared = len(wanted & set(terms(text[start:end])))
                best = max(best or (-1, 0), (shared, -at))
    return -best[1] if best else None
