"""The articles of the index, cached, and looked up by id or by the short key that buttons carry."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING

from bot.botapi.callback_data import key
from corpus import Article

if TYPE_CHECKING:
    from retrieval import Retriever


class ArticleCache:
    """The articles of a retriever, read again only when the index has a new generation.

    Args:
        generation: Returns the number of the index's generation, the same in every process; None where it is
            not known: then the articles are read again at each use.
    """

    def __init__(self, retriever: "Retriever", generation: Callable[[], int | None] = lambda: None) -> None:
        self._retriever = retriever
        self._generation = generation
        self._cached: tuple[int, dict[str, Article], dict[str, Article]] | None = None

    @property
    def generation(self) -> int | None:
        """The number that changes whenever the articles do; None where it is not known."""
        return self._generation()

    def all(self) -> Iterable[Article]:
        """Return all articles, in the order of their ids."""
        return self._read()[0].values()

    def get(self, id: str) -> Article | None:
        """Return the article of an id."""
        return self._read()[0].get(id)

    def by_key(self, key: str) -> Article | None:
        """Return the article of a key that a button or a link carries."""
        return self._read()[1].get(key)

    def _read(self) -> tuple[dict[str, Article], dict[str, Article]]:
        number = self._generation()
        cached = self._cached
        if number is not None and cached and cached[0] == number:
            return cached[1], cached[2]
        by_id = {article.id: article for article in self._retriever.articles()}
        by_key = {key(id): article for id, article in by_id.items()}
        if number is not None:
            self._cached = (number, by_id, by_key)
        return by_id, by_key


def newest_first(article: Article) -> tuple[int, str, str]:
    """Return a sort key that puts the newest article first and those without a date last."""
    return -(article.date or date.min).toordinal(), article.title, article.id
