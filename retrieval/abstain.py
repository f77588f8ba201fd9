"""Abstention: how likely a passage is to answer, and why there is no answer when none is.

A logistic curve over signs that a passage answers, fitted on public questions with the right passage left out
(`benchmarks.fit`); where it crosses one half is set on the development questions.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from retrieval.answer import Refusal
from retrieval.evidence import Evidence
from retrieval.generation import Generation
from retrieval.question import Question
from retrieval.rank import Ranked
from retrieval.terms import HEADER, TEXT, code, terms
from retrieval.weights import weights_of

SIGNS = ("maxsim", "bm25", "sentence", "shared", "kind", "coverage", "missing", "margin", "date")
"""What is seen of a passage. maxsim, bm25: see `rank.Ranked`. sentence, shared, kind: its best sentence's,
see `evidence.SIGNS`. coverage: the part of the question's words, by weight, that the passage or its header
holds. missing: the weight of the most telling word that neither holds. margin: how far its score is above the
next one's. date: 0 where the question names no time or the passage speaks of it, down to -1 where it does
not."""

_ASKING = frozenset(
    terms(
        "多少 几个 有几 什么 是什么 有什么 为什么 什么时候 哪里 哪儿 哪些 哪个 哪位 哪年 哪一年 谁 是谁 谁是 "
        "怎么 怎么样 怎样 如何 何时 是否 请问 一共 多长 多久 吗 呢 的 了 有 是 在 几"
    )
)
"""Words that ask; an answer does not repeat them."""


def confidences(
    generation: Generation,
    question: Question,
    ranked: Sequence[Ranked],
    signs: Sequence[Mapping[str, float]],
) -> list[float]:
    """How likely each ranked passage is to answer, 0 to 1, by its signs.

    With a model that no weights were fitted for it is the part of the question's words that a passage
    holds, which refuses only what shares none.
    """
    weights = weights_of(generation.manifest.model)
    if weights is None:
        covered = coverages(generation, question, ranked)
        return [0.5 + part / 2 if part or not question.han else 0.0 for part in covered]
    mine = weights.of(han=question.han)
    return [
        1 / (1 + math.exp(-mine.intercept - sum(mine.answers[name] * seen for name, seen in each.items())))
        for each in signs
    ]


def signs_of(
    generation: Generation, question: Question, ranked: Sequence[Ranked], found: Sequence[Evidence]
) -> Iterator[Mapping[str, float]]:
    """The signs of each ranked passage by name; `found` is the best sentence of each."""
    words = _words(generation, question)
    total = sum(words.values()) or 1.0
    rarest = _weight(generation, "") or 1.0
    for place, (candidate, evidence) in enumerate(zip(ranked, found, strict=True)):
        held = generation.codes(candidate.passage)
        lacking = [weight for term, weight in words.items() if code(term) not in held]
        behind = ranked[place + 1].score if place + 1 < len(ranked) else candidate.score
        yield {
            "maxsim": candidate.maxsim,
            "bm25": candidate.bm25,
            "sentence": evidence.signs["maxsim"],
            "shared": evidence.signs["shared"],
            "kind": evidence.signs["kind"],
            "coverage": 1 - sum(lacking) / total,
            "missing": max(lacking, default=0.0) / rarest,
            "margin": max(0.0, candidate.score - behind),
            "date": candidate.date - 1 if question.dates else 0.0,
        }


def coverages(generation: Generation, question: Question, ranked: Sequence[Ranked]) -> list[float]:
    """The part of the question's words, by weight, that each ranked passage or its header holds."""
    words = _words(generation, question)
    total = sum(words.values()) or 1.0
    held = [generation.codes(candidate.passage) for candidate in ranked]
    return [sum(weight for term, weight in words.items() if code(term) in codes) / total for codes in held]


def refusal(generation: Generation, question: Question, confidence: Sequence[float]) -> Refusal | None:
    """Why there is no answer, or None when the first passage is more likely to answer than not.

    A question about a place or a year that no report ever names is not answered by what they say of another.
    """
    if unmentioned(generation, question):
        return Refusal.NOT_SAID if confidence and confidence[0] >= 0.5 else Refusal.UNRELATED
    if not confidence or confidence[0] < 0.5:
        return Refusal.UNRELATED
    return None


def unmentioned(generation: Generation, question: Question) -> str | None:
    """The first place or year of the question that no report ever names."""
    for place in question.places:
        if not _is_mentioned(generation, place):
            return place
    for mention in question.dates:
        if mention.year and not _year_is_mentioned(generation, mention.year):
            return question.text[mention.start : mention.end]
    return None


def _is_mentioned(generation: Generation, name: str) -> bool:
    """Whether some report may hold a name: every term of it stands somewhere."""
    return all(_frequency(generation, term) for term in terms(name))


def _year_is_mentioned(generation: Generation, year: int) -> bool:
    """Whether some report names a year, or was written in it or in the next, in which it is last year."""
    written = (year, year + 1)
    return bool(_frequency(generation, str(year))) or any(
        generation.frequency(str(each), HEADER) for each in written
    )


def _words(generation: Generation, question: Question) -> dict[str, float]:
    """The words of a question that an answer might repeat, with their weights."""
    return {term: _weight(generation, term) for term in question.terms if term not in _ASKING}


def _weight(generation: Generation, term: str) -> float:
    """Inverse document frequency: a word few passages hold says more."""
    frequency = _frequency(generation, term) if term else 0
    return math.log(1 + (generation.manifest.passages - frequency + 0.5) / (frequency + 0.5))


def _frequency(generation: Generation, term: str) -> int:
    return max(generation.frequency(term, field) for field in (TEXT, HEADER))
