"""Detects the encoding of a file and decodes it.

GB18030 decodes almost any Big5 text, and Big5 many GBK texts, into characters that nobody writes. So the
encoding is chosen that decodes the file into the largest share of common Chinese characters.
"""

import codecs
import unicodedata

from corpus.data import read_lines
from corpus.text.normalize import simplify

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_NAMES = {
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "cp950": "Big5",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}
_DOUBLE_BYTE = ("gb18030", "big5hkscs", "cp950")
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs"}
_PLAUSIBLE = 0.2  # the least share of common characters; a wrong encoding gives far fewer
_SAMPLE = 20_000  # characters that are examined
_MOST_CONTROLS = 0.02
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive, as .docx is"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x1f\x8b", "a gzip archive"),
)
_COMMON = frozenset("".join(read_lines("common_characters.txt")))


def decode(received: bytes, declared: str | None = None) -> str:
    """Decode the bytes of a file.

    Args:
        declared: the encoding that the file itself names; used if it decodes the file.

    Raises:
        ValueError: the file is not text, or is incomplete. The message is for the editor.
    """
    if not received:
        raise ValueError("the file is empty: nothing is in it, or nothing has been written to it yet")
    codec, mark = detect_codec(received, declared)
    try:
        text = received[mark:].decode(codec)
    except UnicodeDecodeError as error:
        raise ValueError(_broken(received, codec, mark + error.start, mark + error.end)) from error
    if "\0" in text or _share_of_controls(text[:_SAMPLE]) > _MOST_CONTROLS:
        raise ValueError(f"the file is not text but {_what(received)}")
    if not text.strip():
        raise ValueError("the file holds nothing but white space")
    return text


def detect_codec(received: bytes, declared: str | None = None) -> tuple[str, int]:
    """Find the codec of a file.

    Returns:
        The codec's name, and the length of the byte order mark in bytes.
    """
    for mark, codec in _MARKS:
        if received.startswith(mark):
            return codec, len(mark)
    candidates = ["utf-8"]
    if (named := _known(declared)) is not None:
        candidates.append(named)
    for codec in candidates:
        if _decodes(received, codec):
            return codec, 0
    if b"\0" in received:
        wide = _most_plausible(received, ("utf-16-le", "utf-16-be"))
        return wide or "utf-8", 0
    if _cut_short(received):
        return "utf-8", 0
    return _most_plausible(received, _DOUBLE_BYTE) or "utf-8", 0


def _most_plausible(received: bytes, codecs_: tuple[str, ...]) -> str | None:
    """Choose the codec whose text has most common characters; one that decodes all bytes is preferred."""
    scored = []
    for order, codec in enumerate(codecs_):
        score = plausibility(received[: 2 * _SAMPLE].decode(codec, "replace"))
        if score >= _PLAUSIBLE:
            scored.append((score + _decodes(received, codec), -order, codec))
    return max(scored)[2] if scored else None


def plausibility(text: str) -> float:
    """Compute the share of common characters among the Chinese characters of a text, in either script."""
    simplified = simplify(text[:_SAMPLE])
    chinese = [
        c for c in simplified if "\u3400" <= c <= "\u9fff" or c == "\ufffd" or "\ue000" <= c <= "\uf8ff"
    ]
    return sum(character in _COMMON for character in chinese) / max(len(chinese), 1)


def _known(declared: str | None) -> str | None:
    if not declared:
        return None
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return (
        None if name.startswith(("utf-16", "utf-32")) else name
    )  # the declaration itself was read as single bytes


def _decodes(received: bytes, codec: str) -> bool:
    try:
        received.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _cut_short(received: bytes) -> bool:
    """Tell whether UTF-8 breaks off within its last character."""
    try:
        received.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > 0
    return False


def _broken(received: bytes, codec: str, start: int, end: int) -> str:
    if (what := _signature(received)) is not None:
        return f"the file is not text but {what}"
    if end >= len(received) and start > 0 and _starts_well(received[:start], codec):
        return (
            f"the text breaks off within a character (byte {start}): the file looks incomplete and is "
            "read again at the next refresh"
        )
    if codec in _NAMES:
        return f"the text reads as {_NAMES[codec]} up to byte {start}, and not further: save it as UTF-8"
    if (
        b"\0" in received
        or _share_of_controls(received[:_SAMPLE].decode("ascii", "replace")) > _MOST_CONTROLS
    ):
        return "the file is not text but binary data"
    return (
        f"the text is neither UTF-8 (byte {start} is not) nor GB18030 nor Big5 that reads as Chinese: "
        "save it as UTF-8"
    )


def _starts_well(received: bytes, codec: str) -> bool:
    return codec != "utf-8" or bool(received.strip(b"\0"))


def _what(received: bytes) -> str:
    return _signature(received) or "binary data"


def _signature(received: bytes) -> str | None:
    return next((name for signature, name in _SIGNATURES if received.startswith(signature)), None)


def _share_of_controls(text: str) -> float:
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\v\f\r\x85" for c in text)
    return controls / max(len(text), 1)
