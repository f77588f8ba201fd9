"""Example questions, made from the reports at hand by rules of the language alone.

A clause that ends on a count, `…建成服务中心2个`, becomes the question after it, `…建成服务中心有多少个？`;
where there are none, a heading is asked about.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.botapi import callback_data
from bot.botapi.utf16 import is_visible, sound
from bot.content.library import Library, newest_first
from corpus import Article, places_named, sentences

EXAMPLES = 3
_MOST_TRIED = 24
_MOST_A_REPORT = 6

# The measure words that count things and people, with what may stand between number and word.
_COUNTED = re.compile(
    r"(?P<what>[^\d，。！？；：、,.!?;:（）()《》“”\"'…—\s]{6,24})\d[\d.,]*[余餘多来來]?[万萬亿億千]?"
    r"(?P<measure>人次|公里|[个個名户戶家亩畝座所处處条條件人米元辆輛场場次])"
    r"(?=[，。！？；,!?;]|$)"
)
_HEDGE = "近约約超逾达達到共是更已有过過了总總计計"
_SHORTEST = 5
_LEANING = re.compile(
    r"^(?:其中|其|该|此|这|那|他|她|它|并|且|也|还|又|而|共|已|同时|目前|截至|以及|和|与|及|的|达到|总|每|近|至|将|为)"
)
_DATED = re.compile(r"(?:年|月|日|第|以来|期间)$")
_MARKED = re.compile(r"[“”\"'‘’「」:：。！!?？]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Example:
    """A question that a report answers."""

    report: str
    question: str

    @property
    def data(self) -> str:
        """What the button of the question carries."""
        return callback_data.data(
            callback_data.EXAMPLE, callback_data.key(self.report), callback_data.key(self.question)
        )


def examples(library: Library, articles: Iterable[Article]) -> tuple[Example, ...]:
    """Three questions, each answered by the report it was made from, of reports as many as there are.

    Which ones, the reports alone decide.
    """
    waiting = [iter(candidates(article)) for article in sorted(articles, key=newest_first)]
    random.Random(len(waiting)).shuffle(waiting)
    found: list[Example] = []
    tried = 0
    while waiting and len(found) < EXAMPLES and tried < _MOST_TRIED:
        source = waiting.pop(0)
        for example in source:
            tried += 1
            if _is_answered(library, example):
                found.append(example)
                break
            if tried >= _MOST_TRIED:
                break
        else:
            continue
        waiting.append(source)
    return tuple(found)


def example_of(article: Article, named: str) -> str | None:
    """The question made from a report that has this key."""
    return next(
        (one.question for one in candidates(article) if callback_data.key(one.question) == named), None
    )


def candidates(article: Article) -> Iterator[Example]:
    """Questions made from a report: after its counts, the longest first, then after its headings."""
    for question in _questions(article):
        line = " ".join(sound(question).split())
        if is_visible(line):
            yield Example(article.id, line)


def _questions(article: Article) -> Iterator[str]:
    counted = list(dict.fromkeys(_counted(article)))
    counted.sort(key=len, reverse=True)  # the longer a question, the less it leans on its context
    yield from counted[:_MOST_A_REPORT]
    for heading in (section.heading for section in article.sections):
        words = "".join((heading or "").split())
        if 4 <= len(words) <= 20 and _HAN.search(words) and not _MARKED.search(words):
            yield f"{words}是怎么回事？"
    title = " ".join(article.title.split())
    if 4 <= len(title) <= 40:
        yield f"{title}讲了什么？" if _HAN.search(title) else f"{title}?"


def _counted(article: Article) -> Iterator[str]:
    for start, end in sentences(article.text):
        sentence = article.text[start:end]
        for match in _COUNTED.finditer(sentence):
            opens = match.start() == 0 or sentence[match.start() - 1] in "，。！？；,!?;：:"
            what = match["what"].rstrip(_HEDGE)
            whole = len(what) >= _SHORTEST and _HAN.search(what)
            if opens and whole and not _LEANING.match(what) and not _DATED.search(what):
                where = "" if places_named(what) else article.place or ""
                yield f"{where}{what}有多少{match['measure']}？"


def _is_answered(library: Library, example: Example) -> bool:
    answer = library.ask(example.question, 1)
    return answer.answered and answer.results[0].article.id == example.report
