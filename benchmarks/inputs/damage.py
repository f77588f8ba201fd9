"""Damage clean text as a script converter damaged report 002, to test whether repair restores it.

The clean page is one that a portal serves: in GBK, in traditional script, with full-width punctuation and
pinyin after some characters. One byte is lost, the bytes are read as GBK, and full-width punctuation becomes
half-width.
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

KINDS = ("quote", "fold", "note", "byte")
"""Kinds of damage: to `。”` by a fold, to other characters by a fold, by a pinyin note, by any lost byte."""

AS_FOUND = {"quote": 9, "fold": 2, "note": 2}
"""The frequency of each kind of damage in report 002."""

# The beginning of a page that a converter clearly annotated and damaged.
PREAMBLE = (
    "人民網(wǎng)報道,江北區(qū)的企業(yè)發展迅速。\n市民說:“現在出門方便多了!瘪R師傅也說:“公園離家很近!\n"
)
_QUOTES = "”“’‘"
_FOLDED = str.maketrans("！（），：；？", "!(),:;?")
_UNFOLDED = str.maketrans("!(),:;?", "！（），：；？")
_FOLDED_SECOND = b"\xa1\xa8\xa9\xac\xba\xbb\xbf"
_NOTED_SHARE = 3  # one of this many traditional characters is always annotated, the others never


@dataclass(frozen=True, slots=True)
class _Site:
    """A lost byte at `at`, and the note that cut it off its character, if any."""

    kind: str
    at: int
    note: str = ""


def to_page(text: str) -> str:
    """Convert a text to the page of a portal: traditional, full-width, only with characters of GBK."""
    traditional = _converter().convert(text).translate(_UNFOLDED)
    return "".join(c for c in traditional if c.isascii() or len(c.encode("gb18030")) == 2)


def clean(page: str) -> str:
    """Return the page as received without pinyin and damage."""
    return page.translate(_FOLDED)


def annotate(page: str) -> str:
    """Return the page as received with pinyin but without damage."""
    return clean("".join(character + _note(character) for character in page))


def damage(page: str, kind: str, rng: random.Random) -> str | None:
    """Return the page as received with one damage of a kind, or None if no position allows it."""
    sites = list(_sites(page, kind))
    if not sites:
        return None
    site = rng.choice(sites)
    return clean(_received(page, site.at, cut=site.note))


def repaired_text(damaged: str) -> str:
    """Repair a damaged page as a part of a page with known damage."""
    return repair_text(PREAMBLE + damaged).text.split("\n", PREAMBLE.count("\n"))[-1]


def distance(clean_page: str, other: str) -> int:
    """Return the number of characters of both pages, besides pinyin, that do not match."""
    without = "".join(character.text for character in annotated_characters(other, annotated=True))
    matcher = difflib.SequenceMatcher(None, clean_page, without, autojunk=False)
    return len(clean_page) + len(without) - 2 * sum(match.size for match in matcher.get_matching_blocks())


def _sites(page: str, kind: str) -> Iterator[_Site]:
    """Yield the bytes whose loss gives a kind of damage."""
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
    """Read the page as GBK without the byte `lost`; a `cut` note leaves a `?` and its rest there."""
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
    """Decode bytes in pairs, drop a first byte without a second, and keep notes."""
    text = ""
    i = 0
    while i < len(tokens):
        code, following = tokens[i], (*tokens[i + 1 : i + 2], "")[0]
        i += 1
        if isinstance(code, str):
            text += code
        elif code < 0x80:
            text += chr(code)
        elif 0x80 < code < 0xFF and isinstance(following, int) and following >= 0x40 and following != 0x7F:
            text += bytes([code, following]).decode("gb18030", "ignore")
            i += 1
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
