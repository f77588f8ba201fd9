"""Build messages of text, entities and buttons."""

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.botapi.utf16 import cut, sound, trimmed, units

MAX_UNITS = 4096  # https://core.telegram.org/bots/api#sendmessage, counted in UTF-16 to be safe

Buttons = tuple[tuple[InlineKeyboardButton, ...], ...]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to be sent; entity offsets are UTF-16 units."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    buttons: Buttons = ()

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        """Return the rows that hold a button, or None if no row does."""
        rows = [row for row in self.buttons if row]
        return InlineKeyboardMarkup(rows) if rows else None


class MessageBuilder:
    """Joins pieces of text and keeps the entities over them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._entities: list[MessageEntity] = []
        self._units = 0

    @property
    def units(self) -> int:
        """The length so far in UTF-16 units."""
        return self._units

    def text(self, text: str, *kinds: str) -> None:
        """Add text under entities of these kinds; it must have passed `sound`."""
        start, end = trimmed(text, 0, len(text))
        for kind in kinds:
            self._mark(kind, text, 0, start, end)
        self._parts.append(text)
        self._units += units(text)

    def quote(
        self, text: str, start: int, end: int, bold: tuple[int, int], kind: str = MessageEntity.BLOCKQUOTE
    ) -> None:
        """Add `text[start:end]` as a quote and print the part that lies in `bold` in bold.

        `text[start:end]` must not begin or end with white space.
        """
        self._mark(kind, text, start, start, end)
        first, last = trimmed(text, max(start, bold[0]), min(end, bold[1]))
        self._mark(MessageEntity.BOLD, text, start, first, last)
        self._parts.append(text[start:end])
        self._units += units(text[start:end])

    def build(self, buttons: Buttons = ()) -> OutgoingMessage:
        """Return the message."""
        return OutgoingMessage("".join(self._parts), tuple(self._entities), buttons)

    def _mark(self, kind: str, text: str, from_: int, start: int, end: int) -> None:
        if start < end:
            offset = self._units + units(text[from_:start])
            self._entities.append(MessageEntity(kind, offset, units(text[start:end])))


def one_line(text: str, max_units: int) -> str:
    """Return `text` on one line, shortened with … if it is longer than `max_units`."""
    line = " ".join(sound(text).split())
    return line if units(line) <= max_units else cut(line, max_units - 1).rstrip() + "…"
