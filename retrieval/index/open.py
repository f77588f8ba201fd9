"""Open the index at a folder or at the address of a Milvus."""

from pathlib import Path

from corpus import Article
from retrieval.errors import UnknownArticle
from retrieval.index.address import Address, IndexLocation, is_address, parse_address
from retrieval.index.base import IndexStore, Snapshot


def open_index(location: IndexLocation) -> IndexStore:
    """Open the backend that stores an index.

    Raises:
        SettingsError: the address is malformed.
        MissingPackage: the address is that of a Milvus, and pymilvus is not installed.
        IndexUnreachable: the Milvus does not answer.
    """
    located = locate(location)
    # Imported when needed: each backend loads a library of its own.
    if isinstance(located, Path):
        from retrieval.index.local.store import LocalStore

        return LocalStore(located)
    from retrieval.index.milvus.store import MilvusStore

    return MilvusStore(located)


def locate(location: IndexLocation) -> Path | Address:
    """Turn a text into a folder or an address. Raises `SettingsError` where the address is malformed."""
    if isinstance(location, str) and is_address(location):
        return parse_address(location)
    return Path(location) if isinstance(location, str) else location


def find_article(snapshot: Snapshot, id: str) -> Article:
    """Find an article by its id, or by the beginning of an id that no other article shares.

    Raises:
        UnknownArticle: no article, or more than one, has such an id.
    """
    articles = snapshot.articles()
    found = [article for article in articles if article.id == id] or [
        article for article in articles if id and article.id.startswith(id)
    ]
    if len(found) != 1:
        which = "several reports begin with" if found else "no report has the id"
        raise UnknownArticle(f"{which} {id!r}. `python -m retrieval articles` lists the ids.")
    return found[0]
