"""Each update is handled once: not twice when it is delivered again, and not never when a process ends.

That holds between processes too: whichever writes an update into the memory first handles it, and what a
process that is gone has not handled, another takes over.
"""

import json
import logging
import sqlite3
from hashlib import blake2b
from typing import Any

from bot.delivery.process_slots import Peers
from bot.storage.storage import Storage

_MOST_TRIES = 2
_MOST_AT_HAND = 20_000
_log = logging.getLogger("bot")


class Inbox:
    """Keeps updates from when they come in until they are handled.

    `server` tells one bot and its server from another: numbers of updates mean nothing between two.
    """

    def __init__(self, storage: Storage, server: str, peers: Peers | None = None) -> None:
        self._storage = storage
        self._server = server
        self._peers = peers or Peers()
        self._keys: dict[int, str] = {}
        self._kept_back: set[int] = set()

    def receive(self, update: dict[str, Any]) -> bool:
        """Keep an update as it came in; False where the same has come before."""
        content = json.dumps(update, sort_keys=True)
        key = blake2b(f"{self._server}\n{content}".encode(), digest_size=16).hexdigest()
        try:
            if not self._storage.updates.add(key, content, self._peers.place, _writer(update)):
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
            if key is not None:
                self._storage.updates.postpone(key)
        elif key is not None:
            self._storage.updates.mark_handled(key)

    def must_wait(self, update: int) -> bool:
        """Whether another process is still at an earlier message of the same person."""
        key = self._keys.get(update)
        return key is not None and self._storage.updates.must_wait(key)

    def left_behind(self) -> list[dict[str, Any]]:
        """At the start: the updates that earlier processes received but did not handle, oldest first."""
        return self._taken_over(self._peers.place) + self.left_by_others()

    def left_by_others(self) -> list[dict[str, Any]]:
        """The updates that other processes received and, being gone, do not handle, oldest first."""
        found = []
        for place in self._storage.updates.unhandled_slots():
            if place != self._peers.place:
                with self._peers.in_place_of(place) as gone:
                    found += self._taken_over(place) if gone else []
        return found

    def _taken_over(self, place: int) -> list[dict[str, Any]]:
        found = []
        for key, content in self._storage.updates.take_over(place, self._peers.place, _MOST_TRIES):
            update = json.loads(content)
            self._note(update, key)
            found.append(update)
        if found:
            _log.info("Left behind by a process that ended, and answered now: %d.", len(found))
        return found

    def _note(self, update: dict[str, Any], key: str) -> None:
        while len(self._keys) >= _MOST_AT_HAND:  # of updates that never reached a handler
            self._keys.pop(next(iter(self._keys)))
        self._keys[update["update_id"]] = key


def _writer(update: dict[str, Any]) -> int | None:
    """Who wrote the message that an update brings; presses and inline queries wait for nothing."""
    sender = ((update.get("message") or {}).get("from") or {}).get("id")
    return sender if isinstance(sender, int) else None
