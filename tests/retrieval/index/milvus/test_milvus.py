"""Behaviour that only an index in Milvus has."""

import json
import logging
import os
import socket
import subprocess
import sys
import time

import pytest

from retrieval import Refusal, Retriever
from retrieval.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexUnreachable,
    OtherFormat,
    SettingsError,
)
from retrieval.index.address import parse_address
from retrieval.index.milvus.connection import connect, disconnect
from retrieval.index.milvus.schema import NAME, NO_VECTOR
from retrieval.index.milvus.writer import Writer
from retrieval.index.open import locate, open_index
from retrieval.index.update import Update
from retrieval.indexing.diff import find_changes
from retrieval.indexing.refresh import refresh
from retrieval.indexing.scan import FolderScan

QUESTION = "海棠菜市场内设摊位多少个"


@pytest.fixture
def address(tmp_path):
    made = f"milvus:{tmp_path / 'index.db'}"
    yield made
    disconnect(parse_address(made))


@pytest.fixture
def written(folder, address, encoder):
    """Refresh the index in Milvus from the folder."""
    return lambda **options: refresh(folder, address, encoder=encoder, **options)


def edit(folder, number):
    market = folder / "market.txt"
    market.write_text(f"海棠菜市场\n\n海棠菜市场内设摊位{number}个,月底开张。", encoding="utf-8")


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "uri", "database", "token"),
    [
        ("milvus://db.example", "http://db.example:19530", "", ""),
        ("milvus://db.example:1/papers", "http://db.example:1", "papers", ""),
        ("milvus://root:pa%3Ass@db.example", "http://db.example:19530", "", "root:pa:ss"),
        ("https://key@cloud.example", "https://cloud.example:443", "", "key"),
        ("http://[::1]:7", "http://[::1]:7", "", ""),
    ],
)
def test_an_address_names_a_server_a_database_and_credentials(text, uri, database, token):
    found = parse_address(text)
    assert (found.uri, found.database, found.token) == (uri, database, token)


@pytest.mark.parametrize(
    "text", ["milvus://", "milvus://root:geheim@h:port", "http://geheim@/x", "milvus:index"]
)
def test_a_malformed_address_is_refused_without_showing_a_password(text):
    with pytest.raises(SettingsError) as refused:
        parse_address(text)
    assert "geheim" not in str(refused.value)
    assert "milvus://" in str(refused.value)


def test_no_text_of_an_address_shows_its_credentials():
    found = parse_address("milvus://root:geheim@db.example/papers")
    assert "geheim" not in f"{found} {found!r}"
    assert str(found) == "milvus://db.example:19530/papers"


@pytest.mark.parametrize("text", ["index", "/tmp/index", "milvus", "my.db"])
def test_any_other_location_is_a_folder(text):
    assert str(locate(text)) == text


def test_an_unreachable_server_is_named_without_credentials(caplog):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with caplog.at_level(logging.DEBUG), pytest.raises(IndexUnreachable) as refused:
        open_index(f"milvus://root:geheim@127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in str(refused.value)
    assert "geheim" not in str(refused.value) + caplog.text


def test_without_pymilvus_the_error_gives_the_command_that_installs_it(tmp_path, pytestconfig):
    code = (
        "import sys\nsys.modules['pymilvus'] = None\n"
        "from retrieval.cli.commands import main\n"
        f"sys.exit(main(['articles', '--index', 'milvus:{tmp_path}/x.db']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install '.[milvus]'" in done.stderr
    assert "Traceback" not in done.stderr


# ── filters, which Milvus applies ────────────────────────────────────────────────────────────────


def test_filters_match_wildcards_of_milvus_literally(written, folder, address, encoder):
    report = "---\nplace: 甲_区\n---\n甲区公园\n\n甲区公园内设摊位9个,月底开张。"
    (folder / "park.txt").write_text(report, encoding="utf-8")
    written()
    retriever = Retriever.open(address, encoder=encoder)
    assert [a.id for a in retriever.articles(place="甲_")] == ["park.txt"]
    assert retriever.articles(place="%") == ()
    assert retriever.articles(place='"\\') == ()
    assert retriever.articles(place="_棠") == ()
    assert retriever.ask(QUESTION, place="甲_区").results[0].article.id == "park.txt"
    assert retriever.ask(QUESTION, place="海_区").reason is Refusal.FILTERED


# ── snapshots and refreshes ───────────────────────────────────────────────────────────────────────


def test_a_refresh_does_not_change_an_open_snapshot(written, folder, address):
    written()
    before = open_index(address).current()
    edit(folder, 777)
    written()
    texts = {before.passage(n).text for n in before.search_terms(["摊位"], 50, before.scope())}
    assert any("128个" in text for text in texts)
    assert not any("777个" in text for text in texts)


def test_rows_of_a_killed_refresh_are_invisible_and_deleted_by_the_next(written, folder, address, encoder):
    written()
    store = open_index(address)
    edit(folder, 777)
    killed = store.current()
    number = killed.manifest.generation + 1
    connection = connect(parse_address(address))
    writer = Writer(connection, killed, number)
    writer.write(*_update_of(store, killed, folder, encoder), "letters")  # the state is never written
    assert "128个" in Retriever.open(address, encoder=encoder).ask(QUESTION).results[0].text
    assert store.problems() == ()
    report = written()
    assert report.generation == number
    assert store.problems() == ()
    assert "777个" in Retriever.open(address, encoder=encoder).ask(QUESTION).results[0].text
    assert (
        connection.count(killed.collections.articles, "story > 0") == 3
    )  # one is dead; the next refresh deletes it


def _update_of(store, snapshot, folder, encoder):
    scan = FolderScan(folder, {}, lambda *_: None)
    documents = store.documents(snapshot)
    changes = find_changes(documents, scan.read, scan.unchanged, scan.read_unchanged)
    former = documents.passages(sorted(changes.dead))
    return changes, Update(changes, former, lambda: encoder, lambda *_: None, 4)


def test_an_index_can_be_read_and_refreshed_after_a_restart(written, folder, address, encoder):
    written()
    disconnect(parse_address(address))
    assert "128个" in Retriever.open(address, encoder=encoder).ask(QUESTION).results[0].text
    disconnect(parse_address(address))
    edit(folder, 777)
    assert written().changed == 1
    assert open_index(address).problems() == ()


def test_rows_of_dead_documents_are_deleted_by_the_next_refresh(written, folder, address):
    for number in range(4):
        edit(folder, number)
        written()
    snapshot = open_index(address).current()
    rows = snapshot.collections.connection.count(snapshot.collections.articles, "story > 0")
    assert rows == 3  # two are live; the last refresh replaced the third


def test_a_refresh_that_lost_its_lease_publishes_nothing(written, folder, address, encoder):
    first = written()
    edit(folder, 777)
    store = open_index(address)
    snapshot = store.current()
    written_by_this = _update_of(store, snapshot, folder, encoder)
    connection = connect(parse_address(address))
    with store.writing():
        connection.delete(NAME, 'id like "writer/%"')  # as another writer does once the lease has expired
        with pytest.raises(IndexBusy, match="another refresh"):
            store.publish(snapshot, *written_by_this, "letters", 1)
    assert store.number() == first.generation


def test_rows_written_after_the_lease_expired_are_invisible(written, folder, address, encoder):
    written()
    store, connection = open_index(address), connect(parse_address(address))
    before = store.current()
    edit(folder, 777)
    expired = {"until": time.time() - 1, "number": 2}
    connection.upsert(NAME, {"id": "writer/expired", "said": json.dumps(expired), "none": NO_VECTOR})
    late = _update_of(store, before, folder, encoder)
    edit(folder, 778)
    assert written().generation == 3
    Writer(connection, before, 2).write(*late, "letters")
    assert store.problems() == ()
    assert "778个" in Retriever.open(address, encoder=encoder).ask(QUESTION).results[0].text
    edit(folder, 779)
    written()
    assert store.problems() == ()
    assert connection.count(before.collections.passages, "born == 2") == 0


def test_an_index_of_another_format_is_rebuilt(written, address):
    written()
    connection = connect(parse_address(address))
    record = json.loads(connection.query(NAME, 'id == "state"', ["said"])[0]["said"]) | {"format": 0}
    connection.upsert(NAME, {"id": "state", "said": json.dumps(record), "none": NO_VECTOR})
    with pytest.raises(OtherFormat, match="format 0"):
        open_index(address).current()
    assert written().added == 2
    assert open_index(address).problems() == ()


def test_missing_rows_are_reported_as_damage_and_a_rebuild_restores_them(written, address):
    written()
    collections = open_index(address).current().collections
    collections.connection.delete(collections.passages, "id > 0")
    with pytest.raises(IndexDamaged, match="--rebuild"):
        open_index(address).current()
    written(rebuild=True)
    assert open_index(address).problems() == ()


def test_a_rollback_is_refused(written, address):
    written()
    with pytest.raises(IndexMissing, match="no generation before"):
        open_index(address).rollback()


def test_an_article_longer_than_a_row_is_read_back_whole(written, folder, address):
    body = "\n\n".join(f"第{n}段:{chr(0x4E00 + n) * 9},共{n}亩。" for n in range(9_000))
    (folder / "long.txt").write_text(f"长报道\n\n{body}", encoding="utf-8")
    written()
    found = {article.id: article for article in open_index(address).current().articles()}
    assert len(found["long.txt"].text) > 65_535


# ── a server that several processes share ───────────────────────────────────────────────────────


@pytest.fixture
def server(tmp_path):
    """Start a milvus-lite server in another process; yields its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(tmp_path / "served")]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    made = f"milvus://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while True:
        try:
            open_index(made)
            break
        except IndexUnreachable:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    yield made
    disconnect(parse_address(made))
    process.terminate()
    process.wait(20)


OTHER_REFRESH = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests_conftest import LetterEncoder
from retrieval.index.update import Update
from retrieval.indexing.diff import find_changes
from retrieval.indexing.refresh import refresh
from retrieval.indexing.scan import FolderScan
print(refresh(Path(sys.argv[1]), sys.argv[2], encoder=LetterEncoder()).generation)
"""


def test_a_refresh_by_another_process_shows_in_answers(server, folder, encoder, tmp_path, pytestconfig):
    refresh(folder, server, encoder=encoder)
    retriever = Retriever.open(server, encoder=encoder)
    assert "128个" in retriever.ask(QUESTION).results[0].text
    edit(folder, 777)
    (tmp_path / "tests_conftest.py").symlink_to(pytestconfig.rootpath / "tests" / "conftest.py")
    done = subprocess.run(
        [sys.executable, "-c", OTHER_REFRESH, str(folder), server, str(tmp_path)],
        cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False,
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.stdout == "2\n", done.stderr
    assert "777个" in retriever.ask(QUESTION).results[0].text
