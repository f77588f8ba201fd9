"""Reads PDF files with a text layer: drops running heads, joins the lines of a paragraph."""

import io
import logging
import re
import time
from collections import Counter

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from corpus.formats.reflow import unwrap_lines
from corpus.page import Page

MAX_PAGES = 2_000
MAX_SECONDS = 60.0

_EDGE = 2  # lines at the top and bottom of a page that may be a running head or foot
_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第?\s*\d{1,4}\s*页?(?:\s*[,，/]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?)[-—–·\s]*"
)
_REPEATED = 0.6  # the share of pages that carry a running head or foot
_DIGITS = re.compile(r"\d+")
_SIGNATURE_WITHIN = 1024  # bytes, as readers of PDF allow
_END_WITHIN = 2048


def read_pdf(received: bytes) -> Page:
    """Read a PDF file.

    Raises:
        ValueError: the file is damaged, encrypted or too long, or has no text. The message is for the editor.
    """
    if b"%PDF-" not in received[:_SIGNATURE_WITHIN]:
        raise ValueError("the file is no PDF, whatever its name says" if received else "the file is empty")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # the reason given to the editor says enough
    whole = b"%%EOF" in received[-_END_WITHIN:]
    try:
        pages = _pages(received)
    except (ValueError, PyPdfError, DependencyError) as error:
        if isinstance(error, _Unreadable):
            raise ValueError(str(error)) from error
        raise ValueError(_broken(whole, error)) from error
    except Exception as error:  # a broken file makes pypdf raise errors of any kind
        raise ValueError(_broken(whole, error)) from error
    if not any(character.isalpha() for page in pages for line in page for character in line):
        raise ValueError("the PDF has no text layer, it is pictures of pages: have it read by OCR first")
    lines = [line for page in _without_running(pages) for line in page]
    return Page(text="\n".join(unwrap_lines(lines)))


class _Unreadable(ValueError):
    """A reason for the editor, unlike the errors that pypdf raises."""


def _pages(received: bytes) -> list[list[str]]:
    began = time.monotonic()

    def watch(*_operands: object) -> None:
        if time.monotonic() - began > MAX_SECONDS:
            raise _Unreadable(f"reading the PDF takes more than {MAX_SECONDS:.0f} seconds: divide it")

    reader = PdfReader(io.BytesIO(received))
    if reader.is_encrypted:
        _require_open(reader)
    if len(reader.pages) > MAX_PAGES:
        raise _Unreadable(f"the PDF has {len(reader.pages):,} pages, the limit is {MAX_PAGES:,}: divide it")
    pages = []
    for page in reader.pages:
        watch()
        pages.append(page.extract_text(visitor_operand_before=watch).split("\n"))
    return pages


def _require_open(reader: PdfReader) -> None:
    try:
        if reader.decrypt(""):  # the file only forbids printing or the like
            return
    except DependencyError:
        pass
    raise _Unreadable("the PDF is encrypted: save it without a password")


def _broken(whole: bool, error: Exception) -> str:
    if not whole:
        return "the PDF has no end: the file looks incomplete and is read again at the next refresh"
    return f"the PDF is damaged ({type(error).__name__}): save it anew"


def _without_running(pages: list[list[str]]) -> list[list[str]]:
    """Drop page numbers, and the lines that most pages have at their top or bottom."""
    counted = Counter(key for page in pages for key in {_key(page[index]) for index in _edges(page)})
    enough = max(2, _REPEATED * len(pages))
    return [
        [
            line
            for index, line in enumerate(page)
            if index not in (edges := _edges(page))
            or not (_PAGE_NUMBER.fullmatch(line) or (index in edges and counted[_key(line)] >= enough))
        ]
        for page in pages
    ]


def _edges(page: list[str]) -> set[int]:
    filled = [index for index, line in enumerate(page) if line.strip()]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _key(line: str) -> str:
    return _DIGITS.sub("#", "".join(line.split()))
