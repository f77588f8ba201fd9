"""The readings a script converter writes behind characters, `網(wǎng)`, told from a writer's own."""

import re
from dataclasses import dataclass
from functools import cache

from corpus.text.normalize import is_traditional

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# One syllable, with exactly the tone mark that tells it from an English word.
_SYLLABLE = rf"(?=[a-zü]*[{_TONED}])([a-zü{_TONED}]{{1,6}})[)）]"
_NOTE = re.compile(rf"[(（]{_SYLLABLE}")
# A damaged character may have taken the opening bracket with it.
_UNOPENED_NOTE = re.compile(rf"(?<![A-Za-zü{_TONED}(（ ]){_SYLLABLE}")
_ANY_NOTE = re.compile(rf"{_NOTE.pattern}|{_UNOPENED_NOTE.pattern}")
_FEWEST_NOTES = 3


@dataclass(frozen=True, slots=True)
class AnnotatedCharacter:
    """A character of a line with the note behind it, `received` being both as they stand.

    `reading` is the note's syllable, or None; `opened` is false where the note lost its bracket.
    """

    character: str
    received: str
    reading: str | None = None
    opened: bool = True


def is_annotated(page: str) -> bool:
    """Whether a converter wrote readings through this page.

    A writer who explains how a rare name is read also puts pinyin in brackets, but once or twice, or
    behind characters that both scripts share; a converter does it at characters it converted.
    """
    notes = list(_NOTE.finditer(page))
    converted = sum(is_traditional(page[note.start() - 1 : note.start()]) for note in notes)
    return len(notes) >= _FEWEST_NOTES and 2 * converted >= len(notes)


def annotated_characters(line: str, *, annotated: bool) -> list[AnnotatedCharacter]:
    """The characters of the line, each with its note where the page is annotated.

    A note at the very beginning of a line stands behind an empty character.
    """
    if not annotated:
        return [AnnotatedCharacter(character, character) for character in line]
    signs = []
    index = 0
    for note in _ANY_NOTE.finditer(line):
        before = line[index : note.start()]
        signs += [AnnotatedCharacter(character, character) for character in before[:-1]]
        noted = before[-1:]
        reading = note.group(1) or note.group(2)
        signs.append(AnnotatedCharacter(noted, noted + note.group(), reading, note.group(1) is not None))
        index = note.end()
    return signs + [AnnotatedCharacter(character, character) for character in line[index:]]


@cache
def has_reading(character: str, reading: str) -> bool:
    """Whether the character can be read so."""
    from pypinyin import Style, pinyin  # only damaged pages need it, and it takes a while to import

    return reading in pinyin(character, style=Style.TONE, heteronym=True)[0]
