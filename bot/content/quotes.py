"""Quotes that are kept, and the proof that the stored report says them still."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.content.library import Shelf
from corpus import Article
from retrieval import Answer, Result


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of a report; offsets are code points into the report's text.

    `near` tells whether it is worth a reader's time beside the first.
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
        """The quote of a result; an answering sentence that leaves the passage is cut back to it."""
        first = min(max(result.answer.start, result.start), result.end)
        last = min(max(result.answer.end, first), result.end)
        return cls(
            result.article.id, result.section, result.start, result.end, first, last, result.text, near
        )

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """The quote that a record of the store holds."""
        return cls(**record)

    def record(self) -> dict[str, Any]:
        """What the store keeps."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Proven:
    """A quote with the report that says it word for word; `number` is its place in the answer, from 0."""

    number: int
    quote: Quote
    article: Article


def quotes_of(answer: Answer) -> tuple[Quote, ...]:
    """The quotes of an answer: those worth showing at once are near, where there is an answer."""
    near = {id(result) for result in answer.quotes}
    return tuple(Quote.of(result, id(result) in near) for result in answer.results)


def proven(quote: Quote, shelf: Shelf, number: int = 0) -> Proven | None:
    """The quote and the report that says it word for word, moved where the report has moved it.

    None when the report is gone or says it no longer.
    """
    article = shelf.article(quote.report)
    if article is None or not quote.text:
        return None
    if article.text[quote.start : quote.end] == quote.text:
        return Proven(number, quote, article)
    at = article.text.find(quote.text)
    if at < 0:
        return None
    by = at - quote.start
    moved = replace(
        quote,
        start=at,
        end=quote.end + by,
        answer_start=quote.answer_start + by,
        answer_end=quote.answer_end + by,
    )
    return Proven(number, moved, article)


def all_proven(quotes: Iterable[Quote], shelf: Shelf) -> tuple[Proven, ...]:
    """Those of the quotes that the reports still say."""
    looked_up = (proven(quote, shelf, number) for number, quote in enumerate(quotes))
    return tuple(found for found in looked_up if found is not None)
