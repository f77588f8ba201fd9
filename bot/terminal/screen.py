"""Show messages with their entities on a terminal, or as plain text if the output is none."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from bot.botapi.utf16 import code_points

_BAR = "│ "


class Screen:
    """Where messages are shown, a blank line between two.

    On a terminal bold is bold and lines are wrapped behind the bar of their quote; elsewhere bold is
    `**…**` and every line stays whole. `closed` is true once nobody reads any more.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        # Not left to rich: FORCE_COLOR and the like would put escape codes into files.
        self._console = Console(file=out, force_terminal=True, highlight=False) if out.isatty() else None
        self._shown = False
        self.closed = False

    def show(
        self, text: str, entities: Sequence[dict[str, Any]], rows: Sequence[Sequence[dict[str, Any]]] = ()
    ) -> None:
        """Show one message as its entities say, whose offsets are UTF-16 units, and its rows of buttons.

        On a terminal the buttons are numbered; elsewhere nobody can press one, and only the headlines
        and questions that some of them bear are shown.
        """
        if self.closed:
            return
        try:
            if self._shown or self._console:
                self._out.write("\n")
            for quoted, runs in _lines(text, entities):
                self._line(quoted, runs)
            self._buttons(rows)
            self._out.flush()
        except BrokenPipeError:
            self.closed = True
            # The interpreter flushes standard output once more at its end, and would complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
        self._shown = True

    def _buttons(self, rows: Sequence[Sequence[dict[str, Any]]]) -> None:
        number = 0
        for row in rows:
            labels = []
            for button in row:
                if "callback_data" in button:
                    number += 1
                    labels.append(f"[{number}] {button['text']}" if self._console else button["text"])
                else:
                    labels.append(f"{button['text']} {button.get('url', '')}")
            if self._console:
                self._line(False, [("   ".join(labels), False)])
            elif row and _is_readable_alone(str(row[0]["text"])):
                self._line(False, [(label, False) for label in labels])

    def note(self, text: str) -> None:
        """Show a line that no bot has sent."""
        self._out.write(f"\n{text}\n")
        self._out.flush()

    def _line(self, quoted: bool, runs: list[tuple[str, bool]]) -> None:
        if self._console is None:
            marked = "".join(f"**{run}**" if bold else run for run, bold in runs)
            self._out.write(f"{_BAR if quoted else ''}{marked}\n")
            return
        line = Text()
        for run, bold in runs:
            line.append(run, style="bold" if bold else "")
        bar = _BAR if quoted else ""
        for row in line.wrap(self._console, max(8, self._console.width - len(bar))) or [line]:
            row.rstrip()
            self._console.print(Text.assemble((bar, "dim"), row), soft_wrap=True)


def _is_readable_alone(label: str) -> bool:
    """Return whether a button's label is a headline or a question, which are of use without a press."""
    return label.startswith("《") or label.endswith(("？", "?"))


def _lines(text: str, entities: Sequence[dict[str, Any]]) -> Iterator[tuple[bool, list[tuple[str, bool]]]]:
    """Each line of `text`: whether it is quoted, and its runs with whether they are bold."""
    quoted = _covered(text, entities, "blockquote", "expandable_blockquote")
    bold = _covered(text, entities, "bold")
    start = 0
    for line in text.split("\n"):
        indices = range(start, start + len(line))
        runs = [
            ("".join(text[index] for index in run), is_bold)
            for is_bold, run in groupby(indices, key=lambda index: bold[index])
        ]
        # An empty line inside a quote is known by its line break.
        yield any(quoted[index] for index in range(start, start + max(1, len(line)))), runs
        start += len(line) + 1


def _covered(text: str, entities: Sequence[dict[str, Any]], *kinds: str) -> list[bool]:
    covered = [False] * (len(text) + 1)
    for entity in entities:
        if entity["type"] in kinds:
            start, end = code_points(text, entity["offset"], entity["length"])
            covered[start:end] = [True] * (end - start)
    return covered
