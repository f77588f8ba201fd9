"""Bylines: who wrote and photographed, on a line of their own or in brackets behind the last sentence."""

import re

_NAME = r"[\u4e00-\u9fff·]{2,5}"
_NAMES = rf"{_NAME}(?:[\s、]+{_NAME}){{0,5}}"
_REPORTER = r"(?:[\u4e00-\u9fff]{0,8}(?:记者|通讯员|特约撰稿人?|作者)|文|撰文|供稿)"
_MARK = r"(?:文[/及]图|图[/及]文|/文|/图|文/|图/|/摄|摄影报道|摄影|供图|供稿|\s摄)"

_LINE = re.compile(
    rf"{_REPORTER}\s*[:/|丨]?\s*{_NAMES}(?:\s*{_REPORTER}\s*[:/|丨]?\s*{_NAMES}){{0,4}}"
    rf"(?:\s*(?:文/图|图/文|文图|摄影报道|报道|摄|/文|/图|文|图))*"
    rf"|{_NAMES}\s*(?:(?:图片|照片|图)由[^。!?;,]{{2,24}}(?:提供|供图))"
    rf"|(?:图片|照片|图)由[^。!?;,]{{2,24}}(?:提供|供图)"
    rf"|[^。!?;,:]{{2,24}}?{_MARK}(?:[^。!?;,:]{{0,30}})"
)
_REPORTING_CREDIT = re.compile(r"[(\[【]?(?:本报|本网|首席|全媒体|见习|实习)*(?:记者|通讯员|作者|撰文|供稿|文字?|图片|摄影)(?:[/、及 ]\S{1,4})?\s*[:|丨].+")
_BRACKETED = re.compile(r"[(（](?P<inner>[^()（）。！？!?;；]{2,60})[)）]\s*$")
_LEAD = re.compile(rf"^.{{0,24}}?[(（](?P<inner>(?:[\u4e00-\u9fff]{{0,8}}(?:记者|通讯员)\s*[^()（）。！？]{{2,30}}))[)）]")


def byline_of_line(key: str) -> tuple[int, int] | None:
    """The span of the byline in a folded line that holds nothing else, without its brackets."""
    start, end = (1, len(key) - 1) if key[:1] in "([【" and key[-1:] in ")]】" else (0, len(key))
    inner = key[start:end]
    if len(inner) <= 60 and (_LINE.fullmatch(inner) or _REPORTING_CREDIT.fullmatch(inner)):
        return start, end
    return None


def closing_byline(key: str) -> tuple[int, int, int] | None:
    """Where a bracketed byline behind the last sentence begins, and the span of its inside."""
    found = _BRACKETED.search(key)
    if found is None or not key[: found.start()].rstrip().endswith(tuple("。！？!?…”’」』\"")):
        return None
    inner = found["inner"]
    if _LINE.fullmatch(inner) or _REPORTING_CREDIT.fullmatch(inner):
        return found.start(), found.start("inner"), found.end("inner")
    return None


def opening_byline(key: str) -> tuple[int, int] | None:
    """The reporter named in the dateline of the first paragraph, `本报讯(记者 …)`, which stays in the text."""
    found = _LEAD.match(key)
    return None if found is None else found.span("inner")
