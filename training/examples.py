"""Make training examples: questions, the positions of their answers, and those of hard negatives."""

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
"""The number of highest ranked wrong passages kept for each question."""

SHORTEST_SENTENCE = 40
"""The least number of characters of a sentence that becomes a question."""


@dataclass(frozen=True, slots=True)
class TextPosition:
    """A code point `at` of the text `source`."""

    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the position of its answer, and positions of wrong passages.

    Attributes:
        question: the question.
        language: `zh` or `en`.
        right: the position of the answer.
        twin: the question in Chinese, empty if there is none.
        near: wrong positions in texts of the same topic.
        mined: wrong positions that BM25 and the untrained model rank highest.
        exact: whether the answer is in the sentence of `right`.
        cut: a span to leave out of the right passage, because the question is that sentence.
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
    """Return examples of the questions of a set, without mined negatives."""
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
    """Return English sentences of a set as questions for the corresponding positions in Chinese."""
    found = []
    for id, english in part.parallel.items():
        chinese = part.texts[id]
        for start, end in sentences(english):
            if end - start >= SHORTEST_SENTENCE:
                at = min(len(chinese) - 1, (start + end) * len(chinese) // (2 * len(english)))
                found.append(Example(english[start:end].strip(), "en", TextPosition(id, at), exact=False))
    return found


def inverse_cloze(texts: dict[str, str], seed: int) -> list[Example]:
    """Return one sentence of each text as a question for its context (Lee et al. 2019)."""
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
    """Translate Chinese examples word by word; their right passages keep all sentences."""
    return [
        replace(example, question=english(example.question), language="en", cut=None)
        for example in examples
        if example.language == "zh"
    ]


def clipped(sentence: str, most: int) -> str:
    """Return consecutive clauses of a sentence with at most `most` characters together.

    The sentence seeds the draw of the first clause, which is kept whole even if it is longer.
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
    """Return hard negatives for each example: the wrong passages that an index of all texts ranks highest.

    Args:
        examples: the examples.
        texts: the texts to index, by id.
        answers: the answers of each example; a passage that holds one is not wrong.
        encoder: encodes passages and questions.
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
    """Write the hard negatives of examples, one JSON line per example."""
    path.write_text("".join(json.dumps([asdict(p) for p in places]) + "\n" for places in mined), "utf-8")


def load(path: Path) -> list[tuple[TextPosition, ...]]:
    """Read the hard negatives that `save` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(TextPosition(**place) for place in json.loads(line)) for line in lines]


def _chinese_twins(questions: Sequence[PublicQuestion]) -> list[str]:
    """Return the Chinese wording of each question, which precedes the English one."""
    twins, last = [], ""
    for question in questions:
        last = question.text if question.language == "zh" else last
        twins.append(last)
    return twins


def _answer(text: str, answers: Iterable[str], question: str) -> int | None:
    """Return the answer position whose sentence shares most words with the question."""
    wanted = set(terms(question))
    best: tuple[int, int] | None = None
    for start, end in sentences(text):
        for answer in answers:
            at = text.find(answer, start)
            if answer and start <= at < end:
                shared = len(wanted & set(terms(text[start:end])))
                best = max(best or (-1, 0), (shared, -at))
    return -best[1] if best else None
