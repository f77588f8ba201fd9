"""Watching: refresh whenever the folder of reports changes."""

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import watch

from corpus import Rejection, WenbaoError, require_folder
from retrieval.errors import IndexBusy
from retrieval.indexing.refresh import Report

SETTLE_MS = 1_000
"""A burst of changes is taken together, at the latest after this time."""

QUIET_MS = 300
"""How long nothing must change for a burst to be over."""

AGAIN_MS = 2_500
"""After this time a file that was read while it was written is read once more."""

_log = logging.getLogger(__name__)


def follow(
    corpus: Path,
    refresh: Callable[[], Report],
    stop: threading.Event,
    told: Callable[[Report], None] = lambda _: None,
    rejected: Iterable[Rejection] = (),
) -> None:
    """Call `refresh` at once, and after every change below `corpus`, until `stop` is set.

    What it raises is logged, and the next change tried again: the index serves on as it is. `told` gets
    the report of every refresh that changed something; a rejected file is named once, and not at all if it
    is among the `rejected` that were named before. Raises `CorpusError` where there is no folder.
    """
    require_folder(corpus)
    named = set(rejected)
    _refreshed(refresh, told, named)
    # What changed between that refresh and the first look, or while a file was read, shows at one more.
    once_more = True
    for found in watch(
        corpus, debounce=SETTLE_MS, step=QUIET_MS, stop_event=stop,
        rust_timeout=AGAIN_MS, yield_on_timeout=True, raise_interrupt=False,
    ):  # fmt: skip
        if found or once_more:
            done = _refreshed(refresh, told, named)
            once_more = bool(found) or not done


def _refreshed(refresh: Callable[[], Report], told: Callable[[Report], None], named: set[Rejection]) -> bool:
    """Refresh once; returns whether it was done, and is not to be tried again soon."""
    try:
        report = refresh()
    except IndexBusy:
        return False
    except WenbaoError as error:
        _log.error("The index stays as it is: %s", error)
        return True
    for rejection in report.rejected:
        if rejection not in named:
            _log.warning("Left out: %s: %s", rejection.file, rejection.reason)
    named.clear()
    named.update(report.rejected)
    if report.added or report.changed or report.removed:
        told(report)
    return True
