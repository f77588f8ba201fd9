"""Each update is handled once: not twice when it is delivered again, and not never when a process ends."""

import json
import logging
import sqlite3
from hashlib import blake2b
from typing import Any

from bot.store import Store

_MOST_TRIES = 2
_MOST_AT_HAND = 20_000
_log = logging.getLogger("bot")


class Inbox:
    """Keeps updates from when they come in until they are handled.

    `server` tells one bot and its server from another: numbers of updates mean nothing between two.
    """

    def __init__(self, store: Store, server: str) -> None:
        self._store = store
        self._server = server
        self._keys: dict[int, str] = {}
        self._kept_back: set[int] = set()

    def receive(self, update: dict[str, Any]) -> bool:
        """Keep an update as it came in; False where the same has come before."""
        content = json.dumps(update, sort_keys=True)
        key = blake2b(f"{self._server}\n{content}".encode(), digest_size=16).hexdigest()
        try:
            if not self._store.receive(key, content):
                return False
        except sqlite3.Error as error:  # a full disk is no reason to fall silent
            _log.error("A message is answered without being noted (%s).", error)
            return True
        self._note(update, key)
        return True

    def keep(self, update: int) -> None:
        """Let an update that could not be handled to its end be handled by the next process."""
        self._kept_back.add(update)

    def handled(self, update: int) -> None:
        """Note that an update needs no handling any more."""
        key = self._keys.pop(update, None)
        if update in self._kept_back:
            self._kept_back.discard(update)
        elif key is not None:
            self._store.handled(key)

    def left_behind(self) -> list[dict[str, Any]]:
        """The updates that an earlier process received but did not handle, oldest first."""
        found = []
        for key, content in self._store.unhandled(_MOST_TRIES):
            update = json.loads(content)
            self._note(update, key)
            found.append(update)
        if found:
            _log.info("Left behind by an earlier process and answered now: %d.", len(found))
        return found

    def _note(self, update: dict[str, Any], key: str) -> None:
        while len(self._keys) >= _MOST_AT_HAND:  # of updates that never reached a handler
            self._keys.pop(next(iter(self._keys)))
        self._keys[update["update_id"]] = key
