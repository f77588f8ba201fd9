"""Repairs the damage that converters and copying did to the characters of a page.

Some portals run their pages through a script converter that writes the reading of every ambiguous character
behind it, `網(wǎng)`. It works on bytes and so breaks some characters apart; `corpus.repair.byte_shift` says
how, and restores them. Other damage remains as private-use characters, which no font shows, and is dropped.

Every change is listed, except those that nobody sees: all line breaks become newlines, and control and
zero-width characters are dropped.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.repair.byte_shift import restore_runs
from corpus.repair.language_model import PageStatistics, load_language_model
from corpus.repair.pinyin_notes import AnnotatedCharacter, annotated_characters, is_annotated
from corpus.repair.restoration import RestoredRun

_LINE_BREAK = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF])
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Kana, Greek, Cyrillic or box drawing directly between Chinese characters: shifted bytes give them.
_STRANGE = re.compile("(?<=[\u4e00-\u9fff])[\u0370-\u04ff\u2500-\u257f\u3040-\u30ff](?=[\u4e00-\u9fff])")
_FEWEST_STRANGE = 3
# A fold leaves `!` of `。”` in front of a character that cannot be a second byte.
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
    """One repair: the text before and after, the rule, and the number of the line, counted from 1."""

    number: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class RepairedText:
    """A repaired page, and its repairs in the order of the page."""

    text: str
    repairs: tuple[Repair, ...]


def repair_text(raw: str) -> RepairedText:
    """Restore shifted runs, and drop readings and private-use, control and zero-width characters.

    Only a page that shows damage, by readings, private-use or strange characters, is searched for shifts.
    """
    page = "".join(filter(_is_seen, _LINE_BREAK.sub("\n", raw).translate(_INVISIBLE)))
    annotated = is_annotated(page)
    if not annotated and not _PRIVATE.search(page) and len(_STRANGE.findall(page)) < _FEWEST_STRANGE:
        return RepairedText(page, ())
    lines = [annotated_characters(line, annotated=annotated) for line in page.split("\n")]
    found = _restore(lines, annotated=annotated)
    folded = any(restored.rule == "fold" for restored_runs in found for restored in restored_runs)
    rewritten = [
        _rewrite(number, characters, restored_runs, folded=folded)
        for number, (characters, restored_runs) in enumerate(zip(lines, found, strict=True), start=1)
    ]
    return RepairedText(
        "\n".join(text for text, _ in rewritten),
        tuple(repair for _, repairs in rewritten for repair in repairs),
    )


def _restore(lines: Sequence[Sequence[AnnotatedCharacter]], *, annotated: bool) -> list[list[RestoredRun]]:
    page = PageStatistics.of(
        ["".join(character.text for character in characters) for characters in lines], annotated=annotated
    )
    found = restore_runs(lines, load_language_model(), page)
    if not page.characters.isdisjoint(map(chr, _HALF_WIDTH)):
        return found
    # The rest of the page was folded to half width; the bytes of a shifted run escaped that.
    return [[replace(r, text=r.text.translate(_HALF_WIDTH)) for r in line] for line in found]


def _rewrite(
    number: int,
    characters: Sequence[AnnotatedCharacter],
    restored_runs: Sequence[RestoredRun],
    *,
    folded: bool,
) -> tuple[str, list[Repair]]:
    """Write a line with its restored runs.

    Returns:
        The text of the line, and its repairs.
    """
    text = []
    repairs = []
    index = 0
    for restored in (*restored_runs, None):
        until = len(characters) if restored is None else restored.start
        for character in characters[index:until]:
            after = "" if _PRIVATE.match(character.text) else character.text
            if after != character.received:
                rule = "reading" if character.reading is not None else "private-use character"
                repairs.append(Repair(number, character.received, after, rule))
            text.append(after)
        if restored is not None:
            received = "".join(character.received for character in characters[restored.start : restored.end])
            repairs.append(Repair(number, received, restored.text, _RULES[restored.rule]))
            text.append(restored.text)
            index = restored.end
    line = "".join(text)
    return _close(number, line, repairs) if folded else (line, repairs)


def _close(number: int, line: str, repairs: list[Repair]) -> tuple[str, list[Repair]]:
    """Write `。”` for a `!` that a fold may have left of it, where a quotation is not closed."""
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
