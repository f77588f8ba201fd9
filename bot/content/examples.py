"""Make example questions from the reports by rules.

A clause that ends with a count, `…建成服务中心2个`, becomes a question for the count,
`…建成服务中心有多少个？`. A report without such a clause gives questions about its headings.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.botapi import callback_data
from bot.botapi.utf16 import is_visible, sound
from bot.content.articles import ArticleCache, newest_first
from corpus import Article, places_named, sentences

if TYPE_CHECKING:
    from retrieval import Retriever

EXAMPLES = 3
_MAX_TRIED = 24
_MAX_PER_REPORT = 6

# A count of things or people: what is counted, the number and the measure word.
_COUNTED = re.compile(
    r"(?P<what>[^\d，。！？；：、,.!?;:（）()《》“”\"'…—\s]{6,24})\d[\d.,]*[余餘多来來]?[万萬亿億千]?"
    r"(?P<measure>人次|公里|[个個名户戶家亩畝座所处處条條件人米元辆輛场場次])"
    r"(?=[，。！？；,!?;]|$)"
)
_HEDGE = "近约約超逾达達到共是更已有过過了总總计計"
_MIN_LENGTH = 5
_DEPENDENT = re.compile(
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
        """The callback data of the question's button."""
        return callback_data.data(
            callback_data.EXAMPLE, callback_data.key(self.report), callback_data.key(self.question)
        )


def examples(retriever: "Retriever", articles: Iterable[Article]) -> tuple[Example, ...]:
    """Choose example questions that are answered by the report they were made from.

    The same reports always give the same questions. No report gives a second one before each has been tried.

    Returns:
        At most EXAMPLES questions.
    """
    waiting = [iter(candidates(article)) for article in sorted(articles, key=newest_first)]
    random.Random(len(waiting)).shuffle(waiting)
    found: list[Example] = []
    tried = 0
    while waiting and len(found) < EXAMPLES and tried < _MAX_TRIED:
        source = waiting.pop(0)
        for example in source:
            tried += 1
            if _is_answered(retriever, example):
                found.append(example)
                break
            if tried >= _MAX_TRIED:
                break
        else:
            continue
        waiting.append(source)
    return tuple(found)


class ExampleCache:
    """The example questions of a retriever, made again only when its index has a new generation."""

    def __init__(self, retriever: "Retriever", articles: ArticleCache) -> None:
        self._retriever = retriever
        self._articles = articles
        self._examples: tuple[Example, ...] = ()
        self._generation: int | None = None

    def examples(self) -> tuple[Example, ...]:
        """Return the examples; blocks while they are made."""
        number = self._articles.generation
        if number is None or number != self._generation:
            self._examples = examples(self._retriever, self._articles.all())
            self._generation = number
        return self._examples


def example_of(article: Article, key: str) -> str | None:
    """Return the example question of a report that has this key."""
    return next((one.question for one in candidates(article) if callback_data.key(one.question) == key), None)


def candidates(article: Article) -> Iterator[Example]:
    """Yield questions made from a report: from its counts, longest first, then from its headings."""
    for question in _questions(article):
        line = " ".join(sound(question).split())
        if is_visible(line):
            yield Example(article.id, line)


def _questions(article: Article) -> Iterator[str]:
    counted = list(dict.fromkeys(_counted(article)))
    counted.sort(key=len, reverse=True)  # a longer question depends less on its context
    yield from counted[:_MAX_PER_REPORT]
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
            whole = len(what) >= _MIN_LENGTH and _HAN.search(what)
            if opens and whole and not _DEPENDENT.match(what) and not _DATED.search(what):
                where = "" if places_named(what) else article.place or ""
                yield f"{where}{what}有多少{match['measure']}？"


def _is_answered(retriever: "Retriever", example: Example) -> bool:
    answer = retriever.ask(example.question, 1)
    return answer.answered and answer.results[0].article.id == example.report
