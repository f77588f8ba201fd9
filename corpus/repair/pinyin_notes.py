"""Finds the pinyin notes that a script converter writes behind characters: `網(wǎng)`."""

import re
from dataclasses import dataclass
from functools import cache

from corpus.text.normalize import is_traditional

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# One syllable with a tone mark, which no English word has.
_SYLLABLE = rf"(?=[a-zü]*[{_TONED}])([a-zü{_TONED}]{{1,6}})[)）]"
_NOTE = re.compile(rf"[(（]{_SYLLABLE}")
# A damaged character may have taken the opening bracket with it.
_UNOPENED_NOTE = re.compile(rf"(?<![A-Za-zü{_TONED}(（ ]){_SYLLABLE}")
_ANY_NOTE = re.compile(rf"{_NOTE.pattern}|{_UNOPENED_NOTE.pattern}")
_FEWEST_NOTES = 3


@dataclass(frozen=True, slots=True)
class AnnotatedCharacter:
    """A character of a line with the note behind it.

    Attributes:
        text: the character; empty if a note begins the line.
        received: the character and the note as they stand in the line.
        reading: the syllable of the note, if there is one.
        opened: False if the note lost its opening bracket.
    """

    text: str
    received: str
    reading: str | None = None
    opened: bool = True


def is_annotated(page: str) -> bool:
    """Tell whether a converter wrote notes into a page.

    A writer may also explain a rare name by pinyin in brackets, but only once or twice, or behind characters
    that both scripts share; a converter does it behind characters that it converted.
    """
    notes = list(_NOTE.finditer(page))
    converted = sum(is_traditional(page[note.start() - 1 : note.start()]) for note in notes)
    return len(notes) >= _FEWEST_NOTES and 2 * converted >= len(notes)


def annotated_characters(line: str, *, annotated: bool) -> list[AnnotatedCharacter]:
    """Split a line into its characters, each with its note if the page is annotated.

    A note at the very beginning of a line belongs to an empty character.
    """
    if not annotated:
        return [AnnotatedCharacter(character, character) for character in line]
    characters = []
    index = 0
    for note in _ANY_NOTE.finditer(line):
        before = line[index : note.start()]
        characters += [AnnotatedCharacter(character, character) for character in before[:-1]]
        noted = before[-1:]
        reading = note.group(1) or note.group(2)
        characters.append(AnnotatedCharacter(noted, noted + note.group(), reading, note.group(1) is not None))
        index = note.end()
    return characters + [AnnotatedCharacter(character, character) for character in line[index:]]


@cache
def has_reading(character: str, reading: str) -> bool:
    """Tell whether a character can be read so."""
    from pypinyin import Style, pinyin  # slow to import, and only damaged pages need it

    return reading in pinyin(character, style=Style.TONE, heteronym=True)[0]
