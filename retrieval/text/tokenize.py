"""Cut texts, and the headers of passages, into the terms that lexical search compares."""

import unicodedata
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from corpus import Article, Passage
from corpus.text.normalize import SEPARATORS, fold, is_han
from retrieval.text.numbers import numbers_in

TEXT, HEADER, PINYIN = FIELDS = 0, 1, 2
"""The fields of a passage: its text, its header, and the pinyin of both."""

HEADER_WEIGHT = 0.3
"""The weight of a term in a header, where a term in a text has 1."""

WORD_FIELDS, PINYIN_FIELDS = {TEXT: 1.0, HEADER: HEADER_WEIGHT}, {PINYIN: 1.0}
"""The fields in which words, and those in which syllables, are searched, with their weights."""

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.integer[Any]]
Weights = npt.NDArray[np.float64]


def terms(text: str) -> list[str]:
    """Cut a text into character bigrams of Chinese and words of other scripts.

    A single Chinese character is a term too: `"建成74个"` gives `["建成", "74", "个"]`. A number
    not written in plain digits adds a term in digits: `"三千万"` gives `["三千", "千万", "30000000"]`.
    """
    folded = fold(text)
    found = []
    for run, han in _runs(folded):
        found += [run] if not han or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return found + numbers_in(folded)


def header(article: Article, section: str | None) -> str:
    """Join the title, subtitle, section, place and date of a passage to one line."""
    day = article.date and f"{article.date.year}年{article.date.month}月{article.date.day}日"
    return " ".join(part for part in (article.title, article.subtitle, section, article.place, day) if part)


def field_terms(article: Article, passage: Passage) -> tuple[list[str], list[str], list[str]]:
    """Return the terms of each of the `FIELDS` of a passage."""
    from retrieval.text.pinyin import syllable_pairs  # commands that only list reports need no pypinyin

    above = header(article, passage.section)
    return terms(passage.text), terms(above), syllable_pairs(passage.text) + syllable_pairs(above)


def code(term: str) -> int:
    """Return the number under which the index stores a term."""
    return crc32(term.encode(errors="surrogatepass"))


def _runs(folded: str) -> list[tuple[str, bool]]:
    """Split a text at separators and where the script changes; True marks runs of Chinese."""
    runs: list[tuple[str, bool]] = []
    before = None
    for char in folded:
        han = None if unicodedata.category(char)[0] in SEPARATORS else is_han(char)
        if han is not None:
            if han == before:
                runs[-1] = (runs[-1][0] + char, han)
            else:
                runs.append((char, han))
        before = han
    return runs
