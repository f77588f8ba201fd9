"""Damaging clean text the way a script converter damaged report 002, to see whether repair undoes it.

The page is what a portal served: GBK, traditional script, full-width signs, a reading behind some
characters. One byte goes astray, the bytes are read as GBK, and full-width signs become half-width.
"""

import difflib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import opencc
from pypinyin import Style, lazy_pinyin

from corpus.repair.pinyin_notes import annotated_characters
from corpus.repair.repair import repair_text
from corpus.text.normalize import is_traditional

# What is broken: `。”` by a fold, other characters by a fold, by a note, or by a byte lost anywhere.
KINDS = ("quote", "fold", "note", "byte")
# How often each kind of damage occurs in report 002.
AS_FOUND = {"quote": 9, "fold": 2, "note": 2}
# A page of which it is plain that a converter annotated and damaged it.
PREAMBLE = (
    "人民網(wǎng)報道,江北區(qū)的企業(yè)發展迅速。\n市民說:“現在出門方便多了!瘪R師傅也說:“公園離家很近!\n"
)
_QUOTES = "”“’‘"
_FOLDED = str.maketrans("！（），：；？", "!(),:;?")
_UNFOLDED = str.maketrans("!(),:;?", "！（），：；？")
_FOLDED_SECOND = b"\xa1\xa8\xa9\xac\xba\xbb\xbf"
_NOTED_SHARE = 3  # one in so many traditional characters always carries its reading, the others never


@dataclass(frozen=True, slots=True)
class _Site:
    """The byte at `at` is lost; where a note cut it off its character, `note` stands behind it."""

    kind: str
    at: int
    note: str = ""


def to_page(text: str) -> str:
    """The text as such a portal holds it: traditional, full-width, of characters that GBK has."""
    traditional = _converter().convert(text).translate(_UNFOLDED)
    return "".join(c for c in traditional if c.isascii() or len(c.encode("gb18030")) == 2)


def clean(page: str) -> str:
    """The page as it would be received without readings and damage."""
    return page.translate(_FOLDED)


def annotate(page: str) -> str:
    """The page as it would be received without damage."""
    return clean("".join(character + _note(character) for character in page))


def damage(page: str, kind: str, rng: random.Random) -> str | None:
    """The page as received with one damage of the kind, or None where it has no place for it."""
    sites = list(_sites(page, kind))
    if not sites:
        return None
    site = rng.choice(sites)
    return clean(_received(page, site.at, cut=site.note))


def repaired_text(damaged: str) -> str:
    """The damaged page after repair, as a part of a page that shows damage."""
    return repair_text(PREAMBLE + damaged).text.split("\n", PREAMBLE.count("\n"))[-1]


def distance(clean_page: str, other: str) -> int:
    """How many characters of either page have no partner in the other, readings not counted."""
    without = "".join(character.text for character in annotated_characters(other, annotated=True))
    matcher = difflib.SequenceMatcher(None, clean_page, without, autojunk=False)
    return len(clean_page) + len(without) - 2 * sum(match.size for match in matcher.get_matching_blocks())


def _sites(page: str, kind: str) -> Iterator[_Site]:
    """The bytes that may be lost."""
    at = 0
    for character, following in zip(page, page[1:] + "\n", strict=True):
        codes, behind = character.encode("gb18030"), following.encode("gb18030")
        if len(codes) == 2:
            if kind == "byte":
                yield from (_Site(kind, at), _Site(kind, at + 1))
            elif len(behind) == 2:
                across = codes[1:] + behind[:1]
                folds = across[0] == 0xA3 and across[1] in _FOLDED_SECOND
                if kind == "note":
                    if across[0] > 0x80 and (note := _note(across.decode("gb18030", "replace"))):
                        yield _Site(kind, at + 2, note)
                elif folds and (kind == "quote") == (character == "。" and following in _QUOTES):
                    yield _Site(kind, at)
        at += len(codes)


def _received(page: str, lost: int, cut: str = "") -> str:
    """The page read as GBK without the byte `lost`, which left a `?` and a `cut` note if it was cut off."""
    tokens: list[int | str] = []
    at = 0
    for character in page:
        for code in character.encode("gb18030"):
            if at != lost:
                tokens.append(code)
            elif cut:
                tokens.append(f"?{cut[1:]}")
            at += 1
        tokens.append(_note(character))
    return _decoded([token for token in tokens if token != ""])


def _decoded(tokens: list[int | str]) -> str:
    """Bytes read in pairs; a first byte without a second is dropped, notes are read as they are."""
    text = ""
    place = 0
    while place < len(tokens):
        code, following = tokens[place], (*tokens[place + 1 : place + 2], "")[0]
        place += 1
        if isinstance(code, str):
            text += code
        elif code < 0x80:
            text += chr(code)
        elif 0x80 < code < 0xFF and isinstance(following, int) and following >= 0x40 and following != 0x7F:
            text += bytes([code, following]).decode("gb18030", "ignore")
            place += 1
    return text


@cache
def _note(character: str) -> str:
    if not is_traditional(character) or ord(character) % _NOTED_SHARE:
        return ""
    reading = lazy_pinyin(character, style=Style.TONE)[0]
    return "" if reading.isascii() else f"({reading})"


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
