"""Fetches a web page: obeys robots.txt, and refuses addresses in private networks."""

import ipaddress
import socket
import time
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx

from corpus.errors import CorpusError

USER_AGENT = "wenbao/0.1 (adds single articles by hand)"
TIMEOUT_SECONDS = 15.0
MAX_SECONDS = 60.0
"""The longest that a whole page may take."""

MAX_PAGE_BYTES = 20 * 1024 * 1024
"""The largest page that is read."""

MAX_REDIRECTS = 5


class FetchError(CorpusError):
    """A page cannot be fetched, or must not be."""


def fetch(url: str, *, private: bool = False) -> tuple[bytes, str, str]:
    """Fetch a page over http or https.

    Every redirect is checked like the first address. The connection goes to the very address that was
    checked, so that a name cannot resolve to another one in between.

    Args:
        private: allow addresses in private, local and reserved networks.

    Returns:
        The bytes of the page, the address it was found at, and its content type.

    Raises:
        FetchError: the page cannot be fetched, or must not be.
    """
    client = httpx.Client(timeout=TIMEOUT_SECONDS, headers={"User-Agent": USER_AGENT}, trust_env=False)
    with client:
        for _ in range(MAX_REDIRECTS + 1):
            parts = _parts(url)
            _obey_robots(client, parts, private)
            status, headers, content = _get(client, url, private)
            if status in (301, 302, 303, 307, 308) and "location" in headers:
                url = urljoin(url, headers["location"])
                continue
            if status != 200:
                raise FetchError(f"{url} answers with status {status}, not with a page")
            return content, url, headers.get("content-type", "")
    raise FetchError(f"{url} redirects more than {MAX_REDIRECTS} times")


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        _ = parts.port
    except ValueError:
        raise FetchError(f"{url} has no valid port") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise FetchError(f"{url} is no address of a web page: give http://… or https://…")
    return parts


def _obey_robots(client: httpx.Client, parts: SplitResult, private: bool) -> None:
    robots = f"{parts.scheme}://{parts.netloc}/robots.txt"
    status, _, content = _get(client, robots, private)
    if status != 200:  # no rules, or none that can be read
        return
    rules = RobotFileParser()
    rules.parse(content.decode("utf-8", "replace").splitlines())
    if not rules.can_fetch(USER_AGENT, parts.geturl()):
        raise FetchError(f"{robots} asks programs not to fetch {parts.geturl()}. Save the page by hand.")


def _get(client: httpx.Client, url: str, private: bool) -> tuple[int, httpx.Headers, bytes]:
    """Send one request to the address that was checked."""
    parts = _parts(url)
    host = parts.hostname or ""
    address = _address(host, parts.port or (443 if parts.scheme == "https" else 80), private)
    pinned = httpx.URL(url).copy_with(host=address)
    request = client.build_request(
        "GET", pinned, headers={"Host": parts.netloc}, extensions={"sni_hostname": host}
    )
    deadline = time.monotonic() + MAX_SECONDS
    content = bytearray()
    try:
        response = client.send(request, stream=True)
        try:
            for piece in response.iter_bytes():
                content += piece
                if len(content) > MAX_PAGE_BYTES:
                    raise FetchError(f"{url} is larger than {MAX_PAGE_BYTES // 1024 // 1024} MB")
                if time.monotonic() > deadline:
                    raise FetchError(f"{url} takes longer than {MAX_SECONDS:.0f} s")
        finally:
            response.close()
    except httpx.HTTPError as error:
        raise FetchError(f"{url} cannot be fetched: {error or type(error).__name__}") from error
    return response.status_code, response.headers, bytes(content)


def _address(host: str, port: int, private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"there is no host {host} ({error})") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not private and not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise FetchError(f"{host} is in a private or local network ({address}): nothing is fetched there")
    return addresses[0]
