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
from bot.delivery.process_slots import ProcessSlots
from bot.malloc import share_arenas, trim
from bot.settings import Settings
from bot.storage.storage import Storage
from bot.terminal.chat import converse
from corpus import Rejection, WenbaoError
from retrieval.cli.progress import show_progress
from retrieval.config import environment
from retrieval.errors import IndexBusy, IndexError_, IndexUnwritable, SettingsError

if TYPE_CHECKING:
    from retrieval import Encoder, Retriever
    from retrieval.indexing.refresh import RefreshReport

_AGAIN_SECONDS = 1.0
_log = logging.getLogger("bot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot.

    Returns:
        The exit status: 0 after an orderly end, 2 with one message when the bot cannot run, 1 with a
        traceback for a fault.
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
        return run(Settings.from_environment(environment(), token_needed=not terminal), terminal)
    except WenbaoError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    except Exception:
        # Python would print the error itself, with the token that the address in its message may hold; the
        # log hides the token.
        _log.critical("Ended by an error that should not be.", exc_info=True)
        return 1


def run(settings: Settings, terminal: bool) -> int:
    """Answer in Telegram or in the terminal until the end; return the exit status."""
    logs.configure(
        settings.token,
        logging.WARNING if terminal else logging.INFO,
        secrets=[settings.webhook.secret] if settings.webhook else (),
    )
    retriever, rejected = prepare(settings)
    with following(settings, retriever, rejected):
        if terminal:
            return converse(
                settings, retriever, lines=sys.stdin, out=sys.stdout, generation=generation(settings)
            )
        with closing(Storage(settings.state)) as storage, ProcessSlots(settings.state) as slots:
            return serve(settings, retriever, storage, slots)


def prepare(settings: Settings) -> tuple["Retriever", tuple[Rejection, ...]]:
    """Refresh the index and open it.

    While another process refreshes the index, the bot serves the index as it is, or waits for the other
    process where there is no index yet.

    Returns:
        The retriever, and the files that cannot be read.
    """
    with show_progress() as progress:
        progress("loading", 0, 0)
        # Here, because this imports the libraries of the model, which take seconds to load.
        from retrieval import Retriever, load_encoder

        encoder = load_encoder(settings.model, lambda what: progress(what, 0, 0))
        rejected = _refresh(settings, encoder, progress)
        retriever = Retriever.open(settings.index, encoder=encoder)
    for rejection in rejected:
        _log.warning("Left out: %s: %s", rejection.file, rejection.reason)
    _log.info("%d reports are ready.", len(retriever.articles()))
    trim()
    return retriever, rejected


def _refresh(
    settings: Settings, encoder: "Encoder", progress: Callable[[str, int, int], None]
) -> tuple[Rejection, ...]:
    from retrieval import open_index, refresh

    while True:
        try:
            return refresh(settings.corpus, settings.index, encoder=encoder, progress=progress).rejected
        except (IndexBusy, IndexUnwritable) as error:
            if open_index(settings.index).number() is not None:
                _log.warning("The index is served as it is: %s", error)
                return ()
            if not isinstance(error, IndexBusy):
                raise
            progress("waiting for another process to make the index", 0, 0)
            time.sleep(_AGAIN_SECONDS)


@contextmanager
def following(settings: Settings, retriever: "Retriever", rejected: tuple[Rejection, ...]) -> Iterator[None]:
    """Refresh the index after every change of the folder of reports, in a thread, until the context ends.

    Several processes may do so: one refreshes at a time, and the next one finds nothing left to do.
    """
    from retrieval import follow, refresh

    def log(done: "RefreshReport") -> None:
        _log.info(
            "The index is in step: %d added, %d changed, %d removed.", done.added, done.changed, done.removed
        )

    refresh_once = partial(refresh, settings.corpus, settings.index, encoder=retriever.encoder)
    stop = Event()
    thread = Thread(target=follow, args=(settings.corpus, refresh_once, stop, log, rejected), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def generation(settings: Settings) -> Callable[[], int | None]:
    """Return a function that reads the number of the index's generation; None while it cannot be read."""
    from retrieval import open_index

    def number() -> int | None:
        try:
            return open_index(settings.index).number()
        except IndexError_:
            return None  # the retriever logs it and serves on from the generation it holds

    return number


def serve(settings: Settings, retriever: "Retriever", storage: Storage, slots: ProcessSlots) -> int:
    """Answer in Telegram until a signal ends the process; return the exit status 0."""
    inbox = Inbox(storage, f"{settings.api_url} {settings.token.partition(':')[0]}", slots)
    updates = UpdatesRequest(is_new=inbox.receive)
    application = build_application(
        settings,
        retriever,
        updates=updates,
        storage=storage,
        editor=FolderEditor(
            settings.corpus, settings.index, retriever.encoder, private_links=settings.private_links
        ),
        generation=generation(settings),
        inbox=inbox,
        slots=slots,
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
            # Removes a webhook that was set before. Retries without end, because a bot that starts with the
            # machine may start before the network.
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
