"""Progress of long steps: one line on standard error, on a terminal only."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, TextColumn

PATIENCE_SECONDS = 2.0
"""What ends sooner shows nothing."""

_REFRESHES_PER_SECOND = 5


@contextmanager
def show_progress(console: Console | None = None) -> Iterator[Callable[[str, int, int], None]]:
    """Show what is being done until the context ends.

    Args:
        console: Where the line is shown; standard error if None.

    Yields:
        A function to call with what is being done, how much of it is done, and how much there is, which is 0
        where that is unknown.
    """
    console = console or Console(stderr=True)
    line = Progress(
        TextColumn("… {task.description}{task.fields[count]} ({task.elapsed:.0f} s)", markup=False),
        console=console,
        transient=True,
        refresh_per_second=_REFRESHES_PER_SECOND,
        disable=not console.is_terminal,
    )
    task = line.add_task("", count="")

    def update(what: str, done: int, total: int) -> None:
        line.update(task, description=what, count=f" {done}/{total}" if total else "")

    timer = threading.Timer(PATIENCE_SECONDS, line.start)
    timer.daemon = True
    timer.start()
    try:
        yield update
    finally:
        timer.cancel()
        timer.join()
        line.stop()
