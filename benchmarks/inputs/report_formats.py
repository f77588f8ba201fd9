"""Convert plain text to a report in each supported format, for tests and fuzzing."""

import csv
import io
import json
from collections.abc import Callable, Mapping

import docx

_PAGE = (595, 842)  # points, A4
_SIZE, _LEADING, _TOP, _LEFT = 12, 18, 790, 60


def as_html(text: str) -> bytes:
    """Return a saved web page with navigation above the report and a footer below it."""
    title, *paragraphs = text.split("\n")
    body = "".join(f"<p>　　{paragraph}</p>\n" for paragraph in paragraphs)
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'>"
        f"<title>{title}_地方_华夏网</title><meta property='og:title' content='{title}'></head><body>"
        "<div class='nav'><a href='/'>首页</a> <a href='/news'>新闻</a></div>"
        f"<h1>{title}</h1><div class='content'>{body}</div>"
        "<div class='footer'>版权所有 渝ICP备00000000号</div></body></html>"
    ).encode()


def as_pdf(pages: list[list[str]]) -> bytes:
    """Return a PDF of pages of lines, as a text layer in a Chinese font that is not embedded."""
    font = (
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts"
        "[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>"
    )
    numbers = [4 + 2 * page for page in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]/MediaBox[0 0 {_PAGE[0]} {_PAGE[1]}]>>",
        font,
    ]
    for number, lines in zip(numbers, pages, strict=True):
        shown = "".join(
            f"1 0 0 1 {_LEFT} {_TOP - _LEADING * row} Tm <{line.encode('utf-16-be').hex()}> Tj\n"
            for row, line in enumerate(lines)
        )
        stream = f"BT /F1 {_SIZE} Tf\n{shown}ET"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/Contents {number + 1} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    return _pdf_file(objects)


def _pdf_file(objects: list[str]) -> bytes:
    file, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(file)}\n%%EOF\n"
    return file + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def as_docx(text: str) -> bytes:
    """Return a Word file with the first line as its title and each other line as a paragraph."""
    document = docx.Document()
    title, *paragraphs = text.split("\n")
    document.add_paragraph(title, style="Title")
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def as_jsonl(text: str) -> bytes:
    """Return three records: the whole text, the title and body, and a title without text."""
    title, _, body = text.partition("\n")
    records: list[dict[str, str]] = [{"text": text}, {"title": title, "content": body}, {"title": title}]
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def as_csv(text: str) -> bytes:
    """A table with two rows of the same report."""
    title, _, body = text.partition("\n")
    table = io.StringIO()
    csv.writer(table).writerows([["标题", "正文"], [title, body], [title, body]])
    return table.getvalue().encode()


def as_markdown(text: str) -> bytes:
    """Return Markdown with the first line as a heading and the others as paragraphs."""
    return ("# " + text.replace("\n", "\n\n")).encode()


MAKERS: Mapping[str, Callable[[str], bytes]] = {
    ".txt": str.encode,
    ".md": as_markdown,
    ".html": as_html,
    ".pdf": lambda text: as_pdf([text.split("\n")]),
    ".docx": as_docx,
    ".jsonl": as_jsonl,
    ".csv": as_csv,
}
"""The function that converts plain text to the content of a file, by suffix."""
