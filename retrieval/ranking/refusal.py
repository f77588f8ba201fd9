"""Decide whether a question is answered, and why not."""

from collections.abc import Sequence

from retrieval.answer import Refusal
from retrieval.index.base import Snapshot
from retrieval.query.parse import Query
from retrieval.ranking.confidence import ScoredCandidate, is_unrelated
from retrieval.ranking.search import Search
from retrieval.text.tokenize import HEADER, terms


def decide(search: Search, scored: Sequence[ScoredCandidate], missing: str | None) -> Refusal | None:
    """Decide why a question is not answered; None when the first passage is more likely to answer than not.

    Args:
        search: The question and the snapshot.
        scored: The passages to be shown, best first.
        missing: The place or year that no report mentions (see `unmentioned`): what the reports say of
            another does not answer.
    """
    if missing:
        return Refusal.NOT_SAID
    if not scored:
        return Refusal.UNRELATED
    first = scored[0]
    if first.confidence >= 0.5:
        return None
    near = first.contradicted and not is_unrelated(search, first.candidate)
    likely = first.confidence >= search.thresholds.contradicted_confidence / 2
    return Refusal.NOT_SAID if near and likely else Refusal.UNRELATED


def unmentioned(snapshot: Snapshot, query: Query) -> str | None:
    """The first place or year of a question that no report mentions; None if all are mentioned."""
    for names in (*((place,) for place in query.places), *query.far_places):
        if not any(_is_mentioned(snapshot, name) for name in names):
            return names[0]
    for mention in query.dates:
        if mention.year and not _year_is_mentioned(snapshot, mention.year):
            return query.text[mention.start : mention.end]
    return None


def _is_mentioned(snapshot: Snapshot, name: str) -> bool:
    """Whether some report may hold a name: every term of it stands somewhere."""
    return all(snapshot.passage_frequency(term) for term in terms(name))


def _year_is_mentioned(snapshot: Snapshot, year: int) -> bool:
    """Whether some report names a year, or was written in it or in the next, in which it is last year."""
    written = (year, year + 1)
    return snapshot.passage_frequency(str(year)) > 0 or any(
        snapshot.frequency(str(each), HEADER) for each in written
    )
