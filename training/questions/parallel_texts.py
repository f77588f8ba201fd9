"""Read parallel texts: an English paragraph becomes a question for its Chinese translation.

The texts are read from Debian packages that are unpacked into one folder
(`apt-get download PACKAGE; dpkg -x PACKAGE*.deb DIR`):
LibreOffice's help (`libreoffice-help-en-us`, `libreoffice-help-zh-cn`, MPL 2.0), the Debian
Administrator's Handbook (`debian-handbook`, GPL 2 or CC BY-SA 3.0), the strings of Battle for Wesnoth
(`wesnoth-1.16-data`, GPL 2).
"""

import gettext
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from corpus.text.normalize import is_han
from training.examples import Example, TextPosition

HELP = Path("usr/share/libreoffice/help")
HANDBOOK = Path("usr/share/doc/debian-handbook/html")
STRINGS = Path("usr/share/games/wesnoth/1.16/locale/zh_CN/LC_MESSAGES")

SHORTEST, LONGEST = 40, 250
"""The least and the most characters of an English paragraph that becomes a question."""

LEAST_HAN = 8
"""The least number of Han characters of a translation."""

SHORTEST_TEXT = 120
"""The least number of characters of a Chinese text."""

Pair = tuple[str, str]
"""A paragraph in English and in Chinese."""


def read_parallel(folder: Path) -> tuple[list[Example], dict[str, str]]:
    """Read the examples and the Chinese texts that they are about.

    Raises:
        SystemExit: the folder holds none of the packages.
    """
    by_text: dict[str, list[Pair]] = {}
    seen: set[str] = set()
    for id, english, chinese in (*_strings(folder), *_help(folder), *_handbook(folder)):
        english, chinese = english.strip(), chinese.strip()
        usable = len(english) >= SHORTEST - 10 and sum(map(is_han, chinese)) >= LEAST_HAN
        if usable and english not in seen:
            seen.add(english)
            by_text.setdefault(id, []).append((english, chinese))
    examples, texts = [], {}
    for id, pairs in by_text.items():
        text, asked = "", []
        for english, chinese in pairs:
            if SHORTEST <= len(english) <= LONGEST:
                asked.append(Example(english, "en", TextPosition(id, len(text)), chinese))
            text += chinese + ("" if chinese[-1] in "。？！：" else "。")
        if len(text) > SHORTEST_TEXT:
            texts[id] = text
            examples += asked
    if not examples:
        raise SystemExit(
            f"{folder} holds none of the packages that training/questions/parallel_texts.py names"
        )
    return examples, texts


def _strings(folder: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((folder / STRINGS).glob("*.mo")):
        with path.open("rb") as file:
            translations = gettext.GNUTranslations(file)
        for english, chinese in vars(translations)["_catalog"].items():
            if isinstance(english, str) and english:  # plural forms have tuples for keys
                yield f"parallel-{path.name}", english.rpartition("\4")[2], chinese


def _help(folder: Path) -> Iterator[tuple[str, str, str]]:
    root = folder / HELP / "en-US" / "text"
    for path in sorted(root.rglob("*.html")):
        other = folder / HELP / "zh-CN" / "text" / path.relative_to(root)
        if other.exists():
            chinese = {id: text for id, text in _paragraphs(other) if id}
            for id, english in _paragraphs(path):
                if id in chinese:
                    yield f"parallel-{path.name}", english, chinese[id]


def _handbook(folder: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((folder / HANDBOOK / "en-US").glob("*.html")):
        other = folder / HANDBOOK / "zh-CN" / path.name
        if other.exists():
            english, chinese = _paragraphs(path), _paragraphs(other)
            if len(english) == len(chinese):  # else the paragraphs cannot be aligned
                for (_, one), (_, two) in zip(english, chinese, strict=True):
                    yield f"parallel-{path.name}", one, two


def _paragraphs(path: Path) -> list[tuple[str, str]]:
    reader = _Paragraphs()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.found


class _Paragraphs(HTMLParser):
    """Collects paragraphs, headings and list items with their ids."""

    KINDS = frozenset({"p", "h1", "h2", "h3", "li"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._id, self._text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.KINDS:
            self._end()
            self._id = dict(attrs).get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.KINDS or tag == "div":
            self._end()

    def handle_data(self, data: str) -> None:
        self._text += data

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        if text := " ".join(self._text.split()):
            self.found.append((self._id, text))
        self._id, self._text = "", ""
