"""A page as its lines, and the record of those that are cut."""

from dataclasses import dataclass

from corpus.text.normalize import halfwidth


@dataclass(frozen=True, slots=True)
class Line:
    """One line with something on it.

    `text` has no white space around it, `key` is `text` folded for matching, `indented` tells whether
    white space stood before it, `gap` how many empty lines above it; `number` counts from 1.
    """

    number: int
    text: str
    key: str
    indented: bool
    gap: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A line, or the piece of one, that is not part of the report, and the name of the rule that says so."""

    number: int
    line: str
    rule: str


def split_lines(page: str) -> tuple[Line, ...]:
    """The visible lines of a page whose line breaks are all newlines."""
    lines = []
    gap = 0
    for number, received in enumerate(page.split("\n"), start=1):
        text = received.strip()
        if text:
            lines.append(Line(number, text, halfwidth(text), received[0].isspace(), gap))
            gap = 0
        else:
            gap += 1
    return tuple(lines)


def remove_spaces(line: str) -> str:
    """A line without its spaces, which pages set at will between the parts of a headline."""
    return "".join(line.split())
