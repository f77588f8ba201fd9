"""Answers as panels of the library `rich`."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from retrieval.display.text import answer_text, around, explanation_lines, source

if TYPE_CHECKING:
    from retrieval.answer import Answer, Result


def answer_panels(answer: "Answer") -> RenderableType:
    """Show the quotes of an answer in panels, or why there is none."""
    if answer.reason:
        return Text(answer_text(answer))
    return Group(*map(result_panel, answer.quotes))


def result_panel(result: "Result") -> RenderableType:
    """Show a passage in a panel, its answering sentence bold, its source in the frame."""
    before, after = around(result)
    text = Text.assemble(before, (result.answer.text, "bold"), after)
    explained = Padding(Text("\n".join(map(str.strip, explanation_lines(result))), style="dim"), (1, 0, 0, 0))
    inside = Group(text, explained) if result.explanation else text
    return Panel(inside, subtitle=Text(source(result.article, result.section)), subtitle_align="left")
