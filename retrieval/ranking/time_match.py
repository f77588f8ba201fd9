"""Match the dates of a question with the dates of a passage."""

from dataclasses import replace

from retrieval.ranking.features import Candidate
from retrieval.ranking.search import Search
from retrieval.text.dates import DateMention, dates_in


def matched_dates(search: Search, candidate: Candidate) -> float:
    """The part of the question's dates that a passage names, 0 to 1.

    Dates in the passage are read as of the day of its article. A date that only the article's own day falls
    into counts in part, and so does one of which the passage names another day or month.
    """
    asked, article, thresholds = search.query.dates, candidate.article, search.thresholds
    if not asked:
        return 0.0
    named = dates_in(candidate.passage.text, article.date)
    written = DateMention.of(article.date) if article.date else None
    return sum(
        1.0
        if any(mention.includes(other) for other in named)
        else thresholds.date_of_article
        if written and mention.includes(written)
        else thresholds.date_in_part
        if any(month.includes(other) for other in named)
        else 0.0
        for mention, month in ((mention, replace(mention, day=None)) for mention in asked)
    ) / len(asked)
