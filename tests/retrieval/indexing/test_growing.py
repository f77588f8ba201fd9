"""An index that was refreshed many times equals one built from nothing."""

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import Retriever
from retrieval.errors import IndexUnwritable, OtherBits, OtherFormat
from retrieval.index.address import parse_address
from retrieval.index.local.generation import Generation
from retrieval.index.local.verify import problems
from retrieval.index.manifest import FORMAT, generation_folder
from retrieval.index.milvus.connection import disconnect
from retrieval.index.open import open_index
from retrieval.indexing.refresh import refresh

TOPICS = ("公园", "养老食堂", "便民步道", "图书馆", "菜市场", "停车场")
STREETS = ("海棠街道", "紫荆街道", "丁香镇")


def text(seed):
    """Return a report of a few sentences; reports of adjacent seeds share some of them."""
    chosen = random.Random(seed // 2)
    body = [
        f"{chosen.choice(STREETS)}的{chosen.choice(TOPICS)}今年投入{chosen.randrange(900)}万元,"
        f"惠及居民{chosen.randrange(9000)}人。"
        for _ in range(6)
    ]
    if seed % 2:
        body[-1] = f"街道负责人说,明年再建{seed}处。"
    return f"第{seed // 2}号报道\n\n{''.join(body[:3])}\n\n{''.join(body[3:])}"


steps = st.lists(
    st.tuples(st.sampled_from(["write", "delete", "rename"]), st.integers(0, 5), st.integers(0, 9)),
    min_size=1,
    max_size=8,
)


def apply(folder, step):
    what, file, seed = step
    path = folder / f"{file}.txt"
    if what == "write":
        path.write_text(text(seed), encoding="utf-8")
        os.utime(path, (1_000_000 + seed, 1_000_000 + seed))
    elif what == "delete":
        path.unlink(missing_ok=True)
    elif path.exists():
        path.rename(folder / f"{seed % 6}.txt")


def answers(index, encoder):
    retriever = Retriever.open(index, encoder=encoder)
    return [
        [
            (r.article, r.section, r.start, r.end, r.score, r.confidence, r.answer)
            for r in retriever.ask(q, 8).results
        ]
        for q in ("海棠街道的公园投入多少万元", "明年再建几处", "丁香镇图书馆惠及多少居民")
    ]


@settings(max_examples=25, deadline=None)
@given(steps)
def test_a_refreshed_index_ranks_exactly_as_one_built_from_nothing(make_encoder, sequence):
    encoder = make_encoder()
    with tempfile.TemporaryDirectory() as scratch:
        folder, grown, fresh = (Path(scratch) / name for name in ("reports", "grown", "fresh"))
        folder.mkdir()
        for step in sequence:
            apply(folder, step)
            refresh(folder, grown, encoder=encoder)
        refresh(folder, fresh, encoder=encoder)
        assert problems(grown) == ()
        assert answers(grown, encoder) == answers(fresh, encoder)


def test_a_refreshed_index_in_milvus_ranks_as_one_built_from_nothing_and_as_a_folder(tmp_path, encoder):
    folder, local = tmp_path / "reports", tmp_path / "local"
    grown, fresh = f"milvus:{tmp_path / 'grown.db'}", f"milvus:{tmp_path / 'fresh.db'}"
    folder.mkdir()
    chance = random.Random(3)
    try:
        for _ in range(15):
            what = chance.choice(["write", "write", "delete", "rename"])
            apply(folder, (what, chance.randrange(6), chance.randrange(10)))
            refresh(folder, grown, encoder=encoder)
        assert open_index(grown).problems() == ()
        refresh(folder, fresh, encoder=encoder)
        refresh(folder, local, encoder=encoder)
        wanted = answers(fresh, encoder)
        assert all(wanted)
        assert answers(grown, encoder) == wanted
        assert answers(local, encoder) == wanted
    finally:
        disconnect(parse_address(grown))
        disconnect(parse_address(fresh))


@pytest.mark.both_backends
def test_a_reprint_stays_when_its_original_is_deleted(refreshed, folder, index):
    original = (folder / "market.txt").read_text(encoding="utf-8")
    (folder / "reprint.txt").write_text(original.replace("海棠日报", "紫荆晚报"), encoding="utf-8")
    refreshed()
    both = open_index(index).current().articles()
    assert [(a.id, [r.publisher for r in a.reprints]) for a in both] == [
        ("library.txt", []),
        ("market.txt", ["紫荆晚报"]),
    ]
    (folder / "market.txt").unlink()
    report = refreshed()
    assert (report.removed, report.embedded) == (1, 0)
    assert [a.publisher for a in open_index(index).current().articles()] == ["紫荆晚报", "紫荆晚报"]


@pytest.mark.both_backends
def test_a_renamed_file_embeds_nothing(refreshed, folder):
    refreshed()
    (folder / "market.txt").rename(folder / "bazaar.txt")
    report = refreshed()
    assert (report.added, report.removed, report.embedded) == (1, 1, 0)


@pytest.mark.both_backends
def test_a_new_modification_time_alone_publishes_no_generation(refreshed, folder):
    first = refreshed()
    os.utime(folder / "market.txt", (1_000_000, 1_000_000))
    second = refreshed()
    assert (second.generation, second.unchanged) == (first.generation, 2)


@pytest.mark.both_backends
def test_an_unchanged_file_that_was_rejected_is_named_again(refreshed, folder):
    (folder / "broken.txt").write_bytes(b"")
    os.utime(folder / "broken.txt", (1_000_000, 1_000_000))
    refreshed()
    assert [rejection.file for rejection in refreshed().rejected] == ["broken.txt"]


def test_without_a_ledger_nothing_is_embedded_again(refreshed, index):
    first = refreshed()
    (index / "files.json").write_text("{")
    second = refreshed()
    assert (second.generation, second.unchanged, second.embedded) == (first.generation, 2, 0)


REFRESH = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests_conftest import LetterEncoder
from retrieval.indexing.refresh import refresh
refresh(Path(sys.argv[1]), Path(sys.argv[2]), encoder=LetterEncoder())
"""


@pytest.fixture
def refresh_process(folder, index, tmp_path, pytestconfig):
    """Start a refresh with the text-derived encoder in another process."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "tests_conftest.py").symlink_to(pytestconfig.rootpath / "tests" / "conftest.py")

    def start(**options):
        arguments = [sys.executable, "-c", REFRESH, str(folder), str(index), str(modules)]
        return subprocess.Popen(arguments, cwd=pytestconfig.rootpath, stderr=subprocess.PIPE, **options)

    return start


def test_a_refresh_killed_at_any_moment_leaves_the_old_or_the_new_generation_complete(
    refreshed, folder, index, refresh_process, encoder
):
    for number in range(30):
        (folder / f"{number}.txt").write_text(text(2 * number), encoding="utf-8")
    refreshed()
    began = time.monotonic()
    refresh_process().communicate()
    whole = time.monotonic() - began
    chance = random.Random(7)
    for number in range(12):
        (folder / "market.txt").write_text(text(100 + 2 * number), encoding="utf-8")
        before = Generation.current(index).manifest.generation
        process = refresh_process()
        # Most of a process's time goes into starting: kill in the later part of it.
        time.sleep(whole * chance.uniform(0.5, 1.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert problems(index) == ()
        assert Generation.current(index).manifest.generation in (before, before + 1)
        assert Retriever.open(index, encoder=encoder).ask("公园投入多少万元").results
    refreshed()
    assert problems(index) == ()
    assert not list(index.glob("*/.building"))


def test_a_full_disk_leaves_the_generation_before_current(refreshed, folder, index, refresh_process):

    before = refreshed()
    (folder / "market.txt").write_text(text(50), encoding="utf-8")
    process = refresh_process(
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
        )
    )
    _, error = process.communicate()
    assert process.returncode != 0
    assert b"IndexUnwritable" in error
    assert Generation.current(index).manifest.generation == before.generation
    assert problems(index) == ()


def test_a_folder_that_cannot_be_written_is_named(folder, tmp_path, encoder):
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnwritable, match=str(tmp_path / "file")):
        refresh(folder, tmp_path / "file" / "index", encoder=encoder)


def test_an_open_retriever_answers_although_the_new_generation_is_damaged(refreshed, folder, index, encoder):
    refreshed()
    retriever = Retriever.open(index, encoder=encoder)
    (folder / "market.txt").write_text(text(50), encoding="utf-8")
    report = refreshed()
    (index / "generations" / f"{report.generation:08d}" / "manifest.json").write_text("{")
    assert "128个" in retriever.ask("海棠菜市场内设摊位多少个").results[0].text


@pytest.mark.both_backends
def test_the_precision_of_an_index_changes_only_with_a_rebuild(refreshed, index):
    refreshed(bits=2)
    assert refreshed().generation == 1
    with pytest.raises(OtherBits, match="--token-bits 4 --rebuild"):
        refreshed(bits=4)
    refreshed(bits=4, rebuild=True)
    assert open_index(index).current().manifest.bits == 4


@pytest.mark.both_backends
def test_without_stored_token_vectors_the_same_passage_comes_first(refreshed, index, encoder):
    refreshed(bits=0)
    without = Retriever.open(index, encoder=encoder).ask("海棠菜市场设了多少个摊位？").results[0]
    refreshed(bits=4, rebuild=True)
    stored = Retriever.open(index, encoder=encoder).ask("海棠菜市场设了多少个摊位？").results[0]
    assert (without.text, without.answer) == (stored.text, stored.answer)


def test_an_index_of_another_format_is_rebuilt(refreshed, index):
    refreshed()
    manifest = generation_folder(index, 1) / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 1'))
    with pytest.raises(OtherFormat, match="format 1"):
        Generation.current(index)
    assert refreshed().added == 2
    assert Generation.current(index).manifest.format == FORMAT
