"""Convert between Telegram's UTF-16 units and Python's code points, and clean text for sending."""

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
    """Replace characters that cannot be sent, one for one, so that offsets stay valid."""
    return text.translate(_SOUND)


def is_visible(text: str) -> bool:
    """Return whether a text has a visible character; Telegram accepts no message without one."""
    return any(not (char.isspace() or char in _BLANK or category(char) in _HIDDEN) for char in text)


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, max_units: int) -> str:
    """Return the longest beginning of `text` that has at most `max_units` and ends in a whole code point."""
    if units(text) <= max_units:
        return text
    left = max_units
    for index, character in enumerate(text):
        left -= 2 if character > "\uffff" else 1
        if left < 0:
            return text[:index]
    return text


def code_points(text: str, offset: int, length: int) -> tuple[int, int]:
    """Return `(start, end)` in code points of an entity given in UTF-16 units."""
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
