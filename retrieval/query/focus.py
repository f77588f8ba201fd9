"""What a question asks about by name: what is to be counted, or what somebody is.

`小学` in `新建了几所小学？`, `会长` in `会长是谁？`, `seats` in `How many seats does it have?`. A passage
that speaks of no such thing does not answer, however near the rest of it comes.
"""

import re

from corpus import place_spans
from corpus.text.normalize import fold
from retrieval.text.numbers import CLASSIFIERS

_HAN = r"[\u4e00-\u9fff]"
_COUNTERS = CLASSIFIERS + "桩株棵笔则起宗款副堂班组队节集部首句种类样道级枚颗杯盒袋瓶"
_WORD = "[a-z][a-z'-]+"
_GOES_ON = (
    "(?:do|does|did|are|were|is|was|has|have|had|can|could|will|would|there|of|in|at|on|from|for|to|per|each|every"
    "|took|take|takes|came|come|went|go|got|get|live|lived|lives|work|works|worked|serve|serves|served|join|joined"
    "|attend|attended|use|used|receive|received|been|participated|benefited|benefits?|eat|eats)"
)
_TARGETS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<target>{_HAN}{{2,6}}?|[A-Za-z]{{2,12}})[一总]?共?(?:有|是|为|达到?)(?:多少|几)[{_COUNTERS}]?[？?]?$",
        rf"(?:多少|几)(?!人)[{_COUNTERS}]?+(?P<target>{_HAN}{{2,6}}?)"
        r"(?:[？?，。]|$|被|在|有|是|参|来|住|能|出|通?过|得|要|和|接)",
        rf"(?P<target>{_HAN}{{2,4}})(?:是谁|叫什么|是哪位|姓什么)(?:名字?)?(?!{_HAN}{{2}})",
        rf"谁是(?P<target>{_HAN}{{2,8}})",
        rf"\bhow many (?P<target>{_WORD}(?: {_WORD}){{0,2}}?)(?: {_GOES_ON}\b|[?,]|$)",
        rf"\b(?:who|what) (?:is|was|are|were) the (?P<target>{_WORD}(?: {_WORD}){{0,3}}?) (?:of|at|in|for)\b",
    )
)
"""The first that is found decides."""

_MEASURES = {
    "小时", "分钟", "公里", "公斤", "平方米", "人次", "时间",
    "people", "persons", "person", "times", "time", "days", "day", "years", "year", "months", "weeks",
    "hours", "minutes", "date", "name", "number", "place", "pieces", "kilometers", "meters", "metres",
    "kilograms", "tons", "percent",
}  # fmt: skip
_SAYS_MORE = re.compile(
    r"[了着过吗呢]|^[是有在为]|(?:[都又就]|分别|最[后终初先早近]|后来|到底|究竟|当[时年初]|[现如]今|现在|目前|原来|其实|[今去明前]年)$"
)
"""What is no name: it says something of what is counted, or when or how surely somebody was."""


def focus(question: str) -> tuple[int, int] | None:
    """The code points of what a question asks about by name, or None where it says no such thing.

    It has two characters or more; the place it belongs to is no part of it, nor whatever else stands before
    的 (年的税收). What follows 多少人 says what they do.
    """
    folded = fold(question)
    found = next(filter(None, (pattern.search(folded) for pattern in _TARGETS)), None)
    if found is None:
        return None
    start, end = found.span("target")
    start += found["target"].rfind("的") + 1
    start = max([start, *(stop for begin, stop in place_spans(question) if begin <= start < stop < end)])
    name = folded[start:end]
    return (start, end) if len(name) >= 2 and name not in _MEASURES and not _SAYS_MORE.search(name) else None
