"""Keep each received update in the storage until it is handled, so that it is handled exactly once.

This holds between processes too: the process that stores an update first handles it, and another process
takes over what a process had not handled when it ended.
"""

import json
import logging
import sqlite3
from hashlib import blake2b
from typing import Any

from bot.delivery.process_slots import ProcessSlots
from bot.storage.storage import Storage

_MAX_TRIES = 2
_MAX_KEYS = 20_000
_log = logging.getLogger("bot")


class Inbox:
    """The updates that this process received and has not handled yet."""

    def __init__(self, storage: Storage, server: str, slots: ProcessSlots | None = None) -> None:
        """Receive updates into a storage.

        Args:
            server: Names the bot and its server; numbers of updates mean nothing between two.
            slots: The slots of the processes that share the storage.
        """
        self._updates = storage.updates
        self._server = server
        self._slots = slots or ProcessSlots()
        self._keys: dict[int, str] = {}
        self._postponed: set[int] = set()

    def receive(self, update: dict[str, Any]) -> bool:
        """Store an update as it was received; return False if it was received before."""
        content = json.dumps(update, sort_keys=True)
        key = blake2b(f"{self._server}\n{content}".encode(), digest_size=16).hexdigest()
        try:
            if not self._updates.add(key, content, self._slots.own, _sender(update)):
                return False
        except sqlite3.Error as error:  # the bot still answers when the disk is full
            _log.error("A message is answered without being noted (%s).", error)
            return True
        self._remember_key(update, key)
        return True

    def keep(self, update: int) -> None:
        """Leave an update that could not be handled completely to the next process."""
        self._postponed.add(update)

    def handled(self, update: int) -> None:
        """Mark an update as handled, unless it was left to the next process."""
        key = self._keys.pop(update, None)
        if update in self._postponed:
            self._postponed.discard(update)
            if key is not None:
                self._updates.postpone(key)
        elif key is not None:
            self._updates.mark_handled(key)

    def must_wait(self, update: int) -> bool:
        """Return whether another process still handles an earlier message of the same user."""
        key = self._keys.get(update)
        return key is not None and self._updates.must_wait(key)

    def left_behind(self) -> list[dict[str, Any]]:
        """Return, at the start, the updates that ended processes had not handled, oldest first."""
        return self._take_over(self._slots.own) + self.left_by_others()

    def left_by_others(self) -> list[dict[str, Any]]:
        """Return the updates that other processes had not handled when they ended, oldest first."""
        updates = []
        for slot in self._updates.unhandled_slots():
            if slot != self._slots.own:
                with self._slots.claim(slot) as has_ended:
                    updates += self._take_over(slot) if has_ended else []
        return updates

    def _take_over(self, slot: int) -> list[dict[str, Any]]:
        updates = []
        for key, content in self._updates.take_over(slot, self._slots.own, _MAX_TRIES):
            update = json.loads(content)
            self._remember_key(update, key)
            updates.append(update)
        if updates:
            _log.info("Left behind by a process that ended, and answered now: %d.", len(updates))
        return updates

    def _remember_key(self, update: dict[str, Any], key: str) -> None:
        while len(self._keys) >= _MAX_KEYS:  # some updates never reach a handler
            self._keys.pop(next(iter(self._keys)))
        self._keys[update["update_id"]] = key


def _sender(update: dict[str, Any]) -> int | None:
    """Return who sent the message of an update; button presses and inline queries wait for nothing."""
    sender = ((update.get("message") or {}).get("from") or {}).get("id")
    return sender if isinstance(sender, int) else None
