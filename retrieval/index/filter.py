"""Keep articles by place, date and publisher."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus import Article, publishers
from corpus.text.normalize import fold


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on articles; None or an empty name is no condition. See `Retriever.ask`."""

    place: str | None = None
    since: date | None = None
    until: date | None = None
    publisher: str | None = None

    @property
    def keeps_all(self) -> bool:
        """Whether there is no condition."""
        return not (self.place or self.publisher or self.since or self.until)

    def holds(self, article: Article) -> bool:
        """Whether an article satisfies the conditions; its text is not read."""
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
    """Fold the name of a place or publisher for comparison; cached, because names recur in many articles."""
    return fold(name)
