"""From an answer to what is sent: text with entities, so that no text whatever can fail to parse."""

from collections.abc import Iterator
from dataclasses import dataclass

from telegram import MessageEntity

from bot.excerpt import excerpt, shares, trimmed
from bot.utf16 import cut, sound, units
from bot.wording import Wording
from corpus import Article, publishers
from retrieval import Answer, Refusal, Result

MOST_UNITS = 4096  # https://core.telegram.org/bots/api#sendmessage, counted in UTF-16 to be safe
_MOST_QUOTES = 3
_TITLE_UNITS, _PUBLISHER_UNITS, _PLACE_UNITS, _SECTION_UNITS = 160, 60, 40, 80
_OMITTED = "……"
_DOT = " · "


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message as Telegram takes it; entity offsets are UTF-16 units."""

    text: str
    entities: tuple[MessageEntity, ...] = ()


def reply(answer: Answer, wording: Wording) -> tuple[OutgoingMessage, ...]:
    """The messages that give `answer` to the person who asked, one as a rule."""
    quotable = [result for result in answer.quotes[:_MOST_QUOTES] if sound(result.text).strip()]
    if quotable:
        return (_quotes(quotable, wording),)
    return (OutgoingMessage(_refusal(answer, wording)),)


def source_line(article: Article, wording: Wording, *, section: str | None = None) -> str:
    """《title》 · publisher · date · section, without what the report does not tell."""
    parts = (
        f"《{one_line(article.title, _TITLE_UNITS) or wording.untitled}》",
        one_line("、".join(publishers(article)), _PUBLISHER_UNITS),
        wording.day(article.date) if article.date else "",
        one_line(section or "", _SECTION_UNITS),
    )
    return _DOT.join(part for part in parts if part)


def listing_line(article: Article, wording: Wording) -> str:
    """date · publisher · 《title》 · place, without what the report does not tell."""
    parts = (
        wording.day(article.date) if article.date else "",
        one_line("、".join(publishers(article)), _PUBLISHER_UNITS),
        f"《{one_line(article.title, _TITLE_UNITS) or wording.untitled}》",
        one_line(article.place or "", _PLACE_UNITS),
    )
    return _DOT.join(part for part in parts if part)


def one_line(text: str, most_units: int) -> str:
    """`text` on one line, shortened with … when it is longer than a line has room for."""
    line = " ".join(sound(text).split())
    return line if units(line) <= most_units else cut(line, most_units - 1).rstrip() + "…"


def _quotes(results: list[Result], wording: Wording) -> OutgoingMessage:
    sources = [source_line(result.article, wording, section=result.section) for result in results]
    passages = [sound(result.text) for result in results]
    # Beside each quote: two marks of omission and the source on lines of their own, a blank line.
    frame = sum(units(source) + 2 * (len(_OMITTED) + 1) + 3 for source in sources)
    draft = _Draft()
    budgets = shares([units(passage) for passage in passages], MOST_UNITS - frame)
    for result, passage, source, budget in zip(results, passages, sources, budgets, strict=True):
        start, end = trimmed(passage, *excerpt(passage, _answer_in(result), budget))
        draft.say("\n\n" if draft.parts else "")
        draft.say(f"{_OMITTED}\n" if passage[:start].strip() else "")
        draft.quote(passage, start, end, _answer_in(result))
        draft.say(f"\n{_OMITTED}" if passage[end:].strip() else "")
        draft.say(f"\n{source}")
    return OutgoingMessage("".join(draft.parts), tuple(draft.entities))


class _Draft:
    """A message being written."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.entities: list[MessageEntity] = []
        self._units = 0

    def say(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self._units += units(text)

    def quote(self, passage: str, start: int, end: int, answer: tuple[int, int]) -> None:
        self._mark(MessageEntity.BLOCKQUOTE, passage, start, start, end)
        bold_start, bold_end = trimmed(passage, max(start, answer[0]), min(end, answer[1]))
        self._mark(MessageEntity.BOLD, passage, start, bold_start, bold_end)
        self.say(passage[start:end])

    def _mark(self, kind: str, passage: str, quote_start: int, start: int, end: int) -> None:
        if start < end:
            offset = self._units + units(passage[quote_start:start])
            self.entities.append(MessageEntity(kind, offset, units(passage[start:end])))


def _answer_in(result: Result) -> tuple[int, int]:
    """The answering sentence as offsets into the passage."""
    length = len(result.text)
    start = min(max(result.answer.start - result.start, 0), length)
    return start, min(max(result.answer.end - result.start, start), length)


def _refusal(answer: Answer, wording: Wording) -> str:
    match answer.reason:
        case Refusal.EMPTY:
            return wording.empty
        case Refusal.FILTERED:
            return wording.filtered
        case Refusal.UNRELATED:
            return wording.unrelated
    headlines = [source_line(article, wording) for article in _distinct(answer.results)][:_MOST_QUOTES]
    if not headlines:
        return wording.not_said
    return "\n".join((wording.not_said, "", wording.nearest, *headlines))


def _distinct(results: tuple[Result, ...]) -> Iterator[Article]:
    seen: set[str] = set()
    for result in results:
        if result.article.id not in seen:
            seen.add(result.article.id)
            yield result.article
