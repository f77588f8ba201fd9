"""Keep fetched rows in memory. Rows never change, so cached values stay valid."""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class FetchCache(Generic[Key, Value]):
    """Caches the values used last and fetches missing ones in one call; threads may share it."""

    def __init__(self, size: int) -> None:
        self._values: LRUCache[Key, Value] = LRUCache(size)
        self._lock = threading.Lock()

    def get(self, keys: Iterable[Key], fetch: Callable[[list[Key]], Mapping[Key, Value]]) -> dict[Key, Value]:
        """Return the values of keys, without the keys that neither the cache nor `fetch` knows."""
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
