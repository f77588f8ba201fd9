"""What a question asks about by name: what is to be counted, or what somebody is.

`小学` in `新建了几所小学？`, `会长` in `会长是谁？`. A passage that speaks of no such thing does not answer,
however near the rest of it comes.
"""

import re

from retrieval.fold import fold
from retrieval.numerals import CLASSIFIERS

_HAN = r"[\u4e00-\u9fff]"
_TARGETS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<target>{_HAN}{{2,6}}?)[一总]?共?(?:有|是|为|达到?)(?:多少|几)[{CLASSIFIERS}]?[？?]?$",
        rf"(?:多少|几)[{CLASSIFIERS}]?(?P<target>{_HAN}{{2,6}}?)"
        r"(?:[？?，。]|$|被|在|有|是|参|来|住|能|出|过|得|要|和|接)",
        rf"(?P<target>{_HAN}{{2,4}})(?:是谁|叫什么|是哪位|姓什么)",
        rf"谁是(?P<target>{_HAN}{{2,6}})",
    )
)
"""The first that is found decides."""


def target(question: str) -> tuple[int, int] | None:
    """The code points of what a question asks about by name, or None where it says no such thing."""
    folded = fold(question)
    found = next(filter(None, (pattern.search(folded) for pattern in _TARGETS)), None)
    if found is None:
        return None
    start, end = found.span("target")
    start += found["target"].rfind("的") + 1  # 年的税收: what stands behind 的
    return (start, end) if end - start >= 2 else None
