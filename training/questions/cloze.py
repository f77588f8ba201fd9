"""Make cloze questions from sentences of the news: how many, when, and who.

As in unsupervised question answering (Lewis et al., ACL 2019), a part of a sentence becomes the answer and
the clause around it the question. Such questions share their words with the passage. They teach the context
of answers, and that a passage on the same subject without the answer does not answer.
"""

import random
import re

from retrieval.research import (
    lexicon,
)

SHORTEST, LONGEST = 8, 45
"""The least and the most characters of a question."""

SHORT = 7
"""A clause with fewer characters besides the answer is extended by the clause before it."""

_COUNTED = lexicon().compile(
    r"(?<![第.\-/:0-9０-９年月])\d[\d,.]*(?:余|多)?[万亿]?(?:余|多)?"
    r"(公里|平方米|分钟|小时|天|年(?!\d)|岁|{measure_words})"
)
_DAY = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月")
_PERSON = re.compile(
    r"(?:主任|书记|主席|院长|校长|局长|教授|经理|负责人|董事长|处长|所长|会长|队长|研究员|医生|民警|站长|总监|秘书长"
    r"|记者|部长|市长|区长|县长)([\u4e00-\u9fff]{2,3})(?=说|表示|介绍|认为|告诉|指出|透露|坦言)"
)
_WHEN = ("什么时候", "哪天", "什么时间", "哪一天")
_BEGINS, _ENDS = "，,；;。：:“", "，,；;。？！：”"


def cloze(sentence: str, draw: random.Random) -> tuple[str, str] | None:
    """Return a question that a sentence answers, and the answer, or None if there is nothing to ask for."""
    text = sentence.strip()
    found = [(match.span(), _how_many(match[1], draw)) for match in _COUNTED.finditer(text)]
    found += [(match.span(), draw.choice(_WHEN)) for match in _DAY.finditer(text)]
    found += [(match.span(1), "谁") for match in _PERSON.finditer(text)]
    if not found:
        return None
    (start, end), asking = draw.choice(found)
    begin = _last(text, start)
    stop = min([at for sign in _ENDS if (at := text.find(sign, end)) >= 0], default=len(text))
    if start - begin + stop - end < SHORT:
        begin = _last(text, max(0, begin - 1))
    question = (text[begin:start] + asking + text[end:stop]).strip('“”"、 ')
    if not SHORTEST <= len(question) <= LONGEST:
        return None
    return question + draw.choice(["？", "?", ""]), text[start:end]


def _how_many(measure: str, draw: random.Random) -> str:
    return ("几" if len(measure) == 1 and draw.random() < 0.4 else "多少") + measure


def _last(text: str, before: int) -> int:
    """Return the start of the clause of a position."""
    return max(text.rfind(sign, 0, before) for sign in _BEGINS) + 1
