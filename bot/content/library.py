"""The reports at hand, looked up by id and by the short key that buttons carry."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol

from bot.botapi.callback_data import key
from corpus import Article
from retrieval import Answer


class Library(Protocol):
    """What the bot needs of a `retrieval.Retriever`. All may block; all may be called from any thread."""

    def ask(
        self,
        question: str,
        k: int = 3,
        *,
        place: str | None = None,
        since: date | None = None,
        until: date | None = None,
        publisher: str | None = None,
    ) -> Answer: ...

    def articles(
        self,
        *,
        place: str | None = None,
        since: date | None = None,
        until: date | None = None,
        publisher: str | None = None,
    ) -> Iterable[Article]: ...


class Shelf:
    """The reports of a library; read anew when its generation is another, or each time where none is told.

    Each process holds its own; generations are numbered alike for all.
    """

    def __init__(self, library: Library, generation: Callable[[], int | None] = lambda: None) -> None:
        self._library = library
        self._generation = generation
        self._held: tuple[int, dict[str, Article], dict[str, Article]] | None = None

    @property
    def generation(self) -> int | None:
        """The number that changes whenever the reports do; None where none is told."""
        return self._generation()

    def articles(self) -> Iterable[Article]:
        """All reports, by id."""
        return self._read()[0].values()

    def article(self, id: str) -> Article | None:
        """The report of an id."""
        return self._read()[0].get(id)

    def by_key(self, short: str) -> Article | None:
        """The report of a key that a button or a link carries."""
        return self._read()[1].get(short)

    def _read(self) -> tuple[dict[str, Article], dict[str, Article]]:
        number = self._generation()
        held = self._held
        if number is not None and held and held[0] == number:
            return held[1], held[2]
        found = {article.id: article for article in self._library.articles()}
        keys = {key(id): article for id, article in found.items()}
        if number is not None:
            self._held = (number, found, keys)
        return found, keys


def newest_first(article: Article) -> tuple[int, str, str]:
    """Sorts reports by date, those without one last."""
    return -(article.date or date.min).toordinal(), article.title, article.id
