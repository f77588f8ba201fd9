"""The bot's settings, read from the environment here and nowhere else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from retrieval.errors import SettingsError

_TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"[A-Za-z0-9:_-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the bot is told from outside. The token is empty when none was needed.

    `api_url` has no slash at its end; `model` is None for the model that comes with the installation.
    `state` is the file of the bot's memory; `keep_questions` tells whether questions that the reports do
    not answer are kept, without who asked them; `private_links` whether administrators may add pages of the
    network that the bot runs in.
    """

    token: str = field(default="", repr=False)
    api_url: str = _TELEGRAM
    admins: frozenset[int] = frozenset()
    corpus: Path = Path("corpus/reports")
    index: Path = Path("index")
    model: str | None = None
    state: Path = Path("index.bot.sqlite3")
    keep_questions: bool = True
    private_links: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, token_needed: bool = True) -> Self:
        """Settings from variables; a blank one counts as not set.

        Raises `SettingsError`, which names the variable but never shows the token.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        index = Path(given.get("INDEX_DIR", "index"))
        beside = index.with_name(f"{index.name or 'index'}.bot.sqlite3")
        return cls(
            token=_token(given.get("TELEGRAM_BOT_TOKEN"), needed=token_needed),
            api_url=_api_url(given.get("TELEGRAM_API_URL", _TELEGRAM)),
            admins=_admins(given.get("BOT_ADMINS", "")),
            corpus=Path(given.get("CORPUS_DIR", "corpus/reports")),
            index=index,
            model=given.get("EMBEDDING_MODEL"),
            state=Path(given.get("STATE_FILE", beside)),
            keep_questions=_switch("KEEP_QUESTIONS", given.get("KEEP_QUESTIONS", "on")),
            private_links=_switch("PRIVATE_LINKS", given.get("PRIVATE_LINKS", "off")),
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
