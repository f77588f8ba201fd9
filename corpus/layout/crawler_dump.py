"""Parses articles as crawlers store them: on one line, behind the metadata of their page.

`2023-08-07 14:18，正文：原标题：甲地发布预警        甲地6日发布预警。    一、……` is a date, the mark where
the text begins, the headline, and paragraphs that are separated by blanks in place of line breaks.
"""

import re
from dataclasses import replace

from corpus.data import read_lines
from corpus.layout.dateline import source_span
from corpus.layout.lines import Cut
from corpus.page import Page
from corpus.text.dates import parse_date
from corpus.text.normalize import halfwidth

_MARK = "正文:"
_FARTHEST = 1_000  # characters, most of them blanks, in front of the mark
_LONGEST_FRONT = 100  # characters without white space
_METADATA = re.compile(r"\d|来源:|作者:|记者:|[>›»]|/$")
_AUTHOR = re.compile(r"(?:作者|记者):\s*(?P<name>[\u4e00-\u9fff·、 ]{2,20}?)(?=\s{2}|来源|编辑|$)")
_ADDRESS = re.compile(r"https?://[^\s,]+")

_ORIGINAL = re.compile(r"原标题:\s*")
_HEADLINE = range(6, 81)  # characters
_WIDE_GAP = re.compile(r"\s{3,}")
_AGENCY = "|".join(read_lines("news_agencies.txt"))
# A report begins behind its headline with its agency and the word for a dispatch, or with its source,
_LEAD_IN = re.compile(
    rf"(?:{_AGENCY})[^，。！？]{{0,16}}?(?:电|讯|消息|报道)\s*(?=[(（【:：,，]|\s)|[(（]?本文转自|【[^】]{{2,10}}[讯电]】"
)
# or with the day of the event, unless the word in front of the day belongs to it.
_DAY = re.compile(
    r"(?<![,，、于在从自到至截据止前后及和(（:：\d年“])(?:北京时间|当地时间)?(?:(?:20\d\d年)?\d{1,2}月\d{1,2}日(?:上午|下午|晚|凌晨)?|近日|日前|近期)[，,]"
)
_STAMP = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?:\s*作者：[\u4e00-\u9fff]{2,4}(?=\s))?\s*")
_NO_HEADLINE = re.compile(r"。|记者|获悉|据悉|[表显]示|今年|近年")
_MARKS = re.compile(r"[！!？?…]+")
_LONGEST_BEFORE_DAY = 40  # characters; a longer stretch holds sentences of the report

_PARAGRAPH = re.compile(
    r"(?:(?<=[。！？!?；”」）)])\s*[ \t\xa0\u3000]{2,}|\s{4,}|\s{2,}(?=【(?:责任)?编辑[:：]))(?=\S)"
)
_LONGEST_FOOT = 200  # characters
_FOOT = re.compile(
    r"(?P<foot>(?:返回搜狐，查看更多\s*)?[(（【\[]?责任编辑[:：][^。！？\n]{0,20}|返回搜狐，查看更多\s*"
    r"|更多精彩内容请进入[^。！？\n]{1,12}|广告声明：文内含有的对外跳转链接[^\n]{0,120})\s*$"
)


def parse_crawler_dump(page: Page) -> tuple[Page, tuple[Cut, ...]]:
    """Move the metadata in front of a crawled text into the page's fields, and restore its line breaks.

    Returns:
        The page and what was cut from it; the same page and no cuts if it is not a crawler's.
    """
    mark = halfwidth(page.text[:_FARTHEST]).find(_MARK)
    front = page.text[: max(mark, 0)].strip(" \t\xa0\u3000\n,，")
    if mark < 0 or not _is_front(halfwidth(front)):
        return page, ()
    cuts = [Cut(1, front, "crawler's front")] if front else []
    text, feet = _without_feet(page.text[mark + len(_MARK) :].strip())
    title = None
    if original := _ORIGINAL.match(halfwidth(text[:_FARTHEST])):
        marked = text
        title, text = _headline(text[original.end() :])
        cuts.append(Cut(1, marked.removesuffix(text).strip(), "headline"))
    source = source_span(halfwidth(front))
    author = _AUTHOR.search(halfwidth(front))
    address = _ADDRESS.search(front)
    return (
        replace(
            page,
            text=_PARAGRAPH.sub("\n", text),
            title=page.title or title,
            publisher=page.publisher or (front[slice(*source)] if source else None),
            date=page.date or parse_date(front),
            byline=page.byline or (front[slice(*author.span("name"))].strip() if author else None),
            url=page.url or (address[0] if address and address[0].count("/") > 3 else None),
        ),
        (*cuts, *(Cut(text.count("\n") + 1, foot, "crawler's foot") for foot in feet)),
    )


def _is_front(key: str) -> bool:
    squashed = "".join(key.split())
    if len(squashed) > _LONGEST_FRONT or any(mark in key for mark in "。!?\n"):
        return False
    return not squashed or bool(_METADATA.search(squashed))


def _without_feet(text: str) -> tuple[str, list[str]]:
    feet: list[str] = []
    while found := _FOOT.search(text[-_LONGEST_FOOT:]):
        feet.insert(0, found["foot"].strip())
        text = text[: max(len(text) - _LONGEST_FOOT, 0) + found.start()].rstrip()
    return text, feet


def _headline(text: str) -> tuple[str | None, str]:
    """Split a text into its headline and the rest.

    If the end of the headline cannot be found, the text stays whole: better no headline than a lost
    sentence.
    """
    start = text[: _HEADLINE[-1] * 2 + 10]
    ends = [found.span() for rule in (_WIDE_GAP, _STAMP) if (found := rule.search(start, _HEADLINE[0]))]
    if found := _LEAD_IN.search(start, _HEADLINE[0]):
        ends.append((found.start(), found.start()))
    if (found := _DAY.search(start, _HEADLINE[0])) and _is_headline(start[: found.start()]):
        ends.append((found.start(), found.start()))
    if (printed := _repeated(start)) is not None:
        ends.append((printed, printed))
    end, behind = min(ends, default=(0, 0))
    title = " ".join(text[:end].split())
    if len(title) not in _HEADLINE or _NO_HEADLINE.search(title):
        return None, text
    return title, text[behind:].removeprefix(text[:end]).lstrip()


def _is_headline(words: str) -> bool:
    return len(words) <= _LONGEST_BEFORE_DAY and len(_MARKS.findall(words)) <= 1


def _repeated(start: str) -> int | None:
    """Find the length of a headline that is printed twice in a row."""
    for length in _HEADLINE:
        if start[:length] == start[length : 2 * length]:
            return length
    return None
