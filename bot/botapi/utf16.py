"""Telegram counts text in UTF-16 units, Python in code points: from the one to the other.

A code point is never half inside anything here: `cut` gives way to the nearest whole one before.
"""

from unicodedata import category

_HIDDEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me"))
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")

# One for one, so that offsets into the received text stay offsets into the sound one. Telegram shows
# control characters as spaces; a lone surrogate cannot be written as UTF-8 at all.
_SOUND = {code: " " for code in (*range(0x20), 0x7F) if code != ord("\n")}
# Marks of direction would turn what stands behind the quote round as well; Telegram drops some of these,
# and with them the offsets would be wrong. Nobody sees the one from the other in left-to-right text.
_UNSEEN = "\N{WORD JOINER}"
_SOUND |= dict.fromkeys((0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), _UNSEEN)
_SOUND |= dict.fromkeys((0x85, 0x2028, 0x2029), " ")
_SOUND |= dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


def sound(text: str) -> str:
    """`text` as it can be sent: as many code points, control characters as spaces, no lone surrogate."""
    return text.translate(_SOUND)


def is_visible(text: str) -> bool:
    """Whether a text shows anything at all; Telegram takes no message that does not."""
    return any(not (char.isspace() or char in _BLANK or category(char) in _HIDDEN) for char in text)


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, most_units: int) -> str:
    """The longest beginning of `text` that takes no more than `most_units`."""
    if units(text) <= most_units:
        return text
    left = most_units
    for place, character in enumerate(text):
        left -= 2 if character > "\uffff" else 1
        if left < 0:
            return text[:place]
    return text


def code_points(text: str, offset: int, length: int) -> tuple[int, int]:
    """The `(start, end)` in code points of an entity given in UTF-16 units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    before, within = encoded[: 2 * offset], encoded[2 * offset : 2 * (offset + length)]
    start = len(before.decode("utf-16-le", "replace"))
    return start, start + len(within.decode("utf-16-le", "replace"))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Move `start` and `end` inward over white space, which Telegram would strip off an entity."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
