"""Refresh whenever the folder of reports changes."""

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import watch

from corpus import Rejection, WenbaoError, require_folder
from retrieval.errors import IndexBusy
from retrieval.indexing.refresh import RefreshReport

SETTLE_MS = 1_000
"""The longest time for which changes are collected before a refresh."""

QUIET_MS = 300
"""The time without changes after which a refresh begins."""

AGAIN_MS = 2_500
"""The time after which a file is read again that may have been read while it was written."""

_log = logging.getLogger(__name__)


def follow(
    corpus: Path,
    refresh: Callable[[], RefreshReport],
    stop: threading.Event,
    on_change: Callable[[RefreshReport], None] = lambda _: None,
    rejected: Iterable[Rejection] = (),
) -> None:
    """Call `refresh` once at the start and after every change below a folder.

    Errors of `refresh` are logged; the index stays as it is and the next change is tried again.

    Args:
        corpus: The folder to watch.
        refresh: Updates the index to the folder.
        stop: Ends the watching when it is set.
        on_change: Receives the report of every refresh that changed the index.
        rejected: Rejections that were already logged; every other one is logged once.

    Raises:
        CorpusError: the folder is missing.
    """
    require_folder(corpus)
    logged = set(rejected)
    _refresh_once(refresh, on_change, logged)
    # A change before the watching began, or while a file was read, is found by one more refresh.
    again = True
    for found in watch(
        corpus, debounce=SETTLE_MS, step=QUIET_MS, stop_event=stop,
        rust_timeout=AGAIN_MS, yield_on_timeout=True, raise_interrupt=False,
    ):  # fmt: skip
        if found or again:
            done = _refresh_once(refresh, on_change, logged)
            again = bool(found) or not done


def _refresh_once(
    refresh: Callable[[], RefreshReport],
    on_change: Callable[[RefreshReport], None],
    logged: set[Rejection],
) -> bool:
    """Refresh once; returns False if it should be tried again soon, because another process was writing."""
    try:
        report = refresh()
    except IndexBusy:
        return False
    except WenbaoError as error:
        _log.error("The index stays as it is: %s", error)
        return True
    for rejection in report.rejected:
        if rejection not in logged:
            _log.warning("Left out: %s: %s", rejection.file, rejection.reason)
    logged.clear()
    logged.update(report.rejected)
    if report.added or report.changed or report.removed:
        on_change(report)
    return True
