"""What the reader learns from: questions with passages that answer them, and with passages that do not."""

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
"""Characters of a passage: those of a text have one of these as their mean."""

SHORTEST = 30
"""Characters that a passage has at least when its answer has been cut out."""

REMOVED = 0.5
"""So often a passage is seen once more, without the sentence that answers."""

SWAPPED = 0.5
"""So often a question is asked once more, with another word in the place of one that its passage holds."""

REWORDED = {"right": 0.8, "removed": 0.5, "swapped": 0.5, "far": 0.3, "beside": 0.3}
"""So often a Chinese question is asked once more in other words, by the kind of its case."""

FAR = 0.5
"""So often a question is asked once more of a passage that has nothing to do with it."""

BANK = 1_500
"""Passages whose words are put in the place of others."""

_ASKS = re.compile("多少|几|什么|哪|谁|怎|何|吗|呢")

Cut = Callable[[str], Offsets]
"""Cuts a text into tokens: (T, 2), code points."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question and a passage; `answers`, any of which the passage holds, are empty where it has none.

    kind: right, or what is wrong with the passage: removed (its answer is cut out), beside (another one of
    the text), swapped (the question is another one), far (of another text), mined (what comes nearest among
    the others). source: the text's name. near: whether passages that come near are to be added.
    """

    question: str
    passage: str
    answers: tuple[str, ...]
    kind: str
    source: str
    near: bool = False


def asked(part: PublicSet, draw: random.Random) -> list[Case]:
    """The questions of a set with the passage that answers each, and with that passage without its answer."""
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
    """`wanted` questions made of sentences of texts, each with the passage, with what is left of it without
    the sentence, and with another one of the text.
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
    """Chinese questions with a word that their passage holds put in another's place: one of the same passage
    or of any other.
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
    """Questions with a passage that has nothing to do with them: one of another text."""
    right = [case for case in cases if case.kind == "right"]
    for case in right:
        other = draw.choice(right)
        if draw.random() < FAR and other.source != case.source and not holds(other.passage, case.answers):
            yield replace(case, passage=other.passage, answers=(), kind="far", near=False)


def reworded(cases: Sequence[Case], thesaurus: "Thesaurus", draw: random.Random) -> Iterator[Case]:
    """Chinese questions in other words, of the same passages."""
    for case in cases:
        if any(map(is_han, case.question)) and draw.random() < REWORDED[case.kind]:
            question = thesaurus.reworded(case.question, draw)
            if question:
                yield replace(case, question=question, near=False)


def _words(text: str, cut: Cut) -> list[tuple[int, int]]:
    """Tokens that are words of two to four Chinese characters and do not ask."""
    return [
        (start, end)
        for start, end in cut(text).tolist()
        if 2 <= end - start <= 4 and all(map(is_han, text[start:end])) and not _ASKS.search(text[start:end])
    ]


def windows(text: str, target: int) -> list[str]:
    """A text in passages of whole sentences, of at most a quarter more than `target` characters if these
    are not longer.
    """
    found: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if found and end - found[-1][0] <= target * 1.25:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [text[start:end] for start, end in found]


def answering(passage: str, answers: Sequence[str], offsets: Offsets) -> npt.NDArray[np.bool_]:
    """Which tokens of a passage, at (T, 2), are of one of the answers: (T,).

    Where an answer is written otherwise there: those of the sentences that hold it.
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
