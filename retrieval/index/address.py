"""Parse the address of a Milvus: `milvus://host:port[/database]`, `http(s)://…`, `milvus:FILE.db`."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from retrieval.errors import SettingsError

PORT = 19530
"""The default port of Milvus, for addresses without a port; with https it is 443."""

_ADDRESS = re.compile(r"(?:milvus|https?):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a Milvus; `str()` shows it without credentials.

    Attributes:
        shown: The address without credentials.
        token: `user:password` or an API key; empty if the server requires none.
        file: The file of milvus-lite. With a file, `uri`, `database` and `token` are empty.
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
        """The name of local files that belong to the index at this address."""
        return sha256(self.shown.encode(errors="surrogatepass")).hexdigest()[:16]


IndexLocation = Path | str | Address
"""Where an index is: a folder, or the address of a Milvus."""


def is_address(text: str) -> bool:
    """Whether a text is the address of a Milvus and not a folder."""
    return bool(_ADDRESS.match(text))


def parse_address(text: str) -> Address:
    """Parse the address of a Milvus.

    Raises:
        SettingsError: the address is malformed; the message shows no password.
    """
    scheme, _, rest = text.partition(":")
    if scheme.lower() == "milvus" and not rest.startswith("//"):
        if not rest.endswith(".db"):
            raise SettingsError(
                f"the index is at {text!r}: the file of milvus-lite must end in .db, as in milvus:index.db; "
                f"a server is given as milvus://host:{PORT}"
            )
        return Address(f"milvus:{rest}", file=Path(rest))
    problem = SettingsError(
        "the address of the index is not an address of a Milvus: give milvus://host:port or "
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
