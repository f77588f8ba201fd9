import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from telegram.request import RequestData

from bot.botapi.requests import UpdatesRequest
from bot.delivery.inbox import Inbox
from bot.storage.storage import Storage
from bot.storage.updates import UPDATE_SECONDS

Make = Callable[..., Any]


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "bot.sqlite3")


def test_an_update_that_comes_twice_is_new_once(storage: Storage, update: Make):
    sent = update("问")

    assert [Inbox(storage, "s").receive(sent) for _ in range(2)] == [True, False]


def test_another_bot_or_server_has_updates_of_its_own(storage: Storage, update: Make):
    sent = update("问")

    assert Inbox(storage, "one").receive(sent)
    assert Inbox(storage, "other").receive(sent)


def test_a_handled_update_is_not_new_after_a_restart_and_its_words_are_gone(
    storage: Storage, update: Make, tmp_path: Path
):
    sent = update("绝密的问题")
    inbox = Inbox(storage, "s")
    inbox.receive(sent)
    inbox.handled(sent["update_id"])

    assert not Inbox(storage, "s").receive(sent)
    assert Inbox(storage, "s").left_behind() == []
    storage.close()
    assert b"\\u7edd\\u5bc6" not in (tmp_path / "bot.sqlite3").read_bytes()


def test_what_an_earlier_process_left_behind_is_taken_up_in_its_order(storage: Storage, update: Make):
    sent = [update("一"), update("二")]
    for one in sent:
        Inbox(storage, "s").receive(one)

    later = Inbox(storage, "s")

    assert later.left_behind() == sent
    later.handled(sent[0]["update_id"])
    assert Inbox(storage, "s").left_behind() == sent[1:]


def test_an_update_that_ends_the_process_again_and_again_is_given_up(storage: Storage, update: Make):
    Inbox(storage, "s").receive(update("毒"))

    assert [len(Inbox(storage, "s").left_behind()) for _ in range(3)] == [1, 1, 0]


def test_what_could_not_be_sent_is_kept_for_the_next_process(storage: Storage, update: Make):
    sent = update("问")
    inbox = Inbox(storage, "s")
    inbox.receive(sent)
    inbox.keep(sent["update_id"])
    inbox.handled(sent["update_id"])

    assert Inbox(storage, "s").left_behind() == [sent]


def test_handled_updates_are_forgotten_in_time(update: Make):
    now = 0.0
    storage = Storage(clock=lambda: now)
    sent = update("问")
    inbox = Inbox(storage, "s")
    inbox.receive(sent)
    inbox.handled(sent["update_id"])
    now = UPDATE_SECONDS + 1.0
    storage.delete_expired()

    assert inbox.receive(sent)


def test_an_update_delivered_twice_over_http_is_reduced_to_its_number(
    server: Any, storage: Storage, update: Make
):
    first, second = update("一"), update("二")
    server.api.deliver(first, first, second)

    async def fetch() -> Any:
        async with UpdatesRequest(is_new=Inbox(storage, "s").receive) as request:
            return await request.post(f"{server.url}/bot{server.token}/getUpdates", RequestData())

    got = asyncio.run(fetch())

    assert got == [first, {"update_id": first["update_id"]}, second]
