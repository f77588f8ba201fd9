"""Filters: which reports may answer."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus import Article, publishers
from corpus.text.normalize import fold


@dataclass(frozen=True, slots=True)
class Filter:
    """What articles are asked; an empty name counts as none. See `Retriever.ask`."""

    place: str | None = None
    since: date | None = None
    until: date | None = None
    publisher: str | None = None

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is asked."""
        return not (self.place or self.publisher or self.since or self.until)

    def holds(self, article: Article) -> bool:
        """Whether an article may answer; its text is not looked at."""
        if self.place and folded(self.place) not in folded(article.place or ""):
            return False
        if self.publisher and not any(folded(self.publisher) in folded(name) for name in publishers(article)):
            return False
        if self.since is None and self.until is None:
            return True
        return article.date is not None and (
            (self.since or date.min) <= article.date <= (self.until or date.max)
        )


@lru_cache(4_096)
def folded(name: str) -> str:
    """A place or a paper as it is compared; they are few, and are compared article by article."""
    return fold(name)
