"""Read the bot's settings from environment variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from retrieval.config import DEFAULT_CORPUS, DEFAULT_INDEX, IndexSettings, without_blanks
from retrieval.errors import SettingsError
from retrieval.index.address import Address

_TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"[A-Za-z0-9:_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # https://core.telegram.org/bots/api#setwebhook
_PORTS = (443, 80, 88, 8443)
_LISTEN = "127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Webhook:
    """The address at which Telegram delivers updates.

    Args:
        url: The address that Telegram calls.
        host: The host at which this process listens for what reaches `url`.
    """

    url: str
    secret: str = field(repr=False)
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one bot.

    Args:
        token: The token of the Bot API; empty if none is needed.
        api_url: The Bot API server, without a slash at the end.
        index: A folder, or the address of a Milvus server or file.
        model: None for the model that comes with the installation.
        state: The SQLite file of the bot's state.
        keep_questions: Whether unanswered questions are stored, without the users who asked.
        private_links: Whether administrators may add pages of the network that the bot runs in.
        webhook: None if updates are fetched, which only one process can do.
    """

    token: str = field(default="", repr=False)
    api_url: str = _TELEGRAM
    admins: frozenset[int] = frozenset()
    corpus: Path = Path(DEFAULT_CORPUS)
    index: Path | Address = Path(DEFAULT_INDEX)
    model: str | None = None
    state: Path = Path(f"{DEFAULT_INDEX}.bot.sqlite3")
    keep_questions: bool = True
    private_links: bool = False
    webhook: Webhook | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, token_needed: bool = True) -> Self:
        """Read the settings from variables; a blank one counts as not set.

        Raises:
            SettingsError: A variable is wrong; the message never shows the token or the secret.
        """
        given = without_blanks(environ)
        shared = IndexSettings.from_environment(given)
        folder = shared.index_folder
        api_url = _api_url(given.get("TELEGRAM_API_URL", _TELEGRAM))
        beside = folder.with_name(f"{folder.name or 'index'}.bot.sqlite3")
        return cls(
            token=_token(given.get("TELEGRAM_BOT_TOKEN"), needed=token_needed),
            api_url=api_url,
            admins=_admins(given.get("BOT_ADMINS", "")),
            corpus=shared.corpus,
            index=shared.index,
            model=shared.model,
            state=Path(given.get("STATE_FILE", beside)),
            keep_questions=_switch("KEEP_QUESTIONS", given.get("KEEP_QUESTIONS", "on")),
            private_links=_switch("PRIVATE_LINKS", given.get("PRIVATE_LINKS", "off")),
            webhook=_webhook(
                given.get("WEBHOOK_URL"), given.get("WEBHOOK_SECRET"), given.get("WEBHOOK_LISTEN"), api_url
            ),
        )


def _token(value: str | None, *, needed: bool) -> str:
    if value is None:
        if not needed:
            return ""
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is not set. Get a token from @BotFather in Telegram and put it into .env "
            "(TELEGRAM_BOT_TOKEN=...) or the environment. To ask without a token, run `make chat`."
        )
    if not _TOKEN.fullmatch(value):
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN holds characters that no token has. Copy it from @BotFather again: "
            "digits, a colon, then letters, digits, - and _."
        )
    return value


def _api_url(value: str) -> str:
    problem = SettingsError(
        f"TELEGRAM_API_URL is {value!r}, which is no address of a Bot API server. Give one such as "
        f"{_TELEGRAM} or http://127.0.0.1:8081, or leave it out."
    )
    try:
        parts = urlsplit(value)
        _ = parts.port  # a port that is no number raises here
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise problem
    return value.rstrip("/")


def _webhook(url: str | None, secret: str | None, listen: str | None, api_url: str) -> Webhook | None:
    if url is None:
        if secret or listen:
            # A process that fetched updates beside others would take the webhook away from them.
            raise SettingsError(
                f"{'WEBHOOK_SECRET' if secret else 'WEBHOOK_LISTEN'} is set and WEBHOOK_URL is not: set "
                "WEBHOOK_URL to the address that Telegram calls, or leave all three out."
            )
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(f"WEBHOOK_URL is {url!r}, which is no address.") from None
    if not parts.hostname or parts.scheme not in ("https", "http") or parts.fragment or parts.username:
        raise SettingsError(
            f"WEBHOOK_URL is {url!r}: give the address that Telegram calls, such as "
            "https://bot.example.org/wenbao."
        )
    if api_url == _TELEGRAM and (parts.scheme != "https" or (port or 443) not in _PORTS):
        raise SettingsError(
            f"WEBHOOK_URL is {url!r}: Telegram calls https only, on port {', '.join(map(str, _PORTS))}."
        )
    if secret is None:
        raise SettingsError(
            "WEBHOOK_URL is set and WEBHOOK_SECRET is not: make one up, the same for every process, such as "
            "`openssl rand -hex 32` prints."
        )
    if not _SECRET.fullmatch(secret):
        raise SettingsError("WEBHOOK_SECRET must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -.")
    return Webhook(url, secret, *_listen(listen or _LISTEN))


def _listen(value: str) -> tuple[str, int]:
    problem = SettingsError(
        f"WEBHOOK_LISTEN is {value!r}: give host and port, such as {_LISTEN}, each process its own port."
    )
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise problem from None
    if not host or not port or parts.netloc != value or parts.username is not None:
        raise problem
    return host, port


def _admins(value: str) -> frozenset[int]:
    items = re.split(r"[\s,，;；]+", value.strip(" ,，;；"))
    for item in items:
        if item and not (item.isascii() and item.isdigit()):
            raise SettingsError(
                f"BOT_ADMINS holds {item!r}, which is no user id. Give numbers separated by commas, "
                "such as 123456789,987654321."
            )
    return frozenset(int(item) for item in items if item)


def _switch(name: str, value: str) -> bool:
    if value.lower() in ("on", "1", "true", "yes"):
        return True
    if value.lower() in ("off", "0", "false", "no"):
        return False
    raise SettingsError(f"{name} is {value!r}: give on or off.")
