"""Reads Word files (.docx): paragraphs, headings by their style, tables row by row.

Page headers and footers, comments, notes, and words deleted under change tracking are left out.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from corpus.page import Page

MAX_PART_BYTES = 50_000_000
MAX_TOTAL_BYTES = 300_000_000
MAX_COMPRESSION_RATIO = 500
"""How many times its size a part may unpack to; the parts that Word writes stay far below."""

_ALWAYS_ALLOWED_BYTES = 1_000_000  # a part this small cannot fill memory
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_P, _TBL, _TR, _TC = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
_TEXT, _BOX = qn("w:t"), qn("w:txbxContent")
_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_BREAKS = (qn("w:br"), qn("w:cr"))
_GAPS = (qn("w:tab"), qn("w:noBreakHyphen"))
_WRAPPERS = tuple(qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"))
_PASSED_OVER = (
    *(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_HEADINGS = ("heading", "标题", "標題")
_TITLES, _SUBTITLES = ("title",), ("subtitle", "副标题", "副標題")
_LONGEST_CELL = 60  # characters; a cell that holds more is laid out as a page, not as a table


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    style: str


def read_word(received: bytes) -> Page:
    """Read a Word file.

    Raises:
        ValueError: the file is damaged, encrypted, too large or no Word file. The message is for the editor.
    """
    if not received:
        raise ValueError("the file is empty")
    if received.startswith(_OLE):
        if _ENCRYPTED in received:
            raise ValueError("the document is encrypted: save it without a password")
        raise ValueError("this is an old Word file (.doc), whatever its name says: save it as .docx")
    _require_sound_archive(received)
    try:
        document = docx.Document(io.BytesIO(received))
        paragraphs = list(_paragraphs(document))
        properties = document.core_properties.title
    except _Unreadable:
        raise
    except Exception as error:  # a broken file makes python-docx raise errors of any kind
        raise ValueError(f"the document is damaged ({type(error).__name__}): save it anew") from error
    return Page(
        text="\n".join(paragraph.text for paragraph in paragraphs),
        title=_first_in_style(paragraphs, _TITLES),
        subtitle=_first_in_style(paragraphs, _SUBTITLES),
        headings=tuple(p.text for p in paragraphs if p.style.startswith(_HEADINGS)),
        properties_title=" ".join(properties.split()) or None,
    )


class _Unreadable(ValueError):
    """A reason for the editor, unlike the errors that python-docx raises."""


def _require_sound_archive(received: bytes) -> None:
    if not received.startswith(b"PK"):
        raise ValueError("the file is no Word document, whatever its name says")
    try:
        with zipfile.ZipFile(io.BytesIO(received)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ValueError(
            "the document breaks off or is damaged: the file looks incomplete and "
            "is read again at the next refresh"
        ) from error
    if "[Content_Types].xml" not in names:
        raise ValueError("the file is a zip archive, but no Word document")
    whole = sum(part.file_size for part in parts)
    if whole > MAX_TOTAL_BYTES:
        raise ValueError(f"the document unpacks to {whole:,} bytes, the limit is {MAX_TOTAL_BYTES:,}")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and part.file_size > MAX_PART_BYTES:
            raise ValueError(
                f"{part.filename} in the document unpacks to {part.file_size:,} bytes, "
                f"the limit is {MAX_PART_BYTES:,}"
            )
        if part.file_size > max(_ALWAYS_ALLOWED_BYTES, MAX_COMPRESSION_RATIO * part.compress_size):
            raise ValueError(
                f"{part.filename} in the document unpacks to more than {MAX_COMPRESSION_RATIO} times "
                "its size: no report does, the file is made to fill memory"
            )


def _paragraphs(document: Document) -> Iterator[_Paragraph]:
    names = {style.style_id: (style.name or "").lower() for style in document.styles}
    yield from _in_block(document.element.body, names)


def _in_block(block: etree._Element, styles: dict[str, str]) -> Iterator[_Paragraph]:
    for child in block:
        if child.tag == _P:
            yield from _in_paragraph(child, styles)
        elif child.tag == _TBL:
            for row in child.iter(_TR):
                if next(row.iterancestors(_TBL)) is child:
                    yield from _in_row(row, styles)
        elif child.tag in _WRAPPERS:
            yield from _in_block(child, styles)


def _in_row(row: etree._Element, styles: dict[str, str]) -> Iterator[_Paragraph]:
    cells = [list(_in_block(cell, styles)) for cell in row.iter(_TC) if next(cell.iterancestors(_TR)) is row]
    filled = [cell for cell in cells if cell]
    if all(len(cell) == 1 and len(cell[0].text) <= _LONGEST_CELL for cell in filled):
        if filled:
            yield _Paragraph(" ".join(cell[0].text for cell in filled), "table")
    else:
        for cell in filled:
            yield from cell


def _in_paragraph(paragraph: etree._Element, styles: dict[str, str]) -> Iterator[_Paragraph]:
    pieces: list[str] = []
    boxes: list[etree._Element] = []
    _collect(paragraph, pieces, boxes)
    named = paragraph.find(_STYLE)
    identifier = "" if named is None else str(named.get(qn("w:val"), ""))
    style = styles.get(identifier, identifier.lower())
    for line in "".join(pieces).split("\n"):
        if line.strip():
            yield _Paragraph(line.rstrip(), style)
    for box in boxes:
        yield from _in_block(box, styles)


def _collect(element: etree._Element, pieces: list[str], boxes: list[etree._Element]) -> None:
    for child in element:
        if child.tag == _TEXT:
            pieces.append(child.text or "")
        elif child.tag in _BREAKS:
            pieces.append("\n")
        elif child.tag in _GAPS:
            pieces.append("-" if child.tag == _GAPS[1] else " ")
        elif child.tag == _BOX:
            boxes.append(child)
        elif child.tag not in _PASSED_OVER and isinstance(child.tag, str):
            _collect(child, pieces, boxes)


def _first_in_style(paragraphs: list[_Paragraph], names: tuple[str, ...]) -> str | None:
    found = (" ".join(p.text.split()) for p in paragraphs if p.style in names)
    return next(found, None)
