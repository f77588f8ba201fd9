import sqlite3
from pathlib import Path

import pytest

from bot.storage.database import StateError
from bot.storage.migrations import MIGRATIONS
from bot.storage.store import CONTEXT_SECONDS, REPLY_SECONDS, Store


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return Store(clock=clock)


def add_reply(store: Store, chat: int = 1, user: int = 2):
    return store.add_reply(
        chat, user, "问", "全问", ["全"], True, None, None, [{"text": "引文\ud83d"}], {}, False
    )


def test_what_is_kept_survives_a_restart(tmp_path: Path):
    file = tmp_path / "deep" / "bot.sqlite3"
    first = Store(file)
    first.set_language(2, "en")
    first.set_filters(2, {"place": "江北区"})
    first.subscribe(1, 2, "养老", "江北区", "en")
    reply = add_reply(first)
    first.close()

    second = Store(file)

    assert second.language(2) == "en"
    assert second.filters(2) == {"place": "江北区"}
    assert [one.query for one in second.subscriptions()] == ["养老"]
    assert second.reply(reply.id, 1) == reply


def test_the_file_is_for_nobody_else_to_read(tmp_path: Path):
    Store(tmp_path / "bot.sqlite3")

    assert (tmp_path / "bot.sqlite3").stat().st_mode & 0o077 == 0


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path):
    file = tmp_path / "bot.sqlite3"
    with sqlite3.connect(file) as db:
        db.executescript(
            f"{MIGRATIONS[0]}; PRAGMA user_version = 1; INSERT INTO person (user, language) VALUES (2, 'en')"
        )
    db.close()

    assert Store(file).language(2) == "en"


def test_a_file_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path):
    file = tmp_path / "bot.sqlite3"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()

    with pytest.raises(StateError, match=r"newer version.*STATE_FILE"):
        Store(file)


def test_a_file_that_is_no_memory_is_refused_by_name(tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("no database" * 1_000)

    with pytest.raises(StateError, match=r"notes\.txt"):
        Store(file)


def test_the_last_question_is_forgotten_after_a_while(store: Store, clock: Clock):
    store.remember(1, 2, "问")

    clock.now += CONTEXT_SECONDS + 1

    assert store.previous(1, 2) is None


def test_the_last_question_is_each_persons_own(store: Store):
    store.remember(1, 2, "甲问")

    assert (store.previous(1, 2), store.previous(1, 3)) == ("甲问", None)


def test_an_answer_of_another_chat_is_not_found(store: Store):
    assert store.reply(add_reply(store, chat=1).id, 9) is None


def test_answers_are_deleted_past_their_time(store: Store, clock: Clock):
    reply = add_reply(store)
    clock.now += REPLY_SECONDS + 1
    store.tidy()

    clock.now = 1_700_000_000.0

    assert store.reply(reply.id, 1) is None


def test_forget_deletes_all_of_a_person_and_nothing_of_another(store: Store):
    for user in (2, 3):
        store.set_language(user, "en")
        store.set_filters(user, {"place": "江北区"})
        store.remember(1, user, "问")
        reply = add_reply(store, user=user)
        store.vote(reply.id, user, True, "问", None, None)
        store.subscribe(1, user, "养老", "", "en")

    store.forget(2)

    assert not any(store.kept_of(2).values())
    assert all(store.kept_of(3).values())


def test_nothing_of_a_forgotten_person_is_left_in_the_file(tmp_path: Path):
    file = tmp_path / "bot.sqlite3"
    store = Store(file)
    store.remember(1, 2, "绝密的问题")
    store.forget(2)
    store.close()

    assert "绝密的问题".encode() not in file.read_bytes()


def test_a_gap_is_counted_and_has_no_author(store: Store):
    for question in ("多少？", "多少!"):
        store.add_gap("多少", question, "unrelated")

    ((folded, question, _, times, day),) = store.gaps()
    assert (folded, question, times, day) == ("多少", "多少？", 2, "2023-11-14")


def test_a_second_vote_replaces_the_first(store: Store):
    store.vote(1, 2, True, "问", "答", None)
    store.vote(1, 2, False, "问", "答", None)

    assert [good for _, good, *_ in store.votes()] == [False]


def test_the_same_cannot_be_followed_twice(store: Store):
    assert store.subscribe(1, 2, "养老", "", "en")
    assert store.subscribe(1, 2, "养老", "", "en") is None


def test_a_group_that_moves_keeps_what_it_follows(store: Store):
    store.subscribe(-1, 2, "养老", "", "en")

    store.move_chat(-1, -100)

    assert [one.chat for one in store.subscriptions()] == [-100]
