"""Answers as pandas tables."""

from typing import TYPE_CHECKING

from retrieval.errors import MissingPackage

if TYPE_CHECKING:
    from pandas import DataFrame

    from retrieval.answer import Answer


def frame(answer: "Answer") -> "DataFrame":
    """Return a table with a row for each result.

    Raises:
        MissingPackage: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingPackage("to_frame needs pandas: pip install pandas") from error
    rows = [
        {
            "rank": result.rank,
            "score": result.score,
            "confidence": result.confidence,
            "title": result.article.title,
            "publisher": result.article.publisher,
            "date": result.article.date,
            "place": result.article.place,
            "section": result.section,
            "answer": result.answer.text,
            "text": result.text,
            "start": result.start,
            "end": result.end,
            "article": result.article.id,
            "url": result.article.url,
        }
        for result in answer.results
    ]
    return pandas.DataFrame(rows)
