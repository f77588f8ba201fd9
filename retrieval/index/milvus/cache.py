"""Keep fetched rows in memory; rows never change, so that nothing in a cache becomes wrong."""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class FetchCache(Generic[Key, Value]):
    """Holds the last used values and fetches missing ones in one call; safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._values: LRUCache[Key, Value] = LRUCache(size)
        self._lock = threading.Lock()

    def get(self, keys: Iterable[Key], fetch: Callable[[list[Key]], Mapping[Key, Value]]) -> dict[Key, Value]:
        """Return the values of keys; what neither the cache nor `fetch` has is left out."""
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            found = {key: self._values[key] for key in wanted if key in self._values}
        missing = [key for key in wanted if key not in found]
        if missing:
            fetched = fetch(missing)
            found |= fetched
            with self._lock:
                self._values.update(fetched)
        return found
