"""The list of reports as messages."""

from collections.abc import Iterable
from datetime import date

from bot.reply import MOST_UNITS, OutgoingMessage, listing_line
from bot.utf16 import units
from bot.wording import Wording
from corpus import Article

# A group takes 20 messages a minute; a list longer than this nobody reads in a chat.
_MOST_MESSAGES = 10


def sources(articles: Iterable[Article], wording: Wording) -> tuple[OutgoingMessage, ...]:
    """The reports newest first, those without a date last, one a line, split between lines."""
    ordered = sorted(articles, key=_newest_first)
    if not ordered:
        return (OutgoingMessage(wording.no_sources),)
    pages = _pages([wording.sources.format(count=len(ordered)), *(listing_line(a, wording) for a in ordered)])
    listed = sum(len(page) for page in pages[:_MOST_MESSAGES]) - 1
    if listed < len(ordered):
        pages = [*pages[:_MOST_MESSAGES], [wording.older_sources.format(count=len(ordered) - listed)]]
    return tuple(OutgoingMessage("\n".join(page)) for page in pages)


def _pages(lines: list[str]) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    left = MOST_UNITS
    for line in lines:
        need = units(line) + 1
        if need > left:
            pages.append([])
            left = MOST_UNITS
        pages[-1].append(line)
        left -= need
    return pages


def _newest_first(article: Article) -> tuple[int, str, str]:
    return -(article.date or date.min).toordinal(), article.title, article.id
