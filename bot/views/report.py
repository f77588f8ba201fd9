"""Compose the messages of reports: their pages and the lists of them."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from telegram import InlineKeyboardButton, MessageEntity

from bot.botapi import callback_data
from bot.botapi.message import MessageBuilder, OutgoingMessage, one_line
from bot.botapi.utf16 import is_visible, sound
from bot.content.articles import newest_first
from bot.i18n.wording import Wording
from bot.views.answer import headline, listing_line, source_line, web_address
from bot.views.pages import Range, blocks, page_from, page_until
from corpus import Article, publishers

LIST_LENGTH = 8
_HEADING_UNITS = 80
_NO_BACK = "-"


class Order(StrEnum):
    """How a list of reports is ordered, as its buttons write it."""

    DATE = "d"
    PLACE = "p"
    PAPER = "n"


def report_page(
    article: Article,
    span: Range,
    wording: Wording,
    back: str = _NO_BACK,
    bold: Range = (0, 0),
) -> OutgoingMessage:
    """Compose a page of a report, with buttons to the pages around it.

    Args:
        span: The start and end of the page, in code points.
        back: The answer or list that the reader came from, as in `_back_data`.
        bold: The start and end of the sentence to set in bold, in code points.
    """
    text = sound(article.text)
    builder = MessageBuilder()
    builder.text(source_line(article, wording), MessageEntity.BOLD)
    buttons = []
    if is_visible(text):
        builder.text("\n")
        builder.quote(text, *span, bold)
        pieces = blocks(text)
        if span[0] > pieces[0][0]:
            buttons.append(_page_button(wording.earlier, article, "b", span[0], back))
        if span[1] < pieces[-1][1]:
            buttons.append(_page_button(wording.later, article, "f", span[1], back))
        if buttons:
            inside = [n for n, (start, end) in enumerate(pieces, 1) if start < span[1] and span[0] < end]
            where = wording.paragraphs.format(first=inside[0], last=inside[-1], count=len(pieces))
            builder.text(f"\n{where}", MessageEntity.ITALIC)
    below = []
    url = web_address(article)
    if url:
        below.append(InlineKeyboardButton(wording.web_page, url=url))
    if back != _NO_BACK:
        below.append(InlineKeyboardButton(wording.back, callback_data=_back_data(back)))
    return builder.build((tuple(buttons), tuple(below)))


def first_page(article: Article, wording: Wording, back: str = _NO_BACK) -> OutgoingMessage:
    """Compose the first page of a report."""
    return report_page(article, _span(article, "f", 0), wording, back)


def page_at(article: Article, direction: str, offset: int, wording: Wording, back: str) -> OutgoingMessage:
    """Compose the page that begins at an offset (direction f) or ends there (b)."""
    return report_page(article, _span(article, direction, offset), wording, back)


def digest(article: Article) -> str:
    """Return a digest of a report's text."""
    return callback_data.key(article.text, 6)


def open_button(label: str, article: Article, back: str = _NO_BACK) -> InlineKeyboardButton:
    """Return a button that opens a report at its beginning."""
    return _page_button(label, article, "f", 0, back)


def reports_list(articles: Sequence[Article], order: Order, page: int, wording: Wording) -> OutgoingMessage:
    """Compose one page of the list of all reports, with buttons to open, order and page through them."""
    if not articles:
        return OutgoingMessage(wording.no_sources)
    grouped = sorted(
        ((_group(article, order, wording), newest_first(article), article) for article in articles),
        key=lambda found: (found[0][:2] if order is not Order.DATE else (), found[1], found[2].id),
    )
    pages = -(-len(grouped) // LIST_LENGTH)
    page = min(max(page, 0), pages - 1)
    shown = grouped[page * LIST_LENGTH : (page + 1) * LIST_LENGTH]
    builder = MessageBuilder()
    builder.text(wording.sources.format(count=len(grouped)))
    heading = None
    for number, (group, _, article) in enumerate(shown, page * LIST_LENGTH + 1):
        if group[1] != heading:
            heading = group[1]
            builder.text("\n\n")
            builder.text(heading, MessageEntity.BOLD)
        builder.text(f"\n{number}. {listing_line(article, wording)}")
    back = f"{callback_data.SOURCES}{order}{page}"
    orders = ((wording.by_date, Order.DATE), (wording.by_place, Order.PLACE), (wording.by_paper, Order.PAPER))
    turns = []
    if page > 0:
        turns.append(_list_button("◀", order, page - 1))
    if pages > 1:
        label = wording.page.format(page=page + 1, count=pages)
        turns.append(InlineKeyboardButton(label, callback_data=callback_data.data(callback_data.NOTHING)))
    if page + 1 < pages:
        turns.append(_list_button("▶", order, page + 1))
    tabs = tuple(
        _list_button(f"· {label} ·" if other is order else label, other, 0) for label, other in orders
    )
    return builder.build(
        (*_numbers([a for *_, a in shown], page * LIST_LENGTH + 1, back), tuple(turns), tabs)
    )


def latest(articles: Sequence[Article], wording: Wording, narrowed: str) -> OutgoingMessage:
    """Compose the list of the newest reports, with buttons that open them."""
    newest = sorted(articles, key=newest_first)[:LIST_LENGTH]
    if not newest:
        return OutgoingMessage(wording.filtered if narrowed else wording.no_sources)
    builder = MessageBuilder()
    builder.text(wording.latest)
    for number, article in enumerate(newest, 1):
        builder.text(f"\n{number}. {listing_line(article, wording)}")
    if narrowed:
        builder.text("\n\n" + wording.narrowed.format(filters=narrowed), MessageEntity.ITALIC)
    return builder.build(_numbers(newest, 1, callback_data.LATEST))


def _span(article: Article, direction: str, offset: int) -> Range:
    text = sound(article.text)
    if not is_visible(text):
        return 0, 0
    turn: Callable[[str, int], Range] = page_until if direction == "b" else page_from
    return turn(text, offset)


def _page_button(
    label: str, article: Article, direction: str, offset: int, back: str
) -> InlineKeyboardButton:
    words = (callback_data.key(article.id), digest(article), direction, offset, back)
    return InlineKeyboardButton(label, callback_data=callback_data.data(callback_data.PAGE, *words))


def _back_data(back: str) -> str:
    """Return the callback data for `back`: a123q is an answer, sd2 a page of the list, l the newest."""
    if back.startswith(callback_data.ANSWER):
        return callback_data.data(callback_data.ANSWER, back[1:-1], back[-1], "p")
    if back.startswith(callback_data.SOURCES):
        return callback_data.data(callback_data.SOURCES, back[1], back[2:])
    return callback_data.data(back)


def _list_button(label: str, order: Order, page: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data.data(callback_data.SOURCES, order, page))


def _numbers(
    articles: Sequence[Article], first: int, back: str
) -> tuple[tuple[InlineKeyboardButton, ...], ...]:
    buttons = [open_button(str(n), article, back) for n, article in enumerate(articles, first)]
    half = LIST_LENGTH // 2
    return tuple(buttons[:half]), tuple(buttons[half:])


def _group(article: Article, order: Order, wording: Wording) -> tuple[bool, str]:
    """Return whether a report lacks what it is grouped by, and the heading of its group."""
    if order is Order.DATE:
        known = wording.month_format.format(article.date) if article.date else ""
    elif order is Order.PLACE:
        known = one_line(article.place or "", _HEADING_UNITS)
    else:
        known = one_line("、".join(publishers(article)), _HEADING_UNITS)
    lacking = {
        Order.DATE: wording.undated, Order.PLACE: wording.unplaced, Order.PAPER: wording.unnamed_paper
    }  # fmt: skip
    return not is_visible(known), known if is_visible(known) else lacking[order]


def headline_button(article: Article, wording: Wording) -> InlineKeyboardButton:
    """Return a button with a report's headline that opens the report."""
    return open_button(f"《{headline(article, wording)}》", article)
