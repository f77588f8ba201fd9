import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corpus import CorpusError, read_file
from retrieval.indexing.add import add

REPORT = "公园建成\n\n海棠公园昨日建成,面积30亩。居民都来散步。"


@pytest.fixture
def received(tmp_path):
    file = tmp_path / "公园.txt"
    file.write_text(REPORT, encoding="utf-8")
    return file


def test_a_file_is_copied_among_the_reports(received, folder):
    assert add(str(received), folder) == "公园.txt"
    assert (folder / "公园.txt").read_text(encoding="utf-8") == REPORT
    assert received.exists()


def test_an_existing_file_is_not_overwritten(received, folder):
    add(str(received), folder)
    assert add(str(received), folder) == "公园-2.txt"


def test_files_added_at_the_same_time_get_different_names(received, folder):
    before = set(folder.iterdir())
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(add, [str(received)] * 16, [folder] * 16))

    assert len(set(names)) == 16
    assert {folder / name for name in names} == set(folder.iterdir()) - before
    assert {(folder / name).read_text(encoding="utf-8") for name in names} == {REPORT}


def test_a_file_without_an_article_is_not_added(tmp_path, folder):
    (tmp_path / "leer.txt").write_bytes(b"")
    before = sorted(folder.iterdir())
    with pytest.raises(CorpusError, match="empty"):
        add(str(tmp_path / "leer.txt"), folder)
    assert sorted(folder.iterdir()) == before


def test_a_missing_file_is_named(tmp_path, folder):
    with pytest.raises(CorpusError, match=r"nothing\.txt"):
        add(str(tmp_path / "nothing.txt"), folder)


def test_a_page_from_a_private_address_is_refused(folder):
    with pytest.raises(CorpusError, match="private or local"):
        add("http://127.0.0.1:9/page", folder)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    pages = tmp_path / "site"
    pages.mkdir()
    paragraphs = "".join(f"<p>海棠公园第{n}期昨日建成,面积{n}0亩。居民都来散步。</p>" for n in range(1, 6))
    (pages / "park.html").write_text(
        f"<html><body><h1>公园建成</h1>{paragraphs}</body></html>", encoding="utf-8"
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(pages)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_is_added_with_its_url(site, folder):
    name = add(f"{site}/park.html", folder, private=True)
    (article,) = read_file(folder / name, folder).articles
    assert article.url == f"{site}/park.html"
    assert "面积50亩" in article.text
