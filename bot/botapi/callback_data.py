"""Encode and decode the data of buttons and deep links: a verb and a few short words.

Telegram gives callback data 64 bytes and a deep link 64 characters. A report is named by a key that is
made of its id, so that buttons work after a restart; what does not fit is kept in the storage.
"""

import base64
import binascii
from hashlib import blake2b

MAX_BYTES = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton

ANSWER = "a"  # reply, view, script: an answer, shown otherwise
CONTEXT = "c"  # reply, number of the quote: where a quote stands in its report
PAGE = "p"  # report, digest, direction, offset, where back leads: a page of a report
ALONE = "g"  # reply: the question again, without what it took over
ANYWHERE = "n"  # reply: the question again, without filters
VOTE = "v"  # reply, 1 or 0
SOURCES = "s"  # order, page
LATEST = "l"
EXAMPLE = "e"  # report, key of the question
FILTER = "f"  # kind, key of the value
LANGUAGE = "lang"
UNFOLLOW = "u"  # subscription
UNDO = "undo"  # number of what was added
NOTHING = "x"

_QUESTION, _REPORT, _OFFSET = "q", "a", "p"
_MAX_PAYLOAD = 64


def data(verb: str, *words: object) -> str:
    """Return callback data of a verb and words, none of which may hold a colon."""
    encoded = ":".join((verb, *map(str, words)))
    assert len(encoded.encode()) <= MAX_BYTES, encoded
    return encoded


def read(received: str) -> tuple[str, list[str]]:
    """Return verb and words of callback data."""
    verb, *words = received.split(":")
    return verb, words


def key(text: str, size: int = 8) -> str:
    """Return a short hash of a text, in letters, digits, - and _."""
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=size).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def question_link(question: str) -> str | None:
    """Return the deep link's payload for a question, or None if the question is too long."""
    for mark, encoding in ((_QUESTION, "utf-8"), (_QUESTION + _QUESTION, "gb18030")):
        try:
            packed = base64.urlsafe_b64encode(question.encode(encoding)).decode().rstrip("=")
        except UnicodeEncodeError:
            continue
        if len(mark) + 1 + len(packed) <= _MAX_PAYLOAD:
            return f"{mark}-{packed}"
    return None


def report_link(report: str, offset: int | None = None) -> str:
    """Return the deep link's payload for a report, to be opened at an offset of its text if given."""
    return f"{_REPORT}-{key(report)}" + ("" if offset is None else f"-{_OFFSET}{offset}")


def question_in_link(payload: str) -> str | None:
    """Return the question that a payload holds, or None if it holds none."""
    mark, _, packed = payload.partition("-")
    encoding = {_QUESTION: "utf-8", _QUESTION * 2: "gb18030"}.get(mark)
    if encoding is None or not packed:
        return None
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode(encoding)
    except (binascii.Error, ValueError):
        return None


def report_in_link(payload: str) -> tuple[str, int | None] | None:
    """Return the report's key and the offset that a payload holds, or None if it holds none."""
    mark, _, rest = payload.partition("-")
    if mark != _REPORT or len(rest) < len(key("")):
        return None
    named, offset = rest[: len(key(""))], rest[len(key("")) :]
    number = offset.removeprefix(f"-{_OFFSET}")
    return named, int(number) if number.isascii() and number.isdigit() else None
