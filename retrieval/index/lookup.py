"""Looking an article up by its id."""

from corpus import Article
from retrieval.errors import UnknownArticle
from retrieval.index.base import Snapshot


def find_article(generation: Snapshot, id: str) -> Article:
    """An article by its id, or by a beginning of it that no other shares. Raises `UnknownArticle`."""
    articles = generation.articles()
    found = [article for article in articles if article.id == id] or [
        article for article in articles if id and article.id.startswith(id)
    ]
    if len(found) != 1:
        which = "several reports begin with" if found else "no report has the id"
        raise UnknownArticle(f"{which} {id!r}. `python -m retrieval articles` lists the ids.")
    return found[0]
