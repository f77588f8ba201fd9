"""Abstention: how likely a passage is to answer, and why there is no answer when none is.

A logistic curve over signs that a passage answers, fitted on public questions with the right passage left out
(`benchmarks.fit`); where it crosses one half is set on the development questions.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from corpus import sentences
from retrieval.answer import Refusal
from retrieval.index.base import Snapshot
from retrieval.query.answer_type import holds_answer
from retrieval.query.parse import ASKING, Question
from retrieval.ranking.features import Ranked
from retrieval.ranking.sentences import Evidence
from retrieval.ranking.weights import weights_of
from retrieval.text.tokenize import HEADER, code, terms

SIGNS = ("pooled", "weighted", "lowest", "date", "read")
"""What is seen of a passage. pooled: the cosine of its vector with the question's. weighted, lowest: its best
sentence's, see `evidence.SIGNS`. date: 0 where the question names no time or the passage speaks of it, down
to -1 where it does not. read: how sure the reader is that the passage answers, see `Evidence.sure`.

What compares passages with each other, or counts words, tells a question that has nothing to do with the
reports, and no near miss: it is left out. So is what kind of answer a sentence holds: the reader sees it."""

FOREIGN_HAN, FOREIGN_OTHER, DOUBT = 0.64, 0.56, 0.03
"""Where the words for what is asked about by name meet less than this in a passage, in Chinese or in another
language, it speaks of no such thing; DOUBT is added for each of the reader's log-odds that it does not
answer. How many public passages that answer are taken for such, and how many others that come near, prints
`benchmarks.fit`."""

STRANGE = -7.0
"""Where the reader's log-odds that a passage answers are below it, it has nothing to do with the question: no
public passage that answers comes within two of it, and a third of those of another subject are below
(`benchmarks.fit`). Not where it spells what the question writes in Latin letters: of a text that is not in
the question's language the reader is never sure, and a name that both have tells more."""

ALIEN = 0.67
"""And where its MaxSim is below this, as that of no public passage that answers is, whatever the reader makes
of it."""

CONTRADICTED = 0.3
"""What is left of the confidence of a passage that cannot answer, see `contradicts`."""


def confidences(
    generation: Snapshot,
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
        covered = _coverages(generation, question, ranked)
        return [0.5 + part / 2 if part or not question.han else 0.0 for part in covered]
    mine = weights.of(han=question.han)
    found = []
    for candidate, each in zip(ranked, signs, strict=True):
        logit = mine.intercept + sum(mine.answers[name] * seen for name, seen in each.items())
        sure = 1 / (1 + math.exp(-logit))
        found.append(sure * CONTRADICTED if contradicts(generation, question, candidate) else sure)
    return found


def signs_of(
    question: Question, ranked: Sequence[Ranked], found: Sequence[Evidence]
) -> Iterator[Mapping[str, float]]:
    """The signs of each ranked passage by name; `found` is the best sentence of each."""
    for candidate, evidence in zip(ranked, found, strict=True):
        yield {
            "pooled": candidate.pooled,
            "weighted": evidence.signs["weighted"],
            "lowest": evidence.signs["lowest"],
            "date": candidate.date - 1 if question.dates else 0.0,
            "read": evidence.sure,
        }


def contradicts(generation: Snapshot, question: Question, candidate: Ranked) -> bool:
    """Whether a passage cannot answer, however near it comes.

    It names no sum where money is asked for, no length, area, weight, duration, age, share, time of day or
    number of times where one is, or counts nothing by what is to be counted by; it is of a known day, and
    speaks of none of the times asked about; it speaks of other places; it speaks of nothing like what is
    asked about by name; or it has nothing to do with the question.
    """
    if candidate.elsewhere or is_foreign(question, candidate) or is_strange(candidate):
        return True
    if question.dates and candidate.date == 0 and generation.article_of(candidate.passage).date:
        return True
    return question.asked.strict and lacks_kind(generation, question, candidate)


def lacks_kind(generation: Snapshot, question: Question, candidate: Ranked) -> bool:
    """Whether no sentence of a passage holds what kind of answer is asked for."""
    text = generation.passage(candidate.passage).text
    return all(holds_answer(text[start:end], question.asked) < 1 for start, end in sentences(text))


def is_foreign(question: Question, candidate: Ranked) -> bool:
    """Whether a passage speaks of nothing like what is asked about by name."""
    named = met_by_name(question, candidate)
    if named is None:
        return False
    least = FOREIGN_HAN if question.han else FOREIGN_OTHER
    return named < least + DOUBT * max(0.0, -candidate.answers)


def is_strange(candidate: Ranked) -> bool:
    """Whether a passage has nothing to do with the question, by its words or to the reader."""
    return candidate.maxsim < ALIEN or (candidate.answers < STRANGE and not candidate.spelling)


def met_by_name(question: Question, candidate: Ranked) -> float | None:
    """How well a passage meets the words for what is asked about by name, see `Evidence.named`."""
    if candidate.evidence:
        return candidate.evidence.named
    return float(candidate.met.best[question.named].mean()) if question.named.any() else None


def refusal(
    generation: Snapshot, question: Question, ranked: Sequence[Ranked], confidence: Sequence[float]
) -> Refusal | None:
    """Why there is no answer, or None when the first passage is more likely to answer than not.

    A question about a place or a year that no report ever names is not answered by what they say of another.
    """
    if unmentioned(generation, question):
        return Refusal.NOT_SAID
    if confidence and confidence[0] >= 0.5:
        return None
    near = bool(ranked) and contradicts(generation, question, ranked[0]) and not is_strange(ranked[0])
    return Refusal.NOT_SAID if near and confidence[0] >= CONTRADICTED / 2 else Refusal.UNRELATED


def unmentioned(generation: Snapshot, question: Question) -> str | None:
    """The first place or year of the question that no report ever names."""
    for names in (*((place,) for place in question.places), *question.far_places):
        if not any(_is_mentioned(generation, name) for name in names):
            return names[0]
    for mention in question.dates:
        if mention.year and not _year_is_mentioned(generation, mention.year):
            return question.text[mention.start : mention.end]
    return None


def _is_mentioned(generation: Snapshot, name: str) -> bool:
    """Whether some report may hold a name: every term of it stands somewhere."""
    return all(generation.passage_frequency(term) for term in terms(name))


def _year_is_mentioned(generation: Snapshot, year: int) -> bool:
    """Whether some report names a year, or was written in it or in the next, in which it is last year."""
    written = (year, year + 1)
    return generation.passage_frequency(str(year)) > 0 or any(
        generation.frequency(str(each), HEADER) for each in written
    )


def _coverages(generation: Snapshot, question: Question, ranked: Sequence[Ranked]) -> list[float]:
    """The part of the question's words, by weight, that each ranked passage or its header holds."""
    words = {term: generation.idf(term) for term in question.terms if term not in ASKING}
    total = sum(words.values()) or 1.0
    held = [generation.term_codes(candidate.passage) for candidate in ranked]
    return [sum(weight for term, weight in words.items() if code(term) in codes) / total for codes in held]
