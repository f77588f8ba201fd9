"""Compose the message of an answer, as text with entities: no text can fail to parse as markup."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from telegram import InlineKeyboardButton, MessageEntity

from bot.botapi import callback_data
from bot.botapi.message import MAX_UNITS, Buttons, MessageBuilder, OutgoingMessage, one_line
from bot.botapi.utf16 import is_visible, sound, trimmed, units
from bot.content.filters import describe, filter_of
from bot.content.quotes import Quote, VerifiedQuote
from bot.i18n.traditional import traditional
from bot.i18n.wording import Wording
from bot.storage.replies import Reply
from bot.views.excerpt import excerpt, split_budget
from corpus import Article, publishers
from retrieval import Refusal

MAX_QUOTES = 3
MAX_PASSAGES = 8
"""Passages asked for; a button shows those beyond the quotes."""

_TITLE_UNITS, _PUBLISHER_UNITS, _PLACE_UNITS, _SECTION_UNITS = 160, 60, 40, 80
_BUTTON_UNITS = 40
_TAKEN_UNITS = 200
_ASKED_UNITS = 300
_ELLIPSIS = "……"
_DOT = " · "
_MAX_URL_BYTES = 2048


class View(StrEnum):
    """Which quotes of an answer a message shows, as its buttons write it."""

    QUOTES = "q"
    MORE = "m"


class Script(StrEnum):
    """In which characters quotes are shown: as printed, or converted to traditional ones."""

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
    """Compose the message of an answer; `voted` is the vote of its reader, True for good."""
    narrowed = describe(filter_of(reply.filters), wording)
    heading = ""
    if reply.headed:
        heading = wording.asked.format(question=one_line(reply.question, _ASKED_UNITS))
    shown = [one for one in verified if is_visible(sound(one.quote.text))]
    near = [one for one in shown if one.quote.near][: max_quotes(reply)]
    if not reply.answered or not near:
        return _refusal(reply, shown, wording, narrowed, heading)
    more = [one for one in shown if one not in near]
    if view is View.MORE and more:
        back = (_button(wording.back, callback_data.ANSWER, reply.id, View.QUOTES, script),)
        buttons = (_contexts(reply, more, wording), back)
        return _quotes(more, wording, script, wording.more_heading, "", expandable=True).build(buttons)
    taken = one_line("、".join(reply.taken), _TAKEN_UNITS)
    above = "\n".join(filter(None, (heading, wording.taken.format(words=taken) if taken else "")))
    below = wording.narrowed.format(filters=narrowed) if narrowed else ""
    builder = _quotes(near, wording, script, above, below)
    return builder.build(_answer_buttons(reply, near, len(more), wording, script, voted))


def max_quotes(reply: Reply) -> int:
    """Return how many quotes a message shows at once: in a group only the best, not to fill the chat."""
    return MAX_QUOTES if reply.chat > 0 else 1


def source_line(article: Article, wording: Wording, *, section: str | None = None) -> str:
    """Return 《title》 · publisher · date · section, without the fields that are unknown."""
    parts = (
        f"《{headline(article, wording, _TITLE_UNITS)}》",
        one_line("、".join(publishers(article)), _PUBLISHER_UNITS),
        wording.day(article.date) if article.date else "",
        one_line(section or "", _SECTION_UNITS),
    )
    return _DOT.join(part for part in parts if part)


def listing_line(article: Article, wording: Wording) -> str:
    """Return date · publisher · 《title》 · place, without the fields that are unknown."""
    parts = (
        wording.day(article.date) if article.date else "",
        one_line("、".join(publishers(article)), _PUBLISHER_UNITS),
        f"《{headline(article, wording, _TITLE_UNITS)}》",
        one_line(article.place or "", _PLACE_UNITS),
    )
    return _DOT.join(part for part in parts if part)


def headline(article: Article, wording: Wording, max_units: int = _BUTTON_UNITS) -> str:
    """Return the title of an article on one line, or a phrase for a missing title."""
    line = one_line(article.title, max_units)
    return line if is_visible(line) else wording.untitled


def web_address(article: Article) -> str | None:
    """Return the web address of an article; None where Telegram would refuse it in a button."""
    url = article.url or ""
    printable = url.isascii() and url.isprintable() and " " not in url
    return (
        url if printable and url.startswith(("http://", "https://")) and len(url) <= _MAX_URL_BYTES else None
    )


def quote_message(
    verified: VerifiedQuote, wording: Wording, heading: str, buttons: Buttons
) -> OutgoingMessage:
    """Compose the message of one quote with its source, under a heading."""
    return _quotes([verified], wording, Script.PRINTED, heading, "").build(buttons)


def _quotes(
    verified: Sequence[VerifiedQuote],
    wording: Wording,
    script: Script,
    above: str,
    below: str,
    *,
    expandable: bool = False,
) -> MessageBuilder:
    sources = [source_line(one.article, wording, section=one.quote.section) for one in verified]
    written = [_written(one.quote, script) for one in verified]
    if any(passage != sound(one.quote.text) for (passage, _), one in zip(written, verified, strict=True)):
        below = "\n".join(filter(None, (wording.converted, below)))
    # Beside each quote stand two ellipses and the source, each on its own line, and a blank line.
    overhead = sum(units(source) + 2 * (len(_ELLIPSIS) + 1) + 3 for source in sources)
    overhead += units(above) + units(below) + 4
    builder = MessageBuilder()
    builder.text(f"{above}\n" if above else "", MessageEntity.ITALIC)
    budgets = split_budget([units(passage) for passage, _ in written], MAX_UNITS - overhead)
    for number, ((passage, answer), source, budget) in enumerate(zip(written, sources, budgets, strict=True)):
        start, end = trimmed(passage, *excerpt(passage, answer, budget))
        folded = expandable or number > 0
        kind = MessageEntity.EXPANDABLE_BLOCKQUOTE if folded else MessageEntity.BLOCKQUOTE
        builder.text("\n\n" if number else "")
        builder.text(f"{_ELLIPSIS}\n" if passage[:start].strip() else "")
        builder.quote(passage, start, end, answer, kind)
        builder.text(f"\n{_ELLIPSIS}" if passage[end:].strip() else "")
        builder.text(f"\n{source}")
    builder.text(f"\n\n{below}" if below else "", MessageEntity.ITALIC)
    return builder


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
    near = list(_best_of_each_article(shown))[:MAX_QUOTES] if reply.reason != Refusal.EMPTY else []
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


def _best_of_each_article(shown: Sequence[VerifiedQuote]) -> Iterator[VerifiedQuote]:
    """Yield the first, and so the best, quote of each article."""
    seen: set[str] = set()
    for one in shown:
        if one.article.id not in seen:
            seen.add(one.article.id)
            yield one


def _button(label: str, verb: str, *arguments: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.data(verb, *arguments))
