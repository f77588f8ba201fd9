"""Score how likely a passage is to answer: a logistic curve over its features.

The curve is fitted on public questions, each with and without the passages that answer it (`benchmarks.fit`);
where it crosses one half is set on the questions about the reports.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.query.parse import ASKING, Query
from retrieval.ranking.features import AnswerSentence, Candidate, bounded_log_odds
from retrieval.ranking.pipeline import with_article
from retrieval.ranking.search import Search
from retrieval.ranking.sentences import answer_sentences, holds_answer_type
from retrieval.text.tokenize import code

FEATURES = ("pooled", "weighted", "lowest", "date", "read")
"""The features of a passage.

pooled: the cosine of its vector with the question's. weighted, lowest: those of its answering sentence, see
`sentences.FEATURES`. date: 0 where the question names no date or the passage names it, down to -1 where it
does not. read: the reader's log-odds, as far as they count.

Features that compare passages with each other, or count words, would tell a question about another subject,
and no near miss: they are left out. So is the type of answer in a sentence: the reader sees it.
"""


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A candidate to be shown.

    Attributes:
        candidate: The passage.
        sentence: Its answering sentence.
        features: Its features by name, see FEATURES.
        contradicted: Whether it cannot answer, see `contradicts`.
        confidence: How likely it is to answer, 0 to 1.
    """

    candidate: Candidate
    sentence: AnswerSentence
    features: Mapping[str, float]
    contradicted: bool
    confidence: float


def score(search: Search, best: Sequence[Candidate]) -> list[ScoredCandidate]:
    """Choose the sentence of each candidate that has none yet, and score all.

    With a model that no weights were fitted for the confidence is the part of the question's words that a
    passage holds, which refuses only what shares none.
    """
    complete = [each if each.closest is not None else with_article(search, each) for each in best]
    chosen = iter(answer_sentences(search, [each for each in complete if each.sentence is None]))
    scored = []
    for candidate in complete:
        sentence = candidate.sentence or next(chosen)
        features = features_of(search, candidate, sentence)
        contradicted = contradicts(search, candidate, sentence)
        confidence = _confidence(search, candidate, features)
        if contradicted and search.weights is not None:
            confidence *= search.thresholds.contradicted_confidence
        scored.append(ScoredCandidate(candidate, sentence, features, contradicted, confidence))
    return scored


def features_of(search: Search, candidate: Candidate, sentence: AnswerSentence) -> dict[str, float]:
    """The features of a candidate with its answering sentence, by name."""
    return {
        "pooled": candidate.pooled,
        "weighted": sentence.features["weighted"],
        "lowest": sentence.features["lowest"],
        "date": candidate.date - 1 if search.query.dates else 0.0,
        "read": bounded_log_odds(search, sentence.answer_log_odds),
    }


def contradicts(search: Search, candidate: Candidate, sentence: AnswerSentence) -> bool:
    """Tell whether a passage cannot answer, however near it comes.

    It is about other places; it has no part in the focus of the question or nothing to do with it; it is of a
    known day and names none of the question's dates; or the question asks for one type of answer alone, as a
    sum of money or a number of sheets, and it holds none.
    """
    query = search.query
    if candidate.other_place or lacks_focus(search, candidate) or is_unrelated(search, candidate):
        return True
    if query.dates and candidate.date == 0 and candidate.article.date:
        return True
    return query.expected.strict and not holds_answer_type(query, sentence)


def lacks_focus(search: Search, candidate: Candidate) -> bool:
    """Tell whether a passage mentions nothing like the focus of the question."""
    similarity, thresholds = focus_similarity(search.query, candidate), search.thresholds
    if similarity is None:
        return False
    least = thresholds.focus_similarity_han if search.query.han else thresholds.focus_similarity_other
    return similarity < least + thresholds.focus_similarity_per_doubt * max(0.0, -candidate.answer_log_odds)


def is_unrelated(search: Search, candidate: Candidate) -> bool:
    """Tell whether a passage has nothing to do with the question, by its words or to the reader.

    A passage that spells a Latin name of the question is related whatever the reader says, which is unsure of
    texts in another language than the question's.
    """
    thresholds = search.thresholds
    if candidate.maxsim < thresholds.unrelated_maxsim:
        return True
    return candidate.answer_log_odds < thresholds.unrelated_log_odds and not candidate.spelling


def focus_similarity(query: Query, candidate: Candidate) -> float | None:
    """How well a passage matches the focus of a question, see `AnswerSentence`; None without a focus."""
    if candidate.sentence:
        return candidate.sentence.focus_similarity
    return float(candidate.matches.best[query.focus_tokens].mean()) if query.has_focus else None


def _confidence(search: Search, candidate: Candidate, features: Mapping[str, float]) -> float:
    weights = search.weights
    if weights is None:
        covered = _coverage(search, candidate)
        return 0.5 + covered / 2 if covered or not search.query.han else 0.0
    logit = weights.intercept
    logit += sum(weights.confidence[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-logit))


def _coverage(search: Search, candidate: Candidate) -> float:
    """The part of the question's words, by rarity, that a passage or its header holds."""
    snapshot = search.snapshot
    words = {term: snapshot.idf(term) for term in search.query.terms if term not in ASKING}
    held = snapshot.term_codes(candidate.number)
    return sum(weight for term, weight in words.items() if code(term) in held) / (sum(words.values()) or 1.0)
