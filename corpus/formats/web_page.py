"""Reads saved web pages of papers and portals, and articles of WeChat accounts.

The metadata in the markup comes first. trafilatura finds the article; its lines are taken as the page shows
them.
"""

import json
import re
from collections.abc import Iterator
from datetime import date

from lxml import etree, html

from corpus.formats.encoding import decode
from corpus.formats.visible_lines import VisibleLine, find_article, visible_lines
from corpus.layout.boilerplate import boilerplate_rule
from corpus.layout.byline import byline_span
from corpus.layout.dateline import parse_dateline, source_span
from corpus.page import Page
from corpus.text.dates import parse_date
from corpus.text.normalize import halfwidth
from corpus.text.sentences import ends_sentence

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,30})", re.IGNORECASE)
_DECLARED_WITHIN = 4096  # bytes
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SITE = re.compile(r"(?:\s*[-_|丨–—]+\s*[^-_|丨–—\s]{2,16})+$")
_WECHAT_STAMP = re.compile(r"\b(?:ct|create_time|createTime|ori_create_time)\b\s*[=:]\s*[\"'](\d{10})[\"']")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")  # as browsers note it
_WECHAT_LINK = re.compile(r"\bmsg_link\s*=\s*[\"']([^\"']{8,500})[\"']")
_ABOVE = 6  # lines above the article that may hold its dateline

_TITLES = ("og:title", "twitter:title", "articletitle")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate"),
    *("publish_date", "publish-date", "publishedtime", "og:release_date", "dc.date.issued", "dc.date"),
)
_PUBLISHERS = ("contentsource", "source", "og:site_name", "sitename")
_BYLINES = ("author", "article:author")
_ADDRESSES = ("og:url",)


def read_web_page(received: bytes) -> Page:
    """Read an HTML file.

    Raises:
        ValueError: the file is not a web page, or shows no words. The message is for the editor.
    """
    declared = _CHARSET.search(received[:_DECLARED_WITHIN])
    text = _XML_DECLARATION.sub("", decode(received, declared[1].decode("ascii") if declared else None))
    try:
        root = html.document_fromstring(text)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ValueError("nothing in the file is a web page") from error
    try:
        return _page(root, text)
    except ValueError:
        raise
    except Exception as error:  # a broken page makes trafilatura raise errors of any kind
        raise ValueError(
            f"the web page cannot be taken apart ({type(error).__name__}): save it anew"
        ) from error


def visible_text(markup: str) -> str:
    """Extract the visible text of a piece of HTML."""
    try:
        root = html.document_fromstring(f"<div>{markup}</div>")
    except (etree.LxmlError, ValueError, AssertionError):
        return ""
    return "\n".join(line.text for line in visible_lines(root))


def _page(root: html.HtmlElement, markup: str) -> Page:
    stated = _Metadata(root, markup)
    account = _by_id(root, "js_content")
    lines = visible_lines(root if account is None else account)
    if account is not None and lines:
        return stated.page([line.text for line in lines], lines)
    lines = visible_lines(root)
    if not lines:
        raise ValueError("no words are to be seen on the web page: save it after it has loaded")
    start, end = find_article(root, lines)
    start = next((at for at in range(start, end) if stated.is_headline(lines[at])), start)
    article = [line for line in lines[start:end] if not _is_link(line)]
    above = [line.text for line in lines[_below_headline(lines, start) : start] if _is_metadata(line)]
    return stated.page(above + [line.text for line in article], article)


def _is_link(line: VisibleLine) -> bool:
    """Tell whether a line only leads to another page; a sentence that is a link belongs to the article."""
    return line.linked and not line.heading and not ends_sentence(line.text)


def _below_headline(lines: tuple[VisibleLine, ...], start: int) -> int:
    """Find the first line that may be the dateline: a date above the headline may be that of the visit."""
    headlines = [index for index in range(start + 1) if lines[index].heading]
    return headlines[-1] if headlines else max(start - _ABOVE, 0)


def _is_metadata(line: VisibleLine) -> bool:
    key = halfwidth(line.text.strip())
    return bool(
        parse_dateline(key)
        or byline_span(key)
        or (source_span(key) and boilerplate_rule(key, "header"))
        or _dated(key)
    )


def _dated(key: str) -> bool:
    return len(key) <= 80 and parse_date(key) is not None and not re.search("[。!?]", key)


class _Metadata:
    """The metadata of an article in the markup of its page."""

    def __init__(self, root: html.HtmlElement, markup: str) -> None:
        self._root = root
        self._markup = markup
        self._metas: dict[str, str] = {}
        for meta in root.iter("meta"):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
            content = _spaced(meta.get("content"))
            if content:
                self._metas.setdefault(name.strip().lower(), content)
        self._linked = dict(_linked_data(root))
        self.title = self._title()

    def page(self, text: list[str], lines: list[VisibleLine] | tuple[VisibleLine, ...]) -> Page:
        publisher = self._text_of("js_name") or self._first(_PUBLISHERS) or self._linked.get("publisher")
        byline = self._text_of("js_author_name") or self._linked.get("author") or self._first(_BYLINES)
        return Page(
            text="\n".join(text),
            title=self.title,
            publisher=publisher,
            date=self._date(),
            byline=byline if byline != publisher else None,
            url=self._url(),
            headings=tuple(line.text for line in lines if line.heading),
        )

    def is_headline(self, line: VisibleLine) -> bool:
        return (
            line.heading
            and self.title is not None
            and _remove_spaces(line.text) in _remove_spaces(self.title)
        )

    def _title(self) -> str | None:
        printed = _first_text(self._root, "h1")
        stated = (
            self._text_of("activity-name")
            or _text_of_class(self._root, "rich_media_title")
            or self._first(_TITLES)
            or self._linked.get("headline")
        )
        if stated is None and printed is not None:
            return printed
        whole = stated or _first_text(self._root, "title")
        if whole is None:
            return None
        bare = _SITE.sub("", whole)
        site = self._metas.get("og:site_name", "")
        names_site = site and whole.rstrip().endswith(site)
        if bare and (
            stated is None or names_site or (printed and _remove_spaces(printed) in _remove_spaces(bare))
        ):
            return bare
        return whole

    def _date(self) -> date | None:
        stamped = _WECHAT_STAMP.search(self._markup)
        times = [time.get("datetime") for time in self._root.iter("time") if time.get("pubdate") is not None]
        stated = (
            *(self._metas.get(name) for name in _DATES),
            self._linked.get("datepublished"),
            stamped[1] if stamped and _by_id(self._root, "js_content") is not None else None,
            self._text_of("publish_time"),
            *times,
        )
        return next((day for words in stated if words and (day := parse_date(words))), None)

    def _url(self) -> str | None:
        canonical = [link.get("href") for link in self._root.iter("link") if link.get("rel") == "canonical"]
        linked = _WECHAT_LINK.search(self._markup) or _SAVED_FROM.search(self._markup)
        stated = (*canonical, self._first(_ADDRESSES), linked[1] if linked else None)
        return next(
            (url.replace("&amp;", "&") for url in stated if url and re.match(r"https?://\S+$", url)), None
        )

    def _first(self, names: tuple[str, ...]) -> str | None:
        return next((self._metas[name] for name in names if name in self._metas), None)

    def _text_of(self, identifier: str) -> str | None:
        element = _by_id(self._root, identifier)
        return None if element is None else _spaced("".join(_strings(element)))


def _linked_data(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Find headline, datepublished, author and publisher of the first article in the page's JSON-LD."""
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            data = data.get("@graph", data)
        for item in data if isinstance(data, list) else [data]:
            if isinstance(item, dict) and "headline" in item:
                for name in ("headline", "datePublished", "author", "publisher"):
                    if words := _name_in(item.get(name)):
                        yield name.lower(), words
                return


def _name_in(value: object) -> str | None:
    if isinstance(value, list):
        return " ".join(filter(None, map(_name_in, value[:6]))) or None
    if isinstance(value, dict):
        value = value.get("name")
    return _spaced(value) if isinstance(value, str) else None


def _by_id(root: html.HtmlElement, identifier: str) -> html.HtmlElement | None:
    return next((element for element in root.iter() if element.get("id") == identifier), None)


def _text_of_class(root: html.HtmlElement, name: str) -> str | None:
    found = (e for e in root.iter("h1", "h2") if name in (e.get("class") or "").split())
    return next((words for element in found if (words := _spaced("".join(_strings(element))))), None)


def _first_text(root: html.HtmlElement, tag: str) -> str | None:
    found = (_spaced("".join(_strings(element))) for element in root.iter(tag))
    return next((words for words in found if words), None)


def _strings(element: html.HtmlElement) -> Iterator[str]:
    return (str(piece) for piece in element.itertext(with_tail=False))


def _spaced(words: str | None) -> str | None:
    return " ".join(words.split()) or None if words else None


def _remove_spaces(words: str) -> str:
    return "".join(words.split())
