"""Prints how a file was parsed, for an editor who asks why a report reads as it does."""

import json
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import UnreadableReport
from corpus.layout.parse import ParsedPage
from corpus.page import Page
from corpus.read import parse_report, read_pages
from corpus.repair.repair import Repair

_FIELDS = ("title", "subtitle", "publisher", "date", "byline", "place", "url")


def show(file: str, *, as_json: bool = False) -> Iterator[str]:
    """Describe how a file was parsed.

    Args:
        file: the path of a file, or of one article of a file of many: `news.jsonl#17`.
        as_json: yield one JSON object for each article.

    Yields:
        Lines of print: the whole article if there is one, else one line for each.

    Raises:
        UnreadableReport: the file, or the article named, gives nothing.
    """
    path, wanted = _named(file)
    pages = [(name, page) for name, page in read_pages(path, path.parent) if wanted in (None, name)]
    if not pages:
        raise UnreadableReport(file, "the file holds no article of this name")
    for name, page in pages:
        try:
            found = parse_report(name, page)
        except UnreadableReport as unreadable:
            if len(pages) == 1:
                raise
            yield json.dumps({"id": name, "reason": unreadable.reason}) if as_json else f"- {unreadable}"
            continue
        assert isinstance(page, Page)
        if as_json:
            yield json.dumps(_record(name, page, found), ensure_ascii=False)
        elif len(pages) > 1:
            yield f"{name}  {found.date or '(no date)'}  {found.title}"
        else:
            yield from _printed(name, page, found)


def _named(file: str) -> tuple[Path, str | None]:
    path = Path(file)
    if not path.exists() and "#" in path.name:
        return path.with_name(path.name.partition("#")[0]), path.name
    return path, None


def _printed(name: str, page: Page, found: ParsedPage) -> Iterator[str]:
    yield name
    for field in _FIELDS:
        value = getattr(found, field)
        yield f"  {field + ':':<11}{value if value is not None else '(unknown)'}"
    yield f"\nSections ({len(found.sections)})"
    for section in found.sections:
        yield f"  {section.start:>6}–{section.end:<6} {section.heading or '(no heading)'}"
    yield f"\nText ({len(found.text):,} characters)"
    yield found.text
    yield f"\nCut ({len(found.cuts)})"
    for cut in found.cuts:
        yield f"  line {cut.number:>4}  {cut.rule:<20} {cut.line}"
    yield f"\nRepaired ({len(found.repairs)})"
    for repair in found.repairs:
        change = f"{_visible(repair.before)} → {_visible(repair.after)}"
        yield f"  line {repair.number:>4}  {repair.rule:<20} {change}"


def _record(name: str, page: Page, found: ParsedPage) -> dict[str, object]:
    fields = {field: getattr(found, field) for field in _FIELDS}
    return {
        "id": name,
        **fields,
        "date": found.date.isoformat() if found.date else None,
        "sections": [{"heading": s.heading, "start": s.start, "end": s.end} for s in found.sections],
        "text": found.text,
        "cut": [{"line": cut.number, "text": cut.line, "rule": cut.rule} for cut in found.cuts],
        "repaired": [_repair(repair) for repair in found.repairs],
    }


def _repair(repair: Repair) -> dict[str, object]:
    return {"line": repair.number, "received": repair.before, "mended": repair.after, "rule": repair.rule}


def _visible(words: str) -> str:
    return "".join(c if c.isprintable() or c == "\u3000" else f"<{ord(c):04X}>" for c in words)
