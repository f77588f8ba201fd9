"""Files of many articles: a JSON object a line (.jsonl) or a table with a heading row (.csv).

A record that gives no article is reported by its number, and the rest are read on.
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
"""Bytes of one record, or characters of one cell of a table."""

_SAMPLE = 1 << 20  # bytes that tell the encoding
_HEADER_SAMPLE = 1 << 16
_NAMES: Mapping[str, list[str]] = read_toml("column_names.toml")
_ENCODED = "surrogateescape"  # a byte that does not decode spoils its own record only


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number, counted from 1, its own id if it has one, and its page or what is wrong."""

    number: int
    own_id: str | None
    page: Page | None
    reason: str = ""


def read_jsonl(file: BinaryIO) -> Iterator[Record]:
    """The records of a file of JSON objects, one a line; empty lines are passed over.

    Raises ValueError: the file as a whole is not text.
    """
    codec = _codec(file)
    number = 0
    for line in _lines(file, codec):
        if line.strip():
            number += 1
            yield _json_record(number, line)


def read_table(file: BinaryIO) -> Iterator[Record]:
    """The records of a table whose first row names its columns, parted by commas, tabs or semicolons.

    Raises ValueError: the file is not text, or none of its columns holds articles.
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
    """The lines of a file, each at most as long as a record may be and none held back for another."""
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
    """The lines of a table, each ended by a newline: a carriage return alone is one in old files."""
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
    """The index of each known field among the names of a record, by the first name that fits."""
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
