"""Finds bylines, on a line of their own, in brackets behind the last sentence, or in the lead."""

import re

from corpus.data import read_toml

_WORDS = read_toml("layout_words.toml")["byline"]
_NAME = r"[\u4e00-\u9fff·]{2,5}"
_NAMES = rf"{_NAME}(?:[\s、]+{_NAME}){{0,5}}"
_HOUSE = r"[^\s。!?;,:/()]{2,16}"
_STAFF = (
    rf"(?:[\u4e00-\u9fff]{{2,8}}(?:{'|'.join(_WORDS['outlet_endings'])}))?"
    rf"(?:{'|'.join(_WORDS['modifiers'])})*(?:{'|'.join(_WORDS['roles'])})"
)
_WRITER = rf"(?:{'|'.join(_WORDS['contributions'])})"
_DID = r"(?:/文|/图|/摄|\s?文/图|\s?图/文|\s文图|\s?摄影报道|\s报道|\s摄影|\s摄|\s文|\s图|供图|供稿)"

# A colon, bar or space must separate role and name: 记者手记 and 文明江北 are headlines.
_LINE = re.compile(
    rf"{_STAFF}[\s:/|丨]\s*{_NAMES}(?:\s+{_STAFF}[\s:/|丨]\s*{_NAMES}){{0,4}}{_DID}?"
    rf"|{_WRITER}\s*[:/|丨]\s*{_NAMES}(?:\s+{_WRITER}\s*[:/|丨]\s*{_NAMES}){{0,3}}"
    rf"|{_HOUSE}(?:[\s、]+{_HOUSE}){{0,4}}{_DID}(?:[\s、]+{_HOUSE}{_DID}){{0,3}}"
    rf"|(?:{_NAMES}\s+)?(?:以上|文中|本文)?(?:图片|照片|图)均?由[^。!?;,]{{2,24}}(?:提供|供图)"
)
_IN_BRACKETS = re.compile(rf"{_STAFF}\s*{_NAMES}")
_REPORTING_CREDIT = re.compile(
    rf"(?:{_STAFF}|{_WRITER})(?:[/、及 ](?:{_STAFF}|{_WRITER}))*\s*[:|丨][^。!?;]+"
)
_BRACKETED = re.compile(r"[(](?P<inner>[^()。!?;]{2,60})[)]\s*$")
_LEAD = re.compile(r".{0,24}?[(](?P<inner>[\u4e00-\u9fff]{0,8}(?:记者|通讯员)\s*[^()。!?]{2,30})[)]")


def byline_span(key: str) -> tuple[int, int] | None:
    """Find the byline in a normalized line that holds nothing else.

    Returns:
        Its start and end, without the brackets around it, or None.
    """
    start, end = (1, len(key) - 1) if key[:1] in "([【" and key[-1:] in ")]】" else (0, len(key))
    inner = key[start:end]
    return (start, end) if _is_byline(inner, bracketed=start > 0) else None


def closing_byline(key: str) -> tuple[int, int, int] | None:
    """Find a byline in brackets behind the last sentence of a normalized line.

    Returns:
        The start of the bracket, then start and end of the byline in it, or None.
    """
    found = _BRACKETED.search(key)
    if found is None or not key[: found.start()].rstrip().endswith(tuple('。!?…”’」』"')):
        return None
    inner = found["inner"]
    return (found.start(), *found.span("inner")) if _is_byline(inner, bracketed=True) else None


def opening_byline(key: str) -> tuple[int, int] | None:
    """Find the reporter in the lead of a first paragraph, `本报讯(记者 …)`; the text keeps the byline."""
    found = _LEAD.match(key)
    return None if found is None else found.span("inner")


def _is_byline(inner: str, *, bracketed: bool) -> bool:
    if len(inner) > 60:
        return False
    if bracketed and _IN_BRACKETS.fullmatch(inner):
        return True
    return bool(_LINE.fullmatch(inner) or _REPORTING_CREDIT.fullmatch(inner))
