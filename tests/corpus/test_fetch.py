import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corpus.fetch import MAX_PAGE_BYTES, FetchError, fetch

PAGE = "<html><body><p>海棠公园昨日建成。</p></body></html>".encode()


class Site(BaseHTTPRequestHandler):
    """A small site: its paths say what happens."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["User-Agent"], self.headers["Host"]))
        if self.path == "/robots.txt":
            return self.answer(200, b"User-agent: *\nDisallow: /closed\n", "text/plain")
        if self.path == "/moved":
            return self.answer(302, b"", "text/html", Location="/page")
        if self.path == "/round":
            return self.answer(302, b"", "text/html", Location="/round")
        if self.path == "/huge":
            return self.answer(200, b"x" * (MAX_PAGE_BYTES + 1), "text/html")
        if self.path in ("/page", "/closed/page"):
            return self.answer(200, PAGE, "text/html; charset=utf-8")
        return self.answer(404, b"", "text/html")

    def answer(self, status, content, kind, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):  # the reader has seen enough
            self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def base(site):
    return f"http://localhost:{site.server_port}"


def test_a_page_is_fetched_with_its_address_and_type(base):
    content, url, kind = fetch(f"{base}/page", private=True)
    assert (content, url, kind) == (PAGE, f"{base}/page", "text/html; charset=utf-8")


def test_the_site_is_asked_by_its_name(site, base):
    fetch(f"{base}/page", private=True)
    assert {host for _, _, host in site.asked} == {f"localhost:{site.server_port}"}
    assert all("wenbao" in agent for _, agent, _ in site.asked)


def test_a_redirect_is_followed(base):
    assert fetch(f"{base}/moved", private=True)[1] == f"{base}/page"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/round", "redirects more than"),
        ("/huge", "larger than 20 MB"),
        ("/closed/page", "asks programs not to fetch"),
        ("/nothing", "status 404"),
    ],
)
def test_what_must_not_or_cannot_be_fetched_is_refused(base, path, reason):
    with pytest.raises(FetchError, match=reason):
        fetch(f"{base}{path}", private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254"]
)
def test_private_and_local_addresses_are_refused(host):
    with pytest.raises(FetchError, match="private or local"):
        fetch(f"http://{host}/page")


def test_no_request_reaches_a_private_address(site, base):
    with pytest.raises(FetchError, match="private or local"):
        fetch(f"{base}/page")
    assert site.asked == []


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "file:///etc/passwd", "http://", "http://user:secret@host/", "http://h:x/"]
)
def test_other_addresses_are_refused(url):
    with pytest.raises(FetchError):
        fetch(url, private=True)


def test_an_unknown_host_is_named():
    with pytest.raises(FetchError, match=r"no host nowhere\.invalid"):
        fetch("http://nowhere.invalid/")
