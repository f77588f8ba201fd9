import sqlite3
from pathlib import Path

import pytest

from bot.storage.database import StateError
from bot.storage.last_questions import FOLLOW_UP_SECONDS
from bot.storage.migrations import MIGRATIONS
from bot.storage.replies import REPLY_SECONDS, Reply
from bot.storage.storage import Storage


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def storage(clock: Clock) -> Storage:
    return Storage(clock=clock)


def add_reply(storage: Storage, chat: int = 1, user: int = 2):
    return storage.replies.add(
        Reply(0, chat, user, "问", "全问", ("全",), True, None, None, ({"text": "引文\ud83d"},), {}, False)
    )


def test_what_is_kept_survives_a_restart(tmp_path: Path):
    file = tmp_path / "deep" / "bot.sqlite3"
    first = Storage(file)
    first.users.set_language(2, "en")
    first.users.set_filters(2, {"place": "江北区"})
    first.subscriptions.add(1, 2, "养老", "江北区", "en")
    reply = add_reply(first)
    first.close()

    second = Storage(file)

    assert second.users.language(2) == "en"
    assert second.users.filters(2) == {"place": "江北区"}
    assert [one.query for one in second.subscriptions.find()] == ["养老"]
    assert second.replies.get(reply.id, 1) == reply


def test_the_file_is_for_nobody_else_to_read(tmp_path: Path):
    Storage(tmp_path / "bot.sqlite3")

    assert (tmp_path / "bot.sqlite3").stat().st_mode & 0o077 == 0


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path):
    file = tmp_path / "bot.sqlite3"
    with sqlite3.connect(file) as db:
        db.executescript(
            f"{MIGRATIONS[0]}; PRAGMA user_version = 1; INSERT INTO person (user, language) VALUES (2, 'en')"
        )
    db.close()

    assert Storage(file).users.language(2) == "en"


def test_a_file_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path):
    file = tmp_path / "bot.sqlite3"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()

    with pytest.raises(StateError, match=r"newer version.*STATE_FILE"):
        Storage(file)


def test_a_file_that_is_no_memory_is_refused_by_name(tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("no database" * 1_000)

    with pytest.raises(StateError, match=r"notes\.txt"):
        Storage(file)


def test_the_last_question_is_forgotten_after_a_while(storage: Storage, clock: Clock):
    storage.last_questions.set(1, 2, "问")

    clock.now += FOLLOW_UP_SECONDS + 1

    assert storage.last_questions.get(1, 2) is None


def test_the_last_question_is_each_persons_own(storage: Storage):
    storage.last_questions.set(1, 2, "甲问")

    assert (storage.last_questions.get(1, 2), storage.last_questions.get(1, 3)) == ("甲问", None)


def test_an_answer_of_another_chat_is_not_found(storage: Storage):
    assert storage.replies.get(add_reply(storage, chat=1).id, 9) is None


def test_answers_are_deleted_past_their_time(storage: Storage, clock: Clock):
    reply = add_reply(storage)
    clock.now += REPLY_SECONDS + 1
    storage.delete_expired()

    clock.now = 1_700_000_000.0

    assert storage.replies.get(reply.id, 1) is None


def test_forget_deletes_all_of_a_person_and_nothing_of_another(storage: Storage):
    for user in (2, 3):
        storage.users.set_language(user, "en")
        storage.users.set_filters(user, {"place": "江北区"})
        storage.last_questions.set(1, user, "问")
        reply = add_reply(storage, user=user)
        storage.votes.set(reply.id, user, True, "问", None, None)
        storage.subscriptions.add(1, user, "养老", "", "en")

    storage.forget_user(2)

    assert not any(storage.count_of_user(2).values())
    assert all(storage.count_of_user(3).values())


def test_nothing_of_a_forgotten_person_is_left_in_the_file(tmp_path: Path):
    file = tmp_path / "bot.sqlite3"
    storage = Storage(file)
    storage.last_questions.set(1, 2, "绝密的问题")
    storage.forget_user(2)
    storage.close()

    assert "绝密的问题".encode() not in file.read_bytes()


def test_a_gap_is_counted_and_has_no_author(storage: Storage):
    for question in ("多少？", "多少!"):
        storage.metrics.add_gap("多少", question, "unrelated")

    ((folded, question, _, times, day),) = storage.metrics.gaps()
    assert (folded, question, times, day) == ("多少", "多少？", 2, "2023-11-14")


def test_a_second_vote_replaces_the_first(storage: Storage):
    storage.votes.set(1, 2, True, "问", "答", None)
    storage.votes.set(1, 2, False, "问", "答", None)

    assert [good for _, good, *_ in storage.votes.all()] == [False]


def test_the_same_cannot_be_followed_twice(storage: Storage):
    assert storage.subscriptions.add(1, 2, "养老", "", "en")
    assert storage.subscriptions.add(1, 2, "养老", "", "en") is None


def test_a_group_that_moves_keeps_what_it_follows(storage: Storage):
    storage.subscriptions.add(-1, 2, "养老", "", "en")

    storage.subscriptions.move_chat(-1, -100)

    assert [one.chat for one in storage.subscriptions.find()] == [-100]
