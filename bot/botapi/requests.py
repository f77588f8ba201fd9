"""Send HTTP requests to Telegram without logging what users write.

The client of the library logs whole payloads that it cannot read, retries in silence while the bot
starts, and stops fetching without a word when the token is withdrawn.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

_log = logging.getLogger("bot")
_CREATING = ("send", "copy", "forward")  # methods that make a message each time they are called


class ApiRequest(HTTPXRequest):
    """Sends requests to the Bot API and logs once when it cannot be reached and once when it can again."""

    def __init__(self, connection_pool_size: int = 64, pauses: Sequence[float] = (0.5, 2, 5, 10, 20)) -> None:
        """Pause for `pauses`, in seconds, between the tries of one request."""
        super().__init__(
            connection_pool_size, read_timeout=20, write_timeout=20, connect_timeout=10, pool_timeout=20
        )
        self._reached = True
        self._pauses = pauses

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send a request, again after a server error, and return status and payload."""
        for pause in (*self._pauses, None):
            try:
                code, payload = await super().do_request(
                    url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
                )
            except NetworkError as error:
                self._note(type(error.__cause__ or error).__name__)
                if pause is None or not _may_be_repeated(url, error):
                    raise
            else:
                self._note(f"HTTP {code}" if code >= 500 else None)
                if pause is None or code < 500:
                    return code, payload
            await asyncio.sleep(pause)
        raise AssertionError("the last round returns or raises")

    def _note(self, problem: str | None) -> None:
        if problem and self._reached:
            _log.warning("Telegram cannot be reached (%s).", problem)
        elif not problem and not self._reached:
            _log.info("Telegram can be reached again.")
        self._reached = problem is None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the payload read as JSON; raise `TelegramError` without its content."""
        try:
            read = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(read, dict):
            raise TelegramError("Invalid server response")
        return read


class UpdatesRequest(ApiRequest):
    """Fetches updates. One that cannot be read is passed over, or it would be fetched for ever.

    A fetch that fails is not tried again here: the library does that by itself.
    `rejected` is true once Telegram has refused the token, upon which `on_rejection` is called once.
    `is_new` is called with each update and returns whether it is to be handled.
    """

    def __init__(
        self,
        on_rejection: Callable[[], None] = lambda: None,
        is_new: Callable[[dict[str, Any]], bool] = lambda _: True,
    ) -> None:
        super().__init__(connection_pool_size=1, pauses=())
        self.on_rejection = on_rejection
        self._is_new = is_new
        self.rejected = False

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Send a request and return status and payload."""
        code, payload = await super().do_request(url, *args, **kwargs)
        if code in (401, 404):
            if not self.rejected:
                self.rejected = True
                self.on_rejection()
            # As an InvalidToken it would end PTB's fetching at once and its orderly end with it.
            raise NetworkError(f"Refused (HTTP {code})")
        return code, self._screened(payload) if code == 200 and url.endswith("/getUpdates") else payload

    def _screened(self, payload: bytes) -> bytes:
        """Reduce each update that cannot be read, or was received before, to its number."""
        try:
            read = self.parse_json_payload(payload)
        except TelegramError:
            return payload
        updates = read.get("result")
        if not isinstance(updates, list):
            return payload
        read["result"] = [self._new(readable(update)) for update in updates if _number(update) is not None]
        return json.dumps(read).encode()

    def _new(self, update: dict[str, Any]) -> dict[str, Any]:
        """Return the update; it is stored before the next request confirms it to Telegram."""
        return update if self._is_new(update) else {"update_id": update["update_id"]}


def _may_be_repeated(url: str, error: NetworkError) -> bool:
    """Return whether a failed request can be sent again without being carried out twice.

    What was never sent cannot arrive twice, and neither can what a broken connection cut off, as a rule.
    What was sent and waited for in vain most likely did arrive: only what does no harm twice is repeated.
    """
    if isinstance(error.__cause__, httpx.ReadTimeout):
        return not url.rpartition("/")[2].startswith(_CREATING)
    return isinstance(error.__cause__, httpx.TransportError)


def readable(update: dict[str, Any]) -> dict[str, Any]:
    """Return `update`, or only its number if the library cannot make an `Update` of it."""
    try:
        Update.de_json(update, None)
    except Exception as error:  # whatever it is that the sender got wrong
        _log.warning("An update that cannot be read was passed over (%s).", type(error).__name__)
        return {"update_id": update["update_id"]}
    return update


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None
