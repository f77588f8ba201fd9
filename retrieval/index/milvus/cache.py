"""What was fetched, kept at hand: rows never change, so that what is known stays true."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """The last `most` values asked for; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def all(self, keys: Iterable[Key], fetch: Callable[[list[Key]], Mapping[Key, Value]]) -> dict[Key, Value]:
        """The values of keys, those that are not known by one `fetch`; what it does not give is left out."""
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            found = {key: self._known[key] for key in wanted if key in self._known}
            for key in found:
                self._known.move_to_end(key)
        new = [key for key in wanted if key not in found]
        if new:
            fetched = fetch(new)
            found |= fetched
            with self._lock:
                self._known.update(fetched)
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
        return found
