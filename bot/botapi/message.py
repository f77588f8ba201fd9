"""A message being written: text and the entities over it, whose offsets are UTF-16 units."""

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.botapi.utf16 import cut, sound, trimmed, units

MOST_UNITS = 4096  # https://core.telegram.org/bots/api#sendmessage, counted in UTF-16 to be safe

Buttons = tuple[tuple[InlineKeyboardButton, ...], ...]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message as Telegram takes it; entity offsets are UTF-16 units."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    buttons: Buttons = ()

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        """The rows of buttons that hold one."""
        rows = [row for row in self.buttons if row]
        return InlineKeyboardMarkup(rows) if rows else None


class Draft:
    """Pieces of text and their marks, in the order they are said."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._entities: list[MessageEntity] = []
        self._units = 0

    @property
    def units(self) -> int:
        """Length so far."""
        return self._units

    def say(self, text: str, *kinds: str) -> None:
        """Add text, under entities of these kinds; it must be sound."""
        start, end = trimmed(text, 0, len(text))
        for kind in kinds:
            self._mark(kind, text, 0, start, end)
        self._parts.append(text)
        self._units += units(text)

    def quote(
        self, text: str, start: int, end: int, bold: tuple[int, int], kind: str = MessageEntity.BLOCKQUOTE
    ) -> None:
        """Add `text[start:end]` as a quote, in bold what of it lies in `bold`; no white space at its ends."""
        self._mark(kind, text, start, start, end)
        first, last = trimmed(text, max(start, bold[0]), min(end, bold[1]))
        self._mark(MessageEntity.BOLD, text, start, first, last)
        self._parts.append(text[start:end])
        self._units += units(text[start:end])

    def message(self, buttons: Buttons = ()) -> OutgoingMessage:
        """What was written."""
        return OutgoingMessage("".join(self._parts), tuple(self._entities), buttons)

    def _mark(self, kind: str, text: str, from_: int, start: int, end: int) -> None:
        if start < end:
            offset = self._units + units(text[from_:start])
            self._entities.append(MessageEntity(kind, offset, units(text[start:end])))


def one_line(text: str, most_units: int) -> str:
    """`text` on one line, shortened with … when it is longer than a line has room for."""
    line = " ".join(sound(text).split())
    return line if units(line) <= most_units else cut(line, most_units - 1).rstrip() + "…"
