import pytest

from corpus import CorpusError
from retrieval.add import add

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


def test_a_name_that_is_taken_is_not_overwritten(received, folder):
    add(str(received), folder)
    assert add(str(received), folder) == "公园-2.txt"


def test_what_gives_no_article_is_not_added(tmp_path, folder):
    (tmp_path / "leer.txt").write_bytes(b"")
    before = sorted(folder.iterdir())
    with pytest.raises(CorpusError, match="empty"):
        add(str(tmp_path / "leer.txt"), folder)
    assert sorted(folder.iterdir()) == before


def test_a_file_that_is_not_there_is_named(tmp_path, folder):
    with pytest.raises(CorpusError, match=r"nothing\.txt"):
        add(str(tmp_path / "nothing.txt"), folder)


def test_a_page_from_a_private_address_is_refused(folder):
    with pytest.raises(CorpusError, match="private or local"):
        add("http://127.0.0.1:9/page", folder)
