"""Undoing what converters and copying did to the characters of a page, before anything reads it.

Some portals run their pages through a script converter that writes the reading of every ambiguous
character behind it, `網(wǎng)`; where that broke a character the remains stand as private-use
characters, which no font shows.
"""

import re
import unicodedata

from corpus.fold import is_traditional

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# One syllable in brackets, with exactly the tone mark that tells it from an English word.
_SYLLABLE = rf"(?=[a-zü]*[{_TONED}])[a-zü{_TONED}]{{1,6}}[)）]"
_NOTE = re.compile(rf"[(（]{_SYLLABLE}")
# A damaged character may have taken the opening bracket with it.
_UNOPENED_NOTE = re.compile(rf"(?<![A-Za-zü{_TONED}(（ ]){_SYLLABLE}")
_FEWEST_NOTES = 3
_LINE_BREAK = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF])


def mend(raw: str) -> str:
    """The page without pinyin notes, private-use, control and zero-width characters."""
    page = _LINE_BREAK.sub("\n", raw)
    if is_annotated(page):
        page = _UNOPENED_NOTE.sub("", _NOTE.sub("", page))
    return "".join(filter(_is_text, page.translate(_INVISIBLE)))


def is_annotated(page: str) -> bool:
    """Whether a converter wrote readings through this page.

    A writer who explains how a rare name is read also puts pinyin in brackets, but once or twice, or
    behind characters that both scripts share; a converter does it at characters it converted.
    """
    notes = list(_NOTE.finditer(page))
    converted = sum(is_traditional(page[note.start() - 1 : note.start()]) for note in notes)
    return len(notes) >= _FEWEST_NOTES and 2 * converted >= len(notes)


def _is_text(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in ("Co", "Cc", "Cs")
