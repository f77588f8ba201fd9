"""Make the training cases of the reader: questions with right passages and with wrong ones."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.inputs.datasets import PublicSet
from corpus import sentences
from corpus.text.normalize import is_han
from retrieval.research import (
    Offsets,
    holds,
)
from training.questions.cloze import cloze

if TYPE_CHECKING:
    from training.questions.paraphrase import Thesaurus

TARGETS = (180, 250, 320)
"""Target lengths of passages in characters; each text is split by one of them."""

SHORTEST = 30
"""The least number of characters of a passage after its answer was removed."""

REMOVED = 0.5
"""The probability of a further case without the sentence that answers."""

SWAPPED = 0.5
"""The probability of a further case whose question has one word replaced by another."""

REWORDED = {"right": 0.8, "removed": 0.5, "swapped": 0.5, "far": 0.3, "beside": 0.3}
"""The probability of a further case with a paraphrased Chinese question, by the kind of the case."""

FAR = 0.5
"""The probability of a further case with an unrelated passage."""

BANK = 1_500
"""The number of passages that replacement words are drawn from."""

_ASKS = re.compile("多少|几|什么|哪|谁|怎|何|吗|呢")

Cut = Callable[[str], Offsets]
"""A function that returns the tokens of a text: (T, 2), code points."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question and a passage.

    Attributes:
        question: the question.
        passage: the passage.
        answers: texts that answer, of which the passage holds at least one; empty for a wrong passage.
        kind: `right`, or what is wrong: `removed` (the answer was removed), `beside` (another passage of the
            text), `swapped` (a word of the question was replaced), `far` (a passage of another text), `mined`
            (one of the most similar passages).
        source: the name of the text.
        near: whether hard negatives are mined for the case.
    """

    question: str
    passage: str
    answers: tuple[str, ...]
    kind: str
    source: str
    near: bool = False


def asked(part: PublicSet, draw: random.Random) -> list[Case]:
    """Return the questions of a set with their right passages, and some with the answer removed."""
    passages = {id: windows(text, draw.choice(TARGETS)) for id, text in part.texts.items()}
    found = []
    for question in part.questions:
        right = next((each for each in passages[question.source] if holds(each, question.answers)), None)
        if right is None:
            continue
        case = Case(question.text, right, question.answers, "right", question.source, near=True)
        found.append(case)
        rest = "".join(right[a:b] for a, b in sentences(right) if not holds(right[a:b], question.answers))
        if len(rest) > SHORTEST and draw.random() < REMOVED:
            found.append(replace(case, passage=rest, answers=(), kind="removed", near=False))
    return found


def made(texts: Mapping[str, str], wanted: int, draw: random.Random) -> list[Case]:
    """Return cases of `wanted` cloze questions.

    Each question has a case with its passage, one without the sentence that answers, and one with another
    passage of the text, if there is one.
    """
    found: list[Case] = []
    for id, text in texts.items():
        if sum(case.kind == "right" for case in found) == wanted:
            break
        found += _made(id, text, draw)
    return found


def _made(id: str, text: str, draw: random.Random) -> list[Case]:
    passages = [each for each in windows(text, draw.choice(TARGETS)) if len(each) > 2 * SHORTEST]
    if not passages:
        return []
    passage = draw.choice(passages[:6])
    said = [passage[a:b] for a, b in sentences(passage)]
    for sentence in draw.sample(said, len(said)) if len(said) > 1 else ():
        question = cloze(sentence, draw)
        if question and passage.count(question[1]) == 1:
            case = Case(question[0], passage, (question[1],), "right", id)
            rest = replace(case, passage=passage.replace(sentence, ""), answers=(), kind="removed")
            others = [each for each in passages if question[1] not in each]
            beside = [replace(rest, passage=draw.choice(others), kind="beside")] if others else []
            return [case, rest, *beside]
    return []


def swapped(cases: Sequence[Case], cut: Cut, draw: random.Random) -> Iterator[Case]:
    """Yield cases whose Chinese question has one word of the passage replaced by another word.

    The other word is drawn from the same passage or from other passages.
    """
    right = [case for case in cases if case.kind == "right" and any(map(is_han, case.question))]
    bank = [
        case.passage[a:b]
        for case in draw.sample(right, min(BANK, len(right)))
        for a, b in _words(case.passage, cut)
    ]
    for case in right:
        held = [(a, b) for a, b in _words(case.question, cut) if case.question[a:b] in case.passage]
        if not held or draw.random() > SWAPPED:
            continue
        start, end = draw.choice(held)
        if draw.random() < 0.5:
            words = [case.passage[a:b] for a, b in _words(case.passage, cut) if b - a == end - start]
        else:
            words = [word for word in draw.sample(bank, min(5, len(bank))) if word not in case.passage]
        words = [word for word in words if word not in case.question]
        if words:
            question = case.question[:start] + draw.choice(words) + case.question[end:]
            yield replace(case, question=question, answers=(), kind="swapped", near=False)


def far(cases: Sequence[Case], draw: random.Random) -> Iterator[Case]:
    """Yield cases with an unrelated passage, drawn from another text."""
    right = [case for case in cases if case.kind == "right"]
    for case in right:
        other = draw.choice(right)
        if draw.random() < FAR and other.source != case.source and not holds(other.passage, case.answers):
            yield replace(case, passage=other.passage, answers=(), kind="far", near=False)


def reworded(cases: Sequence[Case], thesaurus: "Thesaurus", draw: random.Random) -> Iterator[Case]:
    """Yield cases with paraphrased Chinese questions and the same passages."""
    for case in cases:
        if any(map(is_han, case.question)) and draw.random() < REWORDED[case.kind]:
            question = thesaurus.paraphrase(case.question, draw)
            if question:
                yield replace(case, question=question, near=False)


def _words(text: str, cut: Cut) -> list[tuple[int, int]]:
    """Return tokens of two to four Chinese characters that are not question words."""
    return [
        (start, end)
        for start, end in cut(text).tolist()
        if 2 <= end - start <= 4 and all(map(is_han, text[start:end])) and not _ASKS.search(text[start:end])
    ]


def windows(text: str, target: int) -> list[str]:
    """Split a text into passages of whole sentences.

    A passage has at most a quarter more than `target` characters, unless it is a single longer sentence.
    """
    found: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if found and end - found[-1][0] <= target * 1.25:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [text[start:end] for start, end in found]


def answering(passage: str, answers: Sequence[str], offsets: Offsets) -> npt.NDArray[np.bool_]:
    """Return which tokens of a passage belong to an answer: (T,).

    If the passage writes the answers differently, the tokens of the sentences that hold them are returned.

    Args:
        passage: the text of the passage.
        answers: texts that answer.
        offsets: code points of the tokens, (T, 2).
    """
    begins, ends = offsets.T
    found = np.zeros(len(offsets), np.bool_)
    for answer in answers:
        for match in re.finditer(re.escape(answer), passage):
            found |= (ends > match.start()) & (begins < match.end())
    if answers and not found.any():
        for start, end in sentences(passage):
            if holds(passage[start:end], answers):
                found |= (begins >= start) & (begins < end)
    return found
