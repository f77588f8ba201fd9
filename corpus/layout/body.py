"""Parses the lines between header and footer into paragraphs, section headings and captions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.article import Section
from corpus.data import read_toml
from corpus.layout.boilerplate import boilerplate_rule
from corpus.layout.lines import Cut, Line, remove_spaces
from corpus.text.sentences import ends_sentence

Kind = Literal["paragraph", "heading", "caption", "boilerplate"]

_LONGEST_HEADING = 40
_LONGEST_CAPTION = 80
_HEADING_LINES = 2  # the most lines of a heading; more short lines are a list or a poem
_KNOWN_HEADING = re.compile(
    rf"[【\[]?(?:{'|'.join(read_toml('layout_words.toml')['body']['section_headings'])})[】\]]?:?"
)
_NUMBERED = re.compile(
    r"(?:第?[一二三四五六七八九十]+[、.章节部]|[(][一二三四五六七八九十\d]+[)]|\d{1,2}[、.]|0\d$).*"
)
_PHOTOGRAPHER = r"(?:[^。!?]{0,24}\s*/?(?:摄|供图|摄影)[)]?|图片来源.{0,20})"
_CAPTION = re.compile(
    rf"[▲▼△▽][^。!?]*。?{_PHOTOGRAPHER}?"
    rf"|[(]?(?:上|下|左|右|题|本|资料)?图(?:片|\d|[一二三四五六七八九十])?(?:为|:|/)[^。!?]*。?{_PHOTOGRAPHER}?"
    r"|[(]?资料(?:图|照)片?[)]?"
    r"|.*[^。!?](?:\s+|/|记者)[\u4e00-\u9fff·]{2,4}\s*/?摄[)]?|.*(?:供图|摄影|摄|资料图片)[)]"
)
# Rules that hold between the paragraphs of a report too: no report has such a line of its own.
_ANYWHERE = ("page turning", "text size", "sharing", "back to top")


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a report, its sections, and the lines that were cut from it."""

    text: str
    sections: tuple[Section, ...]
    cuts: tuple[Cut, ...]


def parse_body(lines: tuple[Line, ...], marked: frozenset[str] = frozenset()) -> Body:
    """Join the lines between header and footer into one text; every paragraph is in exactly one section.

    Args:
        marked: the lines that the markup marks as headings, without white space.
    """
    kinds = _kinds(lines, marked)
    cuts = [
        Cut(
            line.number,
            line.text,
            boilerplate_rule(line.key, "footer") or kind if kind == "boilerplate" else kind,
        )
        for line, kind in zip(lines, kinds, strict=True)
        if kind in ("caption", "boilerplate")
    ]
    kept = [
        (line.text, kind) for line, kind in zip(lines, kinds, strict=True) if kind in ("paragraph", "heading")
    ]
    return Body("\n".join(text for text, _ in kept), _sections(kept), tuple(cuts))


def _sections(kept: Sequence[tuple[str, Kind]]) -> tuple[Section, ...]:
    sections: list[Section] = []
    heading: list[str] = []
    start: int | None = None
    offset = 0
    for text, kind in (*kept, ("", "heading")):
        if kind == "heading" and start is not None:
            sections.append(Section(" ".join(heading) or None, start, offset - 1))
            heading, start = [], None
        if kind == "heading":
            heading.append(" ".join(text.split()))
        elif start is None:
            start = offset
        offset += len(text) + 1
    return tuple(sections)


def _kinds(lines: tuple[Line, ...], marked: frozenset[str]) -> list[Kind]:
    indented = _is_indented(lines) and _indents_headings(lines)
    kinds: list[Kind] = []
    for line in lines:
        if boilerplate_rule(line.key, "footer") in _ANYWHERE:
            kinds.append("boilerplate")
        elif remove_spaces(line.text) in marked:
            kinds.append("heading")
        elif _is_caption(line, indented):
            kinds.append("caption")
        else:
            kinds.append("heading" if _may_be_heading(line) else "paragraph")
    return _confirmed(lines, kinds, marked)


def _confirmed(lines: tuple[Line, ...], kinds: list[Kind], marked: frozenset[str]) -> list[Kind]:
    """Keep as headings what the markup marks, and short lines with a paragraph below."""
    run: list[int] = []
    for index, kind in enumerate([*kinds, "end"]):
        if kind == "heading":
            run.append(index)
        elif kind != "caption" and kind != "boilerplate":
            known = run and _KNOWN_HEADING.fullmatch(lines[run[-1]].key)
            alone = len(run) == 1 and lines[run[0]].key.endswith(":") and not known
            if kind == "end" or alone or len(run) > _HEADING_LINES:
                for member in run:
                    if kind == "end" or remove_spaces(lines[member].text) not in marked:
                        kinds[member] = "paragraph"
            run = []
    return kinds


def _may_be_heading(line: Line) -> bool:
    if _KNOWN_HEADING.fullmatch(line.key):
        return True
    return (
        len(line.text) <= _LONGEST_HEADING
        and not ends_sentence(line.text)
        and line.key[-1] not in ",、"
        and any(character.isalnum() for character in line.key)
    )


def _is_caption(line: Line, indented_page: bool) -> bool:
    if len(line.text) > _LONGEST_CAPTION:
        return False
    if _CAPTION.fullmatch(line.key):
        return True
    return (
        indented_page
        and not line.indented
        and _may_be_heading(line)
        and not _KNOWN_HEADING.fullmatch(line.key)
        and not _NUMBERED.fullmatch(line.key)
    )


def _indents_headings(lines: tuple[Line, ...]) -> bool:
    """Tell whether a heading is indented on this page: only then is a short line at the margin a caption."""
    return any(line.indented and _may_be_heading(line) for line in lines)


def _is_indented(lines: tuple[Line, ...]) -> bool:
    """Tell whether most paragraphs of the page are indented."""
    paragraphs = [line for line in lines if ends_sentence(line.text)]
    return 2 * sum(line.indented for line in paragraphs) > len(paragraphs)
