"""Reads front matter: the fields that an editor writes above a report, between two lines of hyphens.

```
---
title: 街道修好便民步道
date: 2024-03-05
place: 渝中区两路口街道
---
```
"""

import re
from dataclasses import replace

import yaml

from corpus.page import Page
from corpus.text.dates import parse_date

FIELDS = ("title", "subtitle", "publisher", "date", "byline", "place", "url")

_LONGEST = 10_000  # characters
_BLOCK = re.compile(r"\s*---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(rf"^(?:{'|'.join(FIELDS)})[ \t]*:", re.MULTILINE | re.IGNORECASE)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split a text into its front matter and the rest.

    Returns:
        The fields by name, empty if there is no front matter, and the text below.

    Raises:
        ValueError: the front matter is not valid YAML. The message is for the editor.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _BLOCK.match(text[: 2 * _LONGEST])
    if found is None or len(found["yaml"]) > _LONGEST or not _FIELD.search(found["yaml"]):
        return {}, text
    try:
        stated = yaml.load(found["yaml"], Loader=yaml.BaseLoader)  # makes strings only
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"the front matter is not YAML: {_first_line(error)}") from error
    if not isinstance(stated, dict):
        raise ValueError("the front matter is no list of fields: write `title: …`, one a line")
    fields = {str(name).lower(): value for name, value in stated.items()}
    return {name: _words(name, fields[name]) for name in FIELDS if fields.get(name)}, text[found.end() :]


def apply_front_matter(page: Page, fields: dict[str, str]) -> Page:
    """Replace the fields of a page by those of its front matter.

    Raises:
        ValueError: the date is not a date. The message is for the editor.
    """
    day = page.date
    if "date" in fields:
        day = parse_date(fields["date"])
        if day is None:
            raise ValueError(
                f"the date in the front matter, {fields['date']!r}, is none: write it as 2024-03-05"
            )
    return replace(
        page,
        title=fields.get("title", page.title),
        subtitle=fields.get("subtitle", page.subtitle),
        publisher=fields.get("publisher", page.publisher),
        date=day,
        byline=fields.get("byline", page.byline),
        place=fields.get("place", page.place),
        url=fields.get("url", page.url),
    )


def _words(name: str, value: object) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " ".join(value)
    if not isinstance(value, str):
        raise ValueError(f"the front matter's {name} is no line of words: write `{name}: …`")
    return " ".join(value.split())


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error).partition("\n")[0]
    return f"{problem} (line {mark.line + 2})" if mark else problem
