"""Turn texts into pinyin, so that homophone typos, pinyin input and English names match Chinese words.

`政斜`, `zhengxie` and `政协` give the same terms, and so do `Huaxin` and `华新`. A term is a pair of
syllables without tones, `"hua xin"`: a single syllable is too common to be searched.
"""

import re
from functools import cache, lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg

from corpus.text.normalize import fold

LONGEST_SYLLABLE = 6

CACHED_WORDS = 50_000
"""Words whose syllables are kept."""

_RUN = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z]+(?:['’][A-Za-z]+)*")


def syllable_pairs(text: str) -> list[str]:
    """Return the pairs of syllables in the Chinese words of a text and in its Latin words that are pinyin.

    A Latin word is pinyin if it consists of syllables; pairs join adjacent words of pinyin (`Huaxin Jie`). In
    a text with words of another language only capitalised words are pinyin: `Huaxin`, but not `women`.
    """
    runs = [
        (run, _split(run.lower()) if run.isascii() else _read(run)) for run in _RUN.findall(_narrow(text))
    ]
    foreign = any(not read for _, read in runs)
    found: list[str] = []
    loose: list[str] = []
    for run, read in runs:
        if run.isascii() and read and (run[0].isupper() or not foreign):
            loose += read
            continue
        found += _pairs(loose) + ([] if run.isascii() else _pairs(read))
        loose = []
    return found + _pairs(loose)


@cache
def syllables() -> frozenset[str]:
    """Return all syllables of pinyin, without tones."""
    read = lazy_pinyin([chr(code) for code in range(0x4E00, 0x9FA6)])
    return frozenset(syllable for syllable in read if syllable.isascii() and syllable.isalpha())


def _narrow(text: str) -> str:
    """The text in simplified script and narrow width, in the case it is in."""
    return "".join(char if char.isascii() else folded for char, folded in zip(text, fold(text), strict=True))


def _read(run: str) -> list[str]:
    return [syllable for word in seg.cut(run) for syllable in _syllables_of(word)]


@lru_cache(CACHED_WORDS)
def _syllables_of(word: str) -> list[str]:
    """The syllables of one word of pypinyin's segmentation; looking them up is slow."""
    return [syllable for syllable in lazy_pinyin(word) if syllable.isascii()]


@lru_cache(CACHED_WORDS)
def _split(word: str) -> list[str]:
    """Split a word into as few syllables as possible; empty if it does not consist of syllables."""
    parts = [_fewest(part) for part in re.split("['’]", word)]
    return [syllable for part in parts for syllable in part] if all(parts) else []


def _fewest(word: str) -> list[str]:
    best: list[list[str] | None] = [[], *[None] * len(word)]
    for start, head in enumerate(best):
        if head is None:
            continue
        for end in range(start + 1, min(start + LONGEST_SYLLABLE, len(word)) + 1):
            known = best[end]
            if word[start:end] in syllables() and (known is None or len(known) > len(head) + 1):
                best[end] = [*head, word[start:end]]
    return best[-1] or []


def _pairs(read: list[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(read)]
