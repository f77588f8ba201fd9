"""Tables in plain text."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 10_000  # wider than any table: nothing is wrapped or cut


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align rows of cells in columns, the first one to the left and the others to the right.

    Args:
        rows: The cells of each row, the head included; all rows are of one length.
    """
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    for i in range(len(rows[0])):
        grid.add_column(justify="left" if i == 0 else "right", no_wrap=True)
    for row in rows:
        grid.add_row(*map(Text, row))
    console = Console(width=_WIDTH, color_system=None)
    with console.capture() as captured:
        console.print(grid)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
