"""From an answer to what is sent: text with entities, so that no text whatever can fail to parse."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from telegram import InlineKeyboardButton, MessageEntity

from bot.botapi import callback_data
from bot.botapi.message import MOST_UNITS, Buttons, Draft, OutgoingMessage, one_line
from bot.botapi.utf16 import is_visible, sound, trimmed, units
from bot.content.filters import describe, filter_of
from bot.content.quotes import Quote, VerifiedQuote
from bot.i18n.traditional import traditional
from bot.i18n.wording import Wording
from bot.storage.replies import Reply
from bot.views.excerpt import excerpt, shares
from corpus import Article, publishers
from retrieval import Refusal

MOST_QUOTES = 3
MOST_PASSAGES = 8
"""How many passages are asked for: those beyond the quotes are shown on demand."""

_TITLE_UNITS, _PUBLISHER_UNITS, _PLACE_UNITS, _SECTION_UNITS = 160, 60, 40, 80
_BUTTON_UNITS = 40
_TAKEN_UNITS = 200
_ASKED_UNITS = 300
_OMITTED = "……"
_DOT = " · "
_MOST_URL_BYTES = 2048


class View(StrEnum):
    """What a message shows of an answer."""

    QUOTES = "q"
    MORE = "m"


class Script(StrEnum):
    """How quotes are written: as printed, or converted."""

    PRINTED = "p"
    TRADITIONAL = "t"


def reply_message(
    reply: Reply,
    verified: Sequence[VerifiedQuote],
    wording: Wording,
    *,
    view: View = View.QUOTES,
    script: Script = Script.PRINTED,
    voted: bool | None = None,
) -> OutgoingMessage:
    """The message that gives an answer to the person who asked; `voted` is the verdict that they gave."""
    narrowed = describe(filter_of(reply.filters), wording)
    heading = ""
    if reply.headed:
        heading = wording.asked.format(question=one_line(reply.question, _ASKED_UNITS))
    shown = [one for one in verified if is_visible(sound(one.quote.text))]
    near = [one for one in shown if one.quote.near][: most_quotes(reply)]
    if not reply.answered or not near:
        return _refusal(reply, shown, wording, narrowed, heading)
    more = [one for one in shown if one not in near]
    if view is View.MORE and more:
        back = (_button(wording.back, callback_data.ANSWER, reply.id, View.QUOTES, script),)
        buttons = (_contexts(reply, more, wording), back)
        return _quotes(more, wording, script, wording.more_heading, "", expandable=True).message(buttons)
    taken = one_line("、".join(reply.taken), _TAKEN_UNITS)
    above = "\n".join(filter(None, (heading, wording.taken.format(words=taken) if taken else "")))
    below = wording.narrowed.format(filters=narrowed) if narrowed else ""
    draft = _quotes(near, wording, script, above, below)
    return draft.message(_answer_buttons(reply, near, len(more), wording, script, voted))


def most_quotes(reply: Reply) -> int:
    """How many quotes an answer shows at once: in a group, where others talk too, only the best."""
    return MOST_QUOTES if reply.chat > 0 else 1


def source_line(article: Article, wording: Wording, *, section: str | None = None) -> str:
    """《title》 · publisher · date · section, without what the report does not tell."""
    parts = (
        f"《{headline(article, wording, _TITLE_UNITS)}》",
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
        f"《{headline(article, wording, _TITLE_UNITS)}》",
        one_line(article.place or "", _PLACE_UNITS),
    )
    return _DOT.join(part for part in parts if part)


def headline(article: Article, wording: Wording, most_units: int = _BUTTON_UNITS) -> str:
    """The report's title on one line, or what stands for one that is missing."""
    line = one_line(article.title, most_units)
    return line if is_visible(line) else wording.untitled


def web_address(article: Article) -> str | None:
    """The report's own page, if it is known and Telegram would take it for a button."""
    url = article.url or ""
    printable = url.isascii() and url.isprintable() and " " not in url
    return (
        url if printable and url.startswith(("http://", "https://")) and len(url) <= _MOST_URL_BYTES else None
    )


def quote_message(
    verified: VerifiedQuote, wording: Wording, heading: str, buttons: Buttons
) -> OutgoingMessage:
    """One quote with its source, under a heading."""
    return _quotes([verified], wording, Script.PRINTED, heading, "").message(buttons)


def _quotes(
    verified: Sequence[VerifiedQuote],
    wording: Wording,
    script: Script,
    above: str,
    below: str,
    *,
    expandable: bool = False,
) -> Draft:
    sources = [source_line(one.article, wording, section=one.quote.section) for one in verified]
    written = [_written(one.quote, script) for one in verified]
    if any(passage != sound(one.quote.text) for (passage, _), one in zip(written, verified, strict=True)):
        below = "\n".join(filter(None, (wording.converted, below)))
    # Beside each quote: two marks of omission and the source on lines of their own, a blank line.
    frame = sum(units(source) + 2 * (len(_OMITTED) + 1) + 3 for source in sources)
    frame += units(above) + units(below) + 4
    draft = Draft()
    draft.say(f"{above}\n" if above else "", MessageEntity.ITALIC)
    budgets = shares([units(passage) for passage, _ in written], MOST_UNITS - frame)
    for number, ((passage, answer), source, budget) in enumerate(zip(written, sources, budgets, strict=True)):
        start, end = trimmed(passage, *excerpt(passage, answer, budget))
        folded = expandable or number > 0
        kind = MessageEntity.EXPANDABLE_BLOCKQUOTE if folded else MessageEntity.BLOCKQUOTE
        draft.say("\n\n" if number else "")
        draft.say(f"{_OMITTED}\n" if passage[:start].strip() else "")
        draft.quote(passage, start, end, answer, kind)
        draft.say(f"\n{_OMITTED}" if passage[end:].strip() else "")
        draft.say(f"\n{source}")
    draft.say(f"\n\n{below}" if below else "", MessageEntity.ITALIC)
    return draft


def _written(quote: Quote, script: Script) -> tuple[str, tuple[int, int]]:
    passage = sound(quote.text)
    answer = (quote.answer_start - quote.start, quote.answer_end - quote.start)
    return traditional(passage, answer) if script is Script.TRADITIONAL else (passage, answer)


def _answer_buttons(
    reply: Reply,
    near: Sequence[VerifiedQuote],
    more: int,
    wording: Wording,
    script: Script,
    voted: bool | None,
) -> Buttons:
    second = []
    if more:
        second.append(
            _button(wording.more.format(count=more), callback_data.ANSWER, reply.id, View.MORE, script)
        )
    if wording.traditional:
        other = Script.PRINTED if script is Script.TRADITIONAL else Script.TRADITIONAL
        label = wording.as_printed if script is Script.TRADITIONAL else wording.convert
        second.append(_button(label, callback_data.ANSWER, reply.id, View.QUOTES, other))
    url = web_address(near[0].article)
    if url:
        second.append(InlineKeyboardButton(wording.web_page, url=url))
    drop = (_button(wording.drop, callback_data.ALONE, reply.id),) if reply.taken else ()
    votes = (
        _button("👍 ✓" if voted else "👍", callback_data.VOTE, reply.id, 1),
        _button("👎 ✓" if voted is False else "👎", callback_data.VOTE, reply.id, 0),
    )
    return (_contexts(reply, near, wording), tuple(second), drop, votes)


def _contexts(
    reply: Reply, shown: Sequence[VerifiedQuote], wording: Wording
) -> tuple[InlineKeyboardButton, ...]:
    labels = (
        [wording.context] if len(shown) == 1 else [f"{wording.context} {n + 1}" for n in range(len(shown))]
    )
    return tuple(
        _button(label, callback_data.CONTEXT, reply.id, one.number)
        for label, one in zip(labels, shown, strict=True)
    )


def _refusal(
    reply: Reply, shown: Sequence[VerifiedQuote], wording: Wording, narrowed: str, heading: str
) -> OutgoingMessage:
    why = {
        Refusal.EMPTY: wording.empty,
        Refusal.FILTERED: wording.filtered,
        Refusal.UNRELATED: wording.unrelated,
    }.get(Refusal(reply.reason) if reply.reason else Refusal.NOT_SAID, wording.not_said)
    if reply.missing and reply.reason in (Refusal.UNRELATED, Refusal.NOT_SAID):
        why = wording.missing.format(name=one_line(reply.missing, _TITLE_UNITS))
    taken = one_line("、".join(reply.taken), _TAKEN_UNITS)
    near = list(_one_a_report(shown))[:MOST_QUOTES] if reply.reason != Refusal.EMPTY else []
    parts = [
        heading,
        wording.taken.format(words=taken) if taken else "",
        why,
        wording.narrowed.format(filters=narrowed) if narrowed else "",
        f"\n{wording.others if reply.reason == Refusal.UNRELATED else wording.nearest}" if near else "",
    ]
    buttons = [
        (_button(f"《{headline(one.article, wording)}》", callback_data.CONTEXT, reply.id, one.number),)
        for one in near
    ]
    if reply.taken:
        buttons.append((_button(wording.drop, callback_data.ALONE, reply.id),))
    if narrowed:
        buttons.append((_button(wording.anywhere, callback_data.ANYWHERE, reply.id),))
    return OutgoingMessage("\n".join(part for part in parts if part), (), tuple(buttons))


def _one_a_report(shown: Sequence[VerifiedQuote]) -> Iterator[VerifiedQuote]:
    """The best place of each report."""
    seen: set[str] = set()
    for one in shown:
        if one.article.id not in seen:
            seen.add(one.article.id)
            yield one


def _button(label: str, verb: str, *words: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.data(verb, *words))
