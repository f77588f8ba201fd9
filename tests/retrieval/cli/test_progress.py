import time
from io import StringIO

import pytest
from rich.console import Console

from retrieval.cli.progress import PATIENCE_SECONDS, show_progress


@pytest.fixture
def terminal():
    return Console(file=StringIO(), force_terminal=True, width=80)


def test_what_takes_long_is_shown_with_how_much_of_it_is_done(terminal):
    with show_progress(terminal) as progress:
        progress("reading reports", 3, 10)
        time.sleep(PATIENCE_SECONDS + 0.5)
    assert "… reading reports 3/10 (" in terminal.file.getvalue()


def test_what_ends_soon_shows_nothing(terminal):
    with show_progress(terminal) as progress:
        progress("loading the model", 0, 0)
    assert "loading" not in terminal.file.getvalue()


def test_nothing_is_written_where_there_is_no_terminal():
    console = Console(file=StringIO(), force_terminal=False)
    with show_progress(console) as progress:
        progress("reading reports", 3, 10)
        time.sleep(PATIENCE_SECONDS + 0.2)
    assert console.file.getvalue() == ""
