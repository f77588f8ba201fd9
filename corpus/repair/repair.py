"""Undoing what converters and copying did to the characters of a page, before anything reads it.

Some portals run their pages through a script converter that writes the reading of every ambiguous
character behind it, `網(wǎng)`, and works on bytes, so that in places it broke characters apart:
`corpus.repair.byte_shift` tells how, and puts them together again. What remains of others stands as
private-use characters, which no font shows. All that is changed is listed, but for characters that
nobody sees: of line breaks only a newline is kept, and control and zero-width characters are dropped.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.repair.byte_shift import RestoredRun, restore_runs
from corpus.repair.language_model import PageStatistics, load_language_model
from corpus.repair.pinyin_notes import AnnotatedCharacter, annotated_characters, is_annotated

_LINE_BREAK = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF])
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Kana, Greek, Cyrillic or box drawing right between Chinese characters, as shifted bytes give them.
_STRANGE = re.compile("(?<=[\u4e00-\u9fff])[\u0370-\u04ff\u2500-\u257f\u3040-\u30ff](?=[\u4e00-\u9fff])")
_FEWEST_STRANGE = 3
# `。”` in front of what takes no second byte: the fold left `!` of it.
_FOLDED_MARK = re.compile(r"!(?=[\s\d]|$)")
_QUOTATION_MARK = re.compile("([“”‘’])")
_CLOSING = {"“": "”", "‘": "’"}
_HALF_WIDTH = {code: chr(code - 0xFEE0) for code in map(ord, "！（），：；？")}
_RULES = {
    "fold": "shifted behind a folded sign",
    "note": "shifted behind a reading",
    "byte": "shifted behind a lost byte",
}


@dataclass(frozen=True, slots=True)
class Repair:
    """What stood in line `number` of the page, counted from 1, what it was mended to, and by which rule."""

    number: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class RepairedText:
    """A page fit for reading, and all that was done to it, in the order of the page."""

    text: str
    repairs: tuple[Repair, ...]


def repair_text(raw: str) -> RepairedText:
    """The page with shifted runs restored, without readings, private-use, control and zero-width characters.

    Only a page that shows damage, by readings, private-use or strange characters, is searched for shifts.
    """
    page = "".join(filter(_is_seen, _LINE_BREAK.sub("\n", raw).translate(_INVISIBLE)))
    annotated = is_annotated(page)
    if not annotated and not _PRIVATE.search(page) and len(_STRANGE.findall(page)) < _FEWEST_STRANGE:
        return RepairedText(page, ())
    lines = [annotated_characters(line, annotated=annotated) for line in page.split("\n")]
    found = _restore(lines, annotated=annotated)
    folded = any(restored.rule == "fold" for restored_runs in found for restored in restored_runs)
    mended = [
        _rewrite(number, signs, restored_runs, folded=folded)
        for number, (signs, restored_runs) in enumerate(zip(lines, found, strict=True), start=1)
    ]
    return RepairedText(
        "\n".join(text for text, _ in mended), tuple(repair for _, repairs in mended for repair in repairs)
    )


def _restore(lines: Sequence[Sequence[AnnotatedCharacter]], *, annotated: bool) -> list[list[RestoredRun]]:
    page = PageStatistics.of(
        ["".join(sign.character for sign in signs) for signs in lines], annotated=annotated
    )
    found = restore_runs(lines, load_language_model(), page)
    if not page.characters.isdisjoint(map(chr, _HALF_WIDTH)):
        return found
    # What was read wrong escaped the fold of full-width signs that the rest of the page went through.
    return [[replace(r, text=r.text.translate(_HALF_WIDTH)) for r in line] for line in found]


def _rewrite(
    number: int, signs: Sequence[AnnotatedCharacter], restored_runs: Sequence[RestoredRun], *, folded: bool
) -> tuple[str, list[Repair]]:
    """The line's text with the runs restored, and the repairs."""
    text = []
    repairs = []
    index = 0
    for restored in (*restored_runs, None):
        until = len(signs) if restored is None else restored.start
        for sign in signs[index:until]:
            after = "" if _PRIVATE.match(sign.character) else sign.character
            if after != sign.received:
                rule = "reading" if sign.reading is not None else "private-use character"
                repairs.append(Repair(number, sign.received, after, rule))
            text.append(after)
        if restored is not None:
            received = "".join(sign.received for sign in signs[restored.start : restored.end])
            repairs.append(Repair(number, received, restored.text, _RULES[restored.rule]))
            text.append(restored.text)
            index = restored.end
    line = "".join(text)
    return _close(number, line, repairs) if folded else (line, repairs)


def _close(number: int, line: str, repairs: list[Repair]) -> tuple[str, list[Repair]]:
    """The line with `。”` for the `!` that a fold left of it, where a quotation is not closed."""
    text = []
    opened: list[str] = []
    parts = _QUOTATION_MARK.split(line)  # what is between the marks, and the marks
    for part, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        marks = list(_FOLDED_MARK.finditer(part)) if opened and mark in ("", opened[-1]) else []
        if marks:
            closed = f"。{_CLOSING[opened.pop()]}"
            repairs.append(Repair(number, "!", closed, "folded closing mark"))
            part = part[: marks[-1].start()] + closed + part[marks[-1].end() :]
        if mark in _CLOSING:
            opened.append(mark)
        elif opened and mark == _CLOSING[opened[-1]]:
            opened.pop()
        text += [part, mark]
    return "".join(text), repairs


def _is_seen(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
