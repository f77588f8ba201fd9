"""Addresses of a Milvus: `milvus://host:port[/database]`, `http(s)://…`, `milvus:FILE.db` (milvus-lite)."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from retrieval.errors import SettingsError

PORT = 19530
"""Milvus's own, where an address names none; https without one is 443."""

_ADDRESS = re.compile(r"(?:milvus|https?):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Milvus is. As text it shows no credentials.

    file: that of milvus-lite, in which case nothing else is set but `shown`. token: `user:password`, or an
    API key; empty where the server wants none.
    """

    shown: str
    uri: str = ""
    database: str = ""
    token: str = field(default="", repr=False)
    file: Path | None = None

    def __str__(self) -> str:
        return self.shown

    @property
    def key(self) -> str:
        """A name for files that belong to what lies there."""
        return sha256(self.shown.encode(errors="surrogatepass")).hexdigest()[:16]


def is_address(text: str) -> bool:
    """Whether a text is meant as the address of a Milvus, and not as a folder."""
    return bool(_ADDRESS.match(text))


def parse_address(text: str) -> Address:
    """Read an address. Raises `SettingsError`, which shows nothing of it that may be a password."""
    scheme, _, rest = text.partition(":")
    if scheme.lower() == "milvus" and not rest.startswith("//"):
        if not rest.endswith(".db"):
            raise SettingsError(
                f"the index is at {text!r}: the file of milvus-lite must end in .db, as in milvus:index.db; "
                f"a server is given as milvus://host:{PORT}"
            )
        return Address(f"milvus:{rest}", file=Path(rest))
    problem = SettingsError(
        "the address of the index is none of a Milvus: give milvus://host:port or "
        "milvus://user:password@host:port/database, the same with http or https, or milvus:FILE.db; percent-"
        "encode what is special in a password"
    )
    try:
        parts = urlsplit(text)
        host, port, database = parts.hostname, parts.port, parts.path.strip("/")
    except ValueError:
        raise problem from None
    if not host or parts.query or parts.fragment or "/" in database:
        raise problem
    secure = parts.scheme.lower() == "https"
    host = f"[{host}]" if ":" in host else host
    at = f"{host}:{port or (443 if secure else PORT)}"
    token = ":".join(unquote(part) for part in (parts.username, parts.password) if part)
    return Address(
        f"{parts.scheme.lower()}://{at}" + (f"/{database}" if database else ""),
        f"{'https' if secure else 'http'}://{at}",
        unquote(database),
        token,
    )
