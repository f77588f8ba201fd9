"""Extracts the visible lines of a web page, and finds which of them are its article."""

import logging
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree, html

_UNSEEN = re.compile(
    "head|script|style|noscript|template|svg|math|iframe|object|audio|video|canvas|map|select|datalist|"
    "button|textarea|nav|footer"
)
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|"
    "figure|form|h[1-6r]|header|html|label|legend|li|main|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_CELLS = ("td", "th")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_CERTAIN = 12  # characters; a shorter line may be in the article by chance
_MOST_SEARCHED = 500_000  # characters; searching a longer page takes minutes
_LEAST = 40  # characters; less is no article found
_WALKED = ("start", "end", "comment", "pi")


@dataclass(frozen=True, slots=True)
class VisibleLine:
    """A visible line.

    Attributes:
        heading: the markup marks the line as a heading.
        linked: all of the line is a link.
    """

    text: str
    heading: bool
    linked: bool


def visible_lines(root: html.HtmlElement) -> tuple[VisibleLine, ...]:
    """Extract the visible lines of a page: blocks end lines, inline elements do not, cells add a space."""
    seen = _Lines()
    for event, element in etree.iterwalk(root, events=_WALKED):
        if event in ("comment", "pi"):
            seen.write(element.tail)
        elif event == "start":
            tag = element.tag if isinstance(element.tag, str) else ""
            if _UNSEEN.fullmatch(tag) or element.get("hidden") is not None:
                seen.skip(element)
            elif not seen.skipping:
                seen.open(tag)
                seen.write(element.text)
        else:
            seen.close(element)
    return seen.finished()


class _Lines:
    def __init__(self) -> None:
        self._lines: list[VisibleLine] = []
        self._text: list[str] = []
        self._plain = False  # part of the line is outside links
        self._links = self._headings = 0
        self._skipped: etree._Element | None = None

    @property
    def skipping(self) -> bool:
        return self._skipped is not None

    def skip(self, element: etree._Element) -> None:
        if self._skipped is None:
            self._skipped = element

    def open(self, tag: str) -> None:
        if _BLOCKS.fullmatch(tag) or tag == "br":
            self._end_line()
        self._links += tag == "a"
        self._headings += tag in _HEADINGS

    def close(self, element: etree._Element) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if self._skipped is element:
            self._skipped = None
        elif self._skipped is None:
            if _BLOCKS.fullmatch(tag):
                self._end_line()
            elif tag in _CELLS:
                self._text.append(" ")
            self._links -= tag == "a"
            self._headings -= tag in _HEADINGS
        self.write(element.tail)

    def write(self, text: str | None) -> None:
        if text and self._skipped is None:
            self._text.append(text)
            self._plain = self._plain or (self._links == 0 and not text.isspace())

    def _end_line(self) -> None:
        text = _BLANKS.sub(" ", "".join(self._text)).strip(" ")
        if text.strip():
            self._lines.append(VisibleLine(text, self._headings > 0, not self._plain))
        self._text, self._plain = [], False

    def finished(self) -> tuple[VisibleLine, ...]:
        self._end_line()
        return tuple(self._lines)


def find_article(root: html.HtmlElement, lines: tuple[VisibleLine, ...]) -> tuple[int, int]:
    """Find the article of a page with trafilatura.

    Returns:
        The first line of the article and the one after its last; all lines if no article is found.
    """
    if sum(len(line.text) for line in lines) > _MOST_SEARCHED:
        return 0, len(lines)
    found = "".join(_extracted(root))
    if len(found) < _LEAST:
        return 0, len(lines)
    keys = ["".join(line.text.split()) for line in lines]
    held = [key in found for key in keys]
    certain = [index for index, key in enumerate(keys) if held[index] and len(key) >= _CERTAIN]
    if not certain:
        return 0, len(lines)
    start, end = certain[0], certain[-1] + 1
    while start > 0 and held[start - 1]:
        start -= 1
    while end < len(lines) and held[end]:
        end += 1
    return start, end


def _extracted(root: html.HtmlElement) -> Iterable[str]:
    """Extract the article's text without white space."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(
        logging.CRITICAL
    )  # a page without an article is not worth a warning
    document = bare_extraction(
        deepcopy(root), favor_recall=True, include_comments=False, include_tables=True, with_metadata=False
    )
    body = getattr(document, "body", None)
    return ["".join(piece.split()) for piece in body.itertext()] if body is not None else []
