"""Quotes as the storage keeps them, and the check that the article still holds them word for word."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.content.articles import ArticleCache
from corpus import Article
from retrieval import Answer, Result


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of a report; offsets are code points of the report's text.

    `near` says whether the answer shows it at once, beside the best one.
    """

    report: str
    section: str | None
    start: int
    end: int
    answer_start: int
    answer_end: int
    text: str
    near: bool

    @classmethod
    def of(cls, result: Result, near: bool) -> Self:
        """Return the quote of a result; an answering sentence that leaves the passage is cut back to it."""
        first = min(max(result.answer.start, result.start), result.end)
        last = min(max(result.answer.end, first), result.end)
        return cls(
            result.article.id, result.section, result.start, result.end, first, last, result.text, near
        )

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Return the quote that a record of the storage holds."""
        return cls(**record)

    def record(self) -> dict[str, Any]:
        """Return what the storage keeps."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class VerifiedQuote:
    """A quote with the article that holds it word for word; `number` counts an answer's quotes from 0."""

    number: int
    quote: Quote
    article: Article


def quotes_of(answer: Answer) -> tuple[Quote, ...]:
    """Return the quotes of an answer; where it is answered, those worth showing at once are near."""
    near = {id(result) for result in answer.quotes}
    return tuple(Quote.of(result, id(result) in near) for result in answer.results)


def verify(quote: Quote, articles: ArticleCache, number: int = 0) -> VerifiedQuote | None:
    """Look a quote up in its article and move its offsets where the text has moved.

    Returns:
        None when the article is gone or no longer holds the quote.
    """
    article = articles.get(quote.report)
    if article is None or not quote.text:
        return None
    if article.text[quote.start : quote.end] == quote.text:
        return VerifiedQuote(number, quote, article)
    start = article.text.find(quote.text)
    if start < 0:
        return None
    shift = start - quote.start
    moved = replace(
        quote,
        start=start,
        end=quote.end + shift,
        answer_start=quote.answer_start + shift,
        answer_end=quote.answer_end + shift,
    )
    return VerifiedQuote(number, moved, article)


def verify_all(quotes: Iterable[Quote], articles: ArticleCache) -> tuple[VerifiedQuote, ...]:
    """Return those of the quotes that the articles still hold."""
    found = (verify(quote, articles, number) for number, quote in enumerate(quotes))
    return tuple(one for one in found if one is not None)
