"""Load the texts that the bot sends from one file per language in `bot/i18n/locales`."""

import tomllib
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("locales")

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
"""The languages; the first is for users whose Telegram names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts of one language; zh-Hans.toml explains what replaces each `{}`.

    Args:
        called: Other names of the language.
        telegram: The language codes under which Telegram shows the commands.
        traditional: Whether quotes can be shown in traditional characters.
    """

    language: str
    name: str
    called: tuple[str, ...]
    telegram: tuple[str, ...]
    traditional: bool
    commands: dict[str, str]
    admin_commands: dict[str, str]

    date_format: str
    month_format: str
    year_format: str
    untitled: str
    undated: str
    unplaced: str
    unnamed_paper: str

    start: str
    examples_heading: str
    help: str
    help_admin: str
    how_to_ask: str
    unknown_command: str
    only_text: str
    failure: str
    asked: str

    empty: str
    filtered: str
    unrelated: str
    not_said: str
    missing: str
    nearest: str
    others: str
    taken: str
    drop: str
    narrowed: str
    anywhere: str

    context: str
    more: str
    more_heading: str
    back: str
    web_page: str
    convert: str
    as_printed: str
    converted: str
    thanks_good: str
    thanks_bad: str

    earlier: str
    later: str
    paragraphs: str
    too_old: str
    report_gone: str
    report_changed: str
    quote_gone: str
    example_gone: str
    pressed_unknown: str
    not_yours: str

    sources: str
    no_sources: str
    latest: str
    by_date: str
    by_place: str
    by_paper: str
    page: str
    link_unknown: str

    filter_none: str
    filter_set: str
    filter_how: str
    filter_unknown: str
    filter_clear: str
    joined: str
    since_until: str
    since: str
    until: str

    language_choose: str
    language_set: str
    language_unknown: str

    new: str
    privacy: str
    privacy_questions_kept: str
    privacy_questions_not_kept: str
    forgotten: str

    follow_how: str
    follow_set: str
    follow_exists: str
    follow_too_many: str
    follow_none: str
    follow_list: str
    follow_item: str
    follow_heading: str
    unfollow: str
    unfollowed: str
    unfollow_unknown: str

    inline_how: str
    inline_none: str
    inline_open: str
    inline_ask: str

    admins_only: str
    admins_only_link: str
    add_receiving: str
    add_fetching: str
    add_reading: str
    add_indexing: str
    added: str
    added_more: str
    add_failed: str
    add_too_big: str
    add_kind: str
    undo: str
    undoing: str
    undone: str
    undo_unknown: str
    field_title: str
    field_paper: str
    field_date: str
    field_place: str
    field_length: str
    refreshing: str
    refreshing_step: str
    refreshed: str
    refreshed_nothing: str
    refresh_rejected: str
    refresh_failed: str
    refresh_busy: str
    no_editor: str
    stats: str
    stats_day: str
    stats_none: str
    stats_steps: str
    step_waiting: str
    step_searching: str
    step_sending: str
    gaps: str
    gap_item: str
    gap_more: str
    gaps_none: str
    gaps_off: str
    export_none: str
    export_done: str

    def day(self, when: date) -> str:
        """Return a date in the format of the language."""
        return self.date_format.format(when)


class WordingError(Exception):
    """A file of texts lacks a text, or holds one that is never used."""


@cache
def wording(language: str) -> Wording:
    """Return the texts of one of `LANGUAGES`; raise `WordingError` if its file is not complete."""
    file = _FOLDER / f"{language}.toml"
    return read_wording(language, tomllib.loads(file.read_text(encoding="utf-8")))


def read_wording(language: str, written: dict[str, Any]) -> Wording:
    """Build the texts from the content of a file; raise `WordingError` if it is not complete."""
    known = {field.name for field in fields(Wording) if field.default is MISSING} - {"language"}
    lacking, unknown = sorted(known - written.keys()), sorted(written.keys() - known)
    if lacking or unknown:
        raise WordingError(
            f"{language}: lacks {', '.join(lacking) or '–'}; unknown {', '.join(unknown) or '–'}"
        )
    lists = {name: tuple(written[name]) for name in ("called", "telegram")}
    return Wording(language=language, **(written | lists))


def language_for(code: str | None) -> str:
    """Return the language for a Telegram language code: Chinese by script, English for all others."""
    code = (code or "zh").lower().replace("_", "-")
    if not code.startswith("zh"):
        return "en"
    traditional = any(part in code.split("-") for part in ("hant", "tw", "hk", "mo"))
    return "zh-Hant" if traditional else "zh-Hans"
