"""Splits a page into lines, and records the lines that are cut."""

from dataclasses import dataclass

from corpus.text.normalize import halfwidth


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty.

    Attributes:
        number: counted from 1, empty lines included.
        text: without white space around it.
        key: `text` with simplified characters and half-width signs, character for character; for matching.
        indented: white space stood in front of the text.
        gap: the number of empty lines directly above.
    """

    number: int
    text: str
    key: str
    indented: bool
    gap: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A line, or a part of one, that does not belong to the report, and the name of the rule that cut it."""

    number: int
    line: str
    rule: str


def split_lines(page: str) -> tuple[Line, ...]:
    """Split a page at its newlines and drop the empty lines."""
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
    """Remove all white space from a line; pages differ in the spaces between the parts of a headline."""
    return "".join(line.split())
