"""Reads files of many articles: one JSON object a line (.jsonl), or a table with a heading row (.csv, .tsv).

A record that gives no article is reported by its number, and reading goes on.
"""

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from corpus.data import read_toml
from corpus.formats.encoding import detect_codec
from corpus.page import Page
from corpus.text.dates import parse_date

MAX_RECORD_BYTES = 16_000_000
"""The longest record in bytes, and the longest cell of a table in characters."""

_SAMPLE = 1 << 20  # bytes by which the encoding is detected
_HEADER_SAMPLE = 1 << 16
_NAMES: Mapping[str, list[str]] = read_toml("column_names.toml")
_ENCODED = "surrogateescape"  # so that a byte that does not decode makes only its own record unreadable


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    Attributes:
        number: counted from 1.
        own_id: the id that the record states, if any.
        page: None if the record gives none.
        reason: why there is no page, in one sentence.
    """

    number: int
    own_id: str | None
    page: Page | None
    reason: str = ""


def read_jsonl(file: BinaryIO) -> Iterator[Record]:
    """Read the JSON objects of a file, one a line; empty lines are skipped.

    Raises:
        ValueError: the file is not text. The message is for the editor.
    """
    codec = _codec(file)
    number = 0
    for line in _lines(file, codec):
        if line.strip():
            number += 1
            yield _json_record(number, line)


def read_table(file: BinaryIO) -> Iterator[Record]:
    """Read the rows of a table. The first row names the columns; commas, tabs or semicolons separate them.

    Raises:
        ValueError: the file is not text, or no column holds articles. The message is for the editor.
    """
    codec = _codec(file)
    header = next((line for line in _table_lines(file, codec) if line.strip()), "").lstrip("\ufeff")
    parted = (next(csv.reader([header[:_HEADER_SAMPLE]], delimiter=sign), []) for sign in ",\t;")
    delimiter = next(
        (sign for sign, names in zip(",\t;", parted, strict=True) if "text" in _columns(names)), None
    )
    if delimiter is None:
        raise ValueError(
            "no column of the table is named text, content, body or 正文: name the one with the articles"
        )
    file.seek(0)
    csv.field_size_limit(MAX_RECORD_BYTES)
    rows = csv.reader(_table_lines(file, codec), delimiter=delimiter)
    columns: dict[str, int] | None = None
    number = 0
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Record(
                number + 1, None, None, f"the row cannot be read ({error}): look for a lone quotation mark"
            )
            return
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns([row[0].lstrip("\ufeff"), *row[1:]])
            continue
        number += 1
        fields = {name: row[index] for name, index in columns.items() if index < len(row)}
        yield _record(number, fields)


def _codec(file: BinaryIO) -> str:
    sample = file.read(_SAMPLE)
    if not sample:
        raise ValueError("the file is empty: nothing is in it, or nothing has been written to it yet")
    if len(sample) == _SAMPLE and b"\n" in sample:
        sample = sample[: sample.rindex(b"\n") + 1]
    codec, mark = detect_codec(sample)
    file.seek(mark)
    if b"\0" in sample and not codec.startswith("utf-16"):
        raise ValueError("the file is not text but binary data")
    return codec


def _lines(file: BinaryIO, codec: str) -> Iterator[str]:
    """Decode a file line by line; a line longer than a record may be is cut into pieces."""
    if codec.startswith("utf-16"):  # where a line break is not a byte of its own
        text = io.TextIOWrapper(file, codec, errors="replace", newline="")
        try:
            while line := text.readline(MAX_RECORD_BYTES):
                yield line
        finally:
            text.detach()
        return
    decoder = codecs.lookup(codec)
    while received := file.readline(MAX_RECORD_BYTES):
        yield decoder.decode(received, _ENCODED)[0]


def _table_lines(file: BinaryIO, codec: str) -> Iterator[str]:
    """Split a table into lines that end in a newline; old files end lines with a lone carriage return."""
    for line in _lines(file, codec):
        for part in line.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"):
            yield part + "\n"


def _json_record(number: int, line: str) -> Record:
    if len(line) >= MAX_RECORD_BYTES // 4 and len(line.encode(errors="surrogatepass")) >= MAX_RECORD_BYTES:
        return Record(number, None, None, f"the record is longer than {MAX_RECORD_BYTES:,} bytes")
    if _undecoded(line):
        return Record(number, None, None, "the record holds bytes that are no text in the file's encoding")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        if not line.endswith("\n"):
            reason = (
                "the last record breaks off: the file looks incomplete and is read again at the next refresh"
            )
        else:
            reason = f"the line is no JSON object ({str(error).partition(': line')[0]})"
        return Record(number, None, None, reason)
    if not isinstance(record, dict):
        return Record(number, None, None, "the line is no JSON object")
    columns = _columns(list(record))
    values = list(record.values())
    return _record(number, {name: values[index] for name, index in columns.items()})


def _columns(names: Iterable[object]) -> dict[str, int]:
    """Find the index of each known field among the names of a record; the first name that fits counts."""
    indices: dict[str, int] = {}
    for index, name in reversed(list(enumerate(names))):
        indices[str(name).strip().lower()] = index
    found = {}
    for field, aliases in _NAMES.items():
        known = [indices[alias] for alias in aliases if alias in indices]
        if known:
            found[field] = known[0]
    return found


def _record(number: int, fields: Mapping[str, object]) -> Record:
    own_id = _words(fields.get("id"))
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        reason = "the record has no text: name it text, content, body or 正文"
        return Record(number, own_id, None, reason)
    if any(isinstance(value, str) and _undecoded(value) for value in fields.values()):
        return Record(number, None, None, "the record holds bytes that are no text in the file's encoding")
    stated = _words(fields.get("date"))
    page = Page(
        text=text,
        title=_words(fields.get("title")),
        subtitle=_words(fields.get("subtitle")),
        publisher=_words(fields.get("publisher")),
        date=parse_date(stated) if stated else None,
        byline=_words(fields.get("byline")),
        place=_words(fields.get("place")),
        url=_words(fields.get("url")),
    )
    return Record(number, own_id, page)


def _words(value: object) -> str | None:
    if isinstance(value, list):
        value = " ".join(part for part in value if isinstance(part, str))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split()) or None


def _undecoded(words: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in words) if not words.isascii() else False
