"""Several processes with one memory; here they are several openings of one file."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from bot.app import build_application
from bot.delivery.inbox import Inbox
from bot.delivery.process_slots import ProcessSlots
from bot.settings import Settings
from bot.storage.database import StateError
from bot.storage.storage import Storage

Make = Callable[..., Any]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def processes(state: Path) -> Iterator[Callable[[], tuple[Storage, ProcessSlots, Inbox, ExitStack]]]:
    """Makes what one process holds of the memory; closing the last of it is its end."""
    with ExitStack() as all_of_them:

        def start() -> tuple[Storage, ProcessSlots, Inbox, ExitStack]:
            held = all_of_them.enter_context(ExitStack())
            storage = held.enter_context(closing(Storage(state)))
            slots = held.enter_context(ProcessSlots(state))
            return storage, slots, Inbox(storage, "s", slots), held

        yield start


def test_each_process_has_a_place_of_its_own_and_a_free_one_is_taken_again(state: Path):
    with ProcessSlots(state) as first, ProcessSlots(state) as second:
        assert (first.own, second.own) == (1, 2)
    with ProcessSlots(state) as third:
        assert third.own == 1


def test_a_process_is_gone_once_it_is_killed_and_not_before(state: Path):
    code = (
        "from bot.delivery.process_slots import ProcessSlots\n"
        f"with ProcessSlots({str(state)!r}): print('in', flush=True); input()"
    )
    with ProcessSlots(state) as here:
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            other.stdout.readline()
            with here.claim(2) as gone_before:
                pass
            other.kill()
        with here.claim(2) as gone_after:
            pass

    assert (gone_before, gone_after) == (False, True)


def test_a_folder_that_takes_no_file_is_named_in_the_error(tmp_path: Path):
    (tmp_path / "nowhere").write_text("a file")

    with pytest.raises(StateError, match=r"nowhere/bot.*STATE_FILE"):
        ProcessSlots(tmp_path / "nowhere" / "bot").__enter__()


def test_an_update_that_comes_to_two_processes_is_new_to_one(processes: Make, update: Make):
    (*_, one, _), (*_, other, _) = processes(), processes()

    with ThreadPoolExecutor(2) as pool:
        new = [list(pool.map(Inbox.receive, (one, other), [update("问")] * 2)) for _ in range(50)]

    assert all(sorted(each) == [False, True] for each in new)


def test_what_a_running_process_is_at_no_other_takes_over(processes: Make, update: Make):
    (*_, one, _), (*_, other, _) = processes(), processes()
    one.receive(update("问"))

    assert (other.left_behind(), other.left_by_others(), one.left_by_others()) == ([], [], [])


def test_what_a_process_left_behind_one_of_the_others_takes_over(processes: Make, update: Make):
    (*_, one, end), (*_, other, _), (*_, third, _) = processes(), processes(), processes()
    sent = update("问")
    one.receive(sent)
    end.close()

    assert [other.left_by_others(), third.left_by_others()] == [[sent], []]
    other.handled(sent["update_id"])
    assert third.left_by_others() == []


def test_a_message_waits_for_the_same_persons_earlier_one_at_another_process(processes: Make, update: Make):
    (*_, one, _), (*_, other, _) = processes(), processes()
    first, second, stranger = update("问"), update("那江北区呢？"), update("问")
    stranger["message"]["from"] = stranger["message"]["from"] | {"id": 5}
    one.receive(first)
    other.receive(second)
    other.receive(stranger)

    waiting = [other.must_wait(second["update_id"])]
    one.handled(first["update_id"])
    waiting.append(other.must_wait(second["update_id"]))

    assert waiting == [True, False]
    assert not other.must_wait(stranger["update_id"])
    assert not one.must_wait(first["update_id"])


def test_what_is_put_off_until_the_next_start_holds_up_no_later_message(processes: Make, update: Make):
    (*_, one, _), (*_, other, _) = processes(), processes()
    first, second = update("问"), update("问")
    one.receive(first)
    one.keep(first["update_id"])
    one.handled(first["update_id"])
    other.receive(second)

    assert not other.must_wait(second["update_id"])


def test_the_memory_names_nobody_once_a_message_is_handled(processes: Make, update: Make, state: Path):
    *_, inbox, _ = processes()
    sent = update("问")
    inbox.receive(sent)
    inbox.handled(sent["update_id"])

    with closing(sqlite3.connect(state)) as db:
        assert db.execute("SELECT content, writer FROM received").fetchall() == [(None, None)]


def test_what_an_administrator_takes_back_is_taken_back_by_one(processes: Make):
    (one, *_), (other, *_) = processes(), processes()
    number = one.added_files.add("new.txt")

    assert [other.added_files.take(number), one.added_files.take(number)] == ["new.txt", None]


def test_an_album_is_answered_once_though_its_pictures_come_to_several(processes: Make):
    (one, *_), (other, *_) = processes(), processes()

    assert [one.updates.add_album("9"), other.updates.add_album("9"), one.updates.add_album("8")] == [
        True,
        False,
        True,
    ]


def test_many_processes_may_open_a_new_memory_at_once(state: Path):
    code = (
        "from bot.storage.storage import Storage; from pathlib import Path; "
        f"print(Storage(Path({str(state)!r})).metrics.gaps())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(4)
    ]

    assert [process.communicate()[0] for process in running] == ["[]\n"] * 4


def test_reading_waits_for_no_writer_of_another_process(processes: Make):
    (one, *_), (other, *_) = processes(), processes()
    one.users.set_language(2, "en")
    written, read = threading.Event(), threading.Event()

    def write() -> None:
        with one.database.transaction() as db:
            db.execute("UPDATE person SET language = 'zh-Hans'")
            written.set()
            read.wait(5)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        written.wait(5)
        before = other.users.language(2)
        read.set()
        writing.result()

    assert (before, other.users.language(2)) == ("en", "zh-Hans")


def test_news_is_left_to_the_process_that_is_at_it_and_told_by_another_where_that_one_ends(
    processes: Make, conversation: Any, state: Path
):
    storage, slots, inbox, _ = processes()
    application = build_application(
        Settings(), conversation.library, request=conversation.application().bot.request, storage=storage,
        inbox=inbox, slots=slots, generation=lambda: 7,
    )  # fmt: skip

    async def run() -> list[bool]:
        told = []
        async with application:
            assert application.post_init
            assert application.post_stop
            with ProcessSlots(state).claim_news():
                await application.post_init(application)
                await asyncio.sleep(0.2)
                told.append(storage.notices.known_reports() is not None)
            for _ in range(100):
                if storage.notices.known_reports() is not None:
                    break
                await asyncio.sleep(0.1)
            told.append(storage.notices.known_reports() is not None)
            await application.post_stop(application)
        return told

    assert asyncio.run(run()) == [False, True]
