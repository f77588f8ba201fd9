import threading
import time

import pytest

from corpus import CorpusError
from retrieval import Retriever
from retrieval.indexing.watch import follow

PATIENCE_SECONDS = 15.0


@pytest.fixture
def following(refreshed, folder):
    """Follow the folder in a thread; yields the list of reports of all refreshes that changed something."""
    stop, reports = threading.Event(), []
    thread = threading.Thread(target=follow, args=(folder, refreshed, stop, reports.append))
    refreshed()
    thread.start()
    time.sleep(0.5)  # until it is watching
    yield reports
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def wait_for(condition, seconds=PATIENCE_SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_new_file_is_found_while_questions_are_asked(following, folder, index, encoder):
    retriever = Retriever.open(index, encoder=encoder)
    (folder / "park.txt").write_text("公园建成\n\n海棠公园昨日建成,面积30亩。", encoding="utf-8")
    wait_for(lambda: "30亩" in retriever.ask("海棠公园面积多少亩").results[0].text)


def test_files_added_together_need_few_refreshes(following, folder):
    for number in range(20):
        name = chr(0x4E00 + 50 * number)
        (folder / f"{number}.txt").write_text(f"{name}报道\n\n{name * 12}公园昨日建成。", encoding="utf-8")
        time.sleep(0.01)
    wait_for(lambda: sum(report.added for report in following) == 20)
    assert len(following) <= 3


def test_a_file_written_in_pieces_is_indexed_whole(following, folder, index, encoder):
    with (folder / "long.txt").open("w", encoding="utf-8") as file:
        for number in range(6):
            file.write(f"第{number}段说的是海棠街道第{number}处公园的事情,详情如下。\n\n")
            file.flush()
            time.sleep(0.3)
        file.write("最后一段说,紫云英种了七千株。\n")
    retriever = Retriever.open(index, encoder=encoder)
    wait_for(lambda: any("七千株" in r.text for r in retriever.ask("紫云英种了多少株", 8).results))


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(CorpusError, match="nowhere"):
        follow(tmp_path / "nowhere", lambda: None, threading.Event())
