"""`python -m bot` answers in Telegram, `python -m bot --terminal` in the terminal."""

import argparse
import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING

from telegram.error import InvalidToken

from bot import logs
from bot.app import ALLOWED_UPDATES, build_application
from bot.botapi.requests import UpdatesRequest
from bot.content.editor import FolderEditor
from bot.delivery import webhook
from bot.delivery.inbox import Inbox
from bot.delivery.process_slots import Peers
from bot.malloc import share_arenas, trim
from bot.settings import Settings
from bot.storage.store import Store
from bot.terminal.chat import converse
from corpus import Rejection, WenbaoError
from retrieval.cli.progress import show_progress
from retrieval.config import environment
from retrieval.errors import IndexBusy, IndexError_, IndexUnwritable, SettingsError

if TYPE_CHECKING:
    from retrieval import Retriever

_AGAIN_SECONDS = 1.0
_log = logging.getLogger("bot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot and give the exit status.

    0 at an orderly end, 2 with one message when the bot cannot run, 1 with a traceback for a fault.
    """
    parser = argparse.ArgumentParser("python -m bot", description="Answers questions about reports.")
    parser.add_argument("--terminal", action="store_true", help="chat here, without Telegram or token")
    terminal: bool = parser.parse_args(arguments).terminal
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _end)
    share_arenas()
    try:
        settings = Settings.from_environment(environment(), token_needed=not terminal)
        logs.configure(
            settings.token,
            logging.WARNING if terminal else logging.INFO,
            secrets=[settings.webhook.secret] if settings.webhook else (),
        )
        library, rejected = prepare(settings)
        with following(settings, library, rejected):
            if terminal:
                return converse(
                    settings, library, lines=sys.stdin, out=sys.stdout, generation=generation(settings)
                )
            with closing(Store(settings.state)) as store, Peers(settings.state) as peers:
                return serve(settings, library, store, peers)
    except WenbaoError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    except Exception:
        # The last door: Python would print the error itself, with the token that the address in its message
        # may hold; the log hides that.
        _log.critical("Ended by an error that should not be.", exc_info=True)
        return 1


def prepare(settings: Settings) -> tuple["Retriever", tuple[Rejection, ...]]:
    """Bring the index in step with the reports and open it; reports that cannot be read are named.

    Another process that is at it is waited for where there is no index yet, and served beside otherwise.
    """
    with show_progress() as progress:
        progress("loading", 0, 0)
        # Here, because these bring in the libraries of the model, which take seconds to load.
        from retrieval import Retriever
        from retrieval.index.base import open_store
        from retrieval.indexing.refresh import refresh
        from retrieval.models.encoder import load

        encoder = load(settings.model, lambda what: progress(what, 0, 0))
        rejected: tuple[Rejection, ...] = ()
        while True:
            try:
                rejected = refresh(
                    settings.corpus, settings.index, encoder=encoder, progress=progress
                ).rejected
            except (IndexBusy, IndexUnwritable) as error:
                if open_store(settings.index).number() is not None:
                    _log.warning("The index is served as it is: %s", error)
                elif isinstance(error, IndexBusy):
                    progress("waiting for another process to make the index", 0, 0)
                    time.sleep(_AGAIN_SECONDS)
                    continue
                else:
                    raise
            break
        library = Retriever.open(settings.index, encoder=encoder)
    for rejection in rejected:
        _log.warning("Left out: %s: %s", rejection.file, rejection.reason)
    _log.info("%d reports are ready.", len(library.articles()))
    trim()
    return library, rejected


@contextmanager
def following(settings: Settings, library: "Retriever", rejected: tuple[Rejection, ...]) -> Iterator[None]:
    """Keep the index in step with the folder of reports meanwhile, in a thread of its own.

    Several processes may do so: one refreshes at a time, and the next finds nothing left to do.
    """
    from retrieval.indexing.refresh import Report, refresh
    from retrieval.indexing.watch import follow

    def told(done: Report) -> None:
        _log.info(
            "The index is in step: %d added, %d changed, %d removed.", done.added, done.changed, done.removed
        )

    once = partial(refresh, settings.corpus, settings.index, encoder=library.encoder)
    stop = Event()
    thread = Thread(target=follow, args=(settings.corpus, once, stop, told, rejected), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def generation(settings: Settings) -> Callable[[], int | None]:
    """What tells the number of the index's generation; None while it cannot be read."""
    from retrieval.index.base import open_store

    def number() -> int | None:
        try:
            return open_store(settings.index).number()
        except IndexError_:
            return None  # the library says so in the log, and serves on from what it holds

    return number


def serve(settings: Settings, library: "Retriever", store: Store, peers: Peers) -> int:
    """Answer in Telegram until a signal ends the process; exit status 0."""
    inbox = Inbox(store, f"{settings.api_url} {settings.token.partition(':')[0]}", peers)
    updates = UpdatesRequest(is_new=inbox.receive)
    application = build_application(
        settings,
        library,
        updates=updates,
        store=store,
        editor=FolderEditor(
            settings.corpus, settings.index, library.encoder, private_links=settings.private_links
        ),
        generation=generation(settings),
        inbox=inbox,
        peers=peers,
    )
    updates.on_rejection = application.stop_running
    refused = SettingsError(
        f"{settings.api_url} does not accept the token in TELEGRAM_BOT_TOKEN. "
        "Copy it from @BotFather again, or ask there for a new one."
    )
    try:
        if settings.webhook:
            asyncio.run(webhook.serve(application, settings.webhook, inbox, ALLOWED_UPDATES))
        else:
            # Takes away a webhook that was set before. Tries without end, because a bot that starts with
            # the machine may come up before the network.
            application.run_polling(
                allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False, bootstrap_retries=-1
            )
    except InvalidToken:
        raise refused from None
    if updates.rejected:
        raise refused
    _log.info("Ended.")
    return 0


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
