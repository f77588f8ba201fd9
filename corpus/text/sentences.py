"""Splits Chinese newspaper text, with English names and numbers in it, into sentences."""

import re
from collections.abc import Iterator

_ENDS = "。！？；…!?;"
_CLOSERS = "”’」』）)》】〉］]"
_OPENING_TITLE, _CLOSING_TITLE = "《〈", "》〉"

# One end may be several marks and the quotes that close behind them: `?!`, `……`, `!”`, `?”……`.
_CLOSING = rf"""[{re.escape(_CLOSERS)}"']*"""
_END = re.compile(rf"(?:[{_ENDS}]+{_CLOSING})+|\.{_CLOSING}(?=\s+[A-Z]|\s*$)")
# What cannot begin a sentence: behind a quote it continues the sentence that quotes.
_GOES_ON = re.compile(r"[，,、：:的]|等(?![到待候我你他她它])")
_INITIAL = re.compile(r"(?:^|[^A-Za-z])[A-Z]$")
_LATIN = re.compile(r"[A-Za-z0-9]")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Find the sentences of a text.

    A line break always ends a sentence. Closing quotes and brackets behind an end mark belong to the sentence
    that they close.

    Returns:
        `(start, end)` offsets in code points: in order, without overlap, and leaving out only white space.
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        spans.extend((line.start() + start, line.start() + end) for start, end in _in_line(line.group()))
    return tuple(spans)


def ends_sentence(line: str) -> bool:
    """Tell whether a line ends with the end of a sentence, as paragraphs do and headings do not."""
    bare = line.rstrip().rstrip(_CLOSERS + "\"'")
    return bool(bare) and bare[-1] in _ENDS


def _in_line(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in [*_ends(line), len(line)]:
        piece = line[start:end]
        if piece.strip():
            yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        start = end


def _ends(line: str) -> Iterator[int]:
    titles = _title_spans(line)
    position = 0
    while match := _END.search(line, position):
        end = _behind_straight_quotes(line, match)
        position = end
        if any(start < match.start() < close for start, close in titles):
            continue  # 《谁来帮我?》 is one name, whatever marks it holds
        if _is_end(line, match.start(), end):
            yield end


def _is_end(line: str, start: int, end: int) -> bool:
    before, behind = line[start - 1 : start], line[end : end + 1]
    mark = line[start]
    if mark == ".":
        return not _INITIAL.search(line[:start])
    if mark in "!?;" and end == start + 1 and _LATIN.match(before) and _LATIN.match(behind):
        return False  # `?id=3`, `a;b`: not the punctuation of a sentence
    closed = line[end - 1] in _CLOSERS + "\"'"
    return not (closed and _GOES_ON.match(line, end))


def _behind_straight_quotes(line: str, match: re.Match[str]) -> int:
    """Find the end of a match, without straight quotes that open the next sentence."""
    for offset, character in enumerate(match.group()):
        index = match.start() + offset
        if character in "\"'" and line.count(character, 0, index) % 2 == 0:
            return index
    return match.end()


def _title_spans(line: str) -> list[tuple[int, int]]:
    """Find the spans of the closed 《…》 of a line; an unclosed bracket is ignored."""
    spans, opened = [], []
    for index, character in enumerate(line):
        if character in _OPENING_TITLE:
            opened.append(index)
        elif character in _CLOSING_TITLE and opened:
            start = opened.pop()
            spans.append((start, index))
    return spans
