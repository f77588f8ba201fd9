"""A transport that answers the bot's requests in this process, without a network."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from telegram.request import BaseRequest, RequestData


class LocalRequest(BaseRequest):
    """Takes the calls of the Bot API and lets `answer` answer them."""

    @property
    def read_timeout(self) -> float | None:
        """None, because nothing is waited for."""
        return None

    async def initialize(self) -> None:
        """Do nothing: no resource is held."""

    async def shutdown(self) -> None:
        """Do nothing: no resource is held."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_timeouts: Any, **_more: Any
    ) -> tuple[int, bytes]:
        """Answer one call with its HTTP status and payload."""
        return 200, self.answer(url.rpartition("/")[2], request_data.parameters if request_data else {})

    @abstractmethod
    def answer(self, method: str, sent: Mapping[str, Any]) -> bytes:
        """Answer a method of the Bot API, called with some parameters; returns the payload."""
