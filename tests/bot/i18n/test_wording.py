import re
import string
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.botapi.message import OutgoingMessage
from bot.i18n.wording import LANGUAGES, Wording, WordingError, language_for, read_wording, wording
from corpus import simplify

SENTENCES = [f.name for f in fields(Wording) if f.type is str or f.type == "str"]


def holes(sentence: str) -> set[str]:
    return {name.split(".")[0] for _, name, *_ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_every_language_can_be_said(language: str, why_refused: Any):
    words = wording(language)
    values: dict[str, Any] = dict.fromkeys(
        {name for sentence in SENTENCES for name in holes(getattr(words, sentence))}, "7"
    )
    for sentence in SENTENCES:
        said = getattr(words, sentence).format(date(2023, 1, 14), **values)
        assert why_refused(OutgoingMessage(said.strip()).text, []) is None, sentence
        assert "{" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_the_same_holes(language: str):
    for sentence in SENTENCES:
        assert holes(getattr(wording(language), sentence)) == holes(getattr(wording("zh-Hans"), sentence)), (
            sentence
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_at_a_press_fits(language: str):
    words = wording(language)
    for sentence in ("thanks_good", "thanks_bad", "too_old", "report_gone", "report_changed", "quote_gone",
                     "example_gone", "pressed_unknown", "not_yours",
                     "unfollow_unknown", "undo_unknown", "admins_only"):  # fmt: skip
        assert len(getattr(words, sentence)) <= 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_such_as_telegram_takes(language: str):
    words = wording(language)
    for name, description in (words.commands | words.admin_commands).items():
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert 1 <= len(description) <= 256
    assert words.commands.keys() == wording("zh-Hans").commands.keys()
    assert words.admin_commands.keys() == wording("zh-Hans").admin_commands.keys()


def test_the_traditional_catalogue_holds_no_simplified_character():
    import opencc

    to_traditional = opencc.OpenCC("s2t")
    for sentence in SENTENCES:
        said = getattr(wording("zh-Hant"), sentence)
        if sentence != "language_choose":
            wrong = [c for c in said if simplify(c) == c and c not in "群" and
                     to_traditional.convert(c) != c]  # fmt: skip
            assert not wrong, sentence


def test_every_sentence_is_said_somewhere():
    code = "".join(file.read_text(encoding="utf-8") for file in Path(bot.__path__[0]).rglob("*.py"))
    for sentence in SENTENCES:
        assert re.search(rf"\.{sentence}\b", code), sentence


def test_a_catalogue_that_lacks_a_sentence_or_has_one_too_many_is_named():
    with pytest.raises(WordingError, match=r"xx: lacks .*help.*unknown nonsense"):
        read_wording("xx", {"nonsense": ""})


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (None, "zh-Hans"), ("zh", "zh-Hans"), ("zh-hans", "zh-Hans"), ("zh-CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"), ("zh-hant-hk", "zh-Hant"), ("en-GB", "en"), ("fr", "en"),
    ],
)  # fmt: skip
def test_a_telegram_language_leads_to_a_catalogue(code: str | None, language: str):
    assert language_for(code) == language
