"""Load the Chinese and English words that retrieval knows from `lexicon.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "lexicon.toml"

_REFERENCE = re.compile(r"\{([a-z_]+)\}")  # a quantifier, {2,4}, holds digits


class LexiconError(ValueError):
    """The lexicon is malformed; the message names the file and the key."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{FILE}: {key}: {problem}")


@dataclass(frozen=True, slots=True)
class AnswerTypeRule:
    """A row of the table that says what a question asks for.

    Attributes:
        name: The name of the row.
        type: A value of `AnswerType`.
        pattern: What is found in a folded question of this type.
        measures: The measures one of which stands behind a number that answers.
        strict: Whether nothing without such a measure answers.
    """

    name: str
    type: str
    pattern: re.Pattern[str]
    measures: tuple[str, ...]
    strict: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The content of the lexicon.

    Attributes:
        lists: The entries of each list, by its name.
        counters: The measures that may stand for the one a question counts with.
        answer_types: The rows in order of priority.
    """

    lists: Mapping[str, tuple[str, ...]]
    counters: Mapping[str, tuple[str, ...]]
    answer_types: tuple[AnswerTypeRule, ...]

    def words(self, name: str) -> tuple[str, ...]:
        """Return the entries of a list."""
        if name not in self.lists:
            raise LexiconError(name, "no such list")
        return self.lists[name]

    def expand(self, pattern: str) -> str:
        """Replace each `{name}` in a regular expression by a group that matches any entry of that list."""
        return _REFERENCE.sub(lambda match: self._group(match[1]), pattern)

    def compile(self, pattern: str, flags: int = 0) -> re.Pattern[str]:
        """Compile a regular expression after expanding it."""
        return re.compile(self.expand(pattern), flags)

    def _group(self, name: str) -> str:
        words = self.words(name)
        if all(len(word) == 1 and word.isalpha() for word in words):
            return f"[{''.join(words)}]"
        return f"(?:{'|'.join(map(self.expand, words))})"


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, which is read once."""
    return parse_lexicon(files("retrieval.text").joinpath(FILE).read_text("utf-8"))


def parse_lexicon(text: str) -> Lexicon:
    """Read and check the text of a lexicon.

    Raises:
        LexiconError: A key is missing, empty, repeated or of the wrong type, or a pattern does not compile.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError("syntax", str(error)) from error
    rows, counters = tables.pop("answer_types", None), tables.pop("counters", None)
    lists: dict[str, tuple[str, ...]] = {}
    for table, content in tables.items():
        for name, entries in _table(table, content).items():
            if name in lists:
                raise LexiconError(f"{table}.{name}", "another table has a list of this name")
            lists[name] = _entries(f"{table}.{name}", entries)
    words = Lexicon(lists, {}, ())
    for name in lists:
        _compiled(words, name, f"{{{name}}}")
    alike = {name: _entries(f"counters.{name}", it) for name, it in _table("counters", counters).items()}
    if not isinstance(rows, list) or not rows:
        raise LexiconError("answer_types", "must be an array of tables")
    return Lexicon(lists, alike, tuple(_rule(words, number, row) for number, row in enumerate(rows, 1)))


def _rule(words: Lexicon, number: int, row: Any) -> AnswerTypeRule:
    key = f"answer_types[{number}]"
    wanted = {"name": str, "type": str, "chinese": list, "english": list, "units": list, "strict": bool}
    for name, kind in wanted.items():
        if not isinstance(_table(key, row).get(name), kind):
            raise LexiconError(f"{key}.{name}", f"must be a {kind.__name__}")
    patterns = _entries(f"{key}.chinese", row["chinese"]) + _entries(f"{key}.english", row["english"])
    return AnswerTypeRule(
        row["name"],
        row["type"],
        _compiled(words, key, "|".join(patterns)),
        tuple(dict.fromkeys(measure for unit in row["units"] for measure in words.words(unit))),
        row["strict"],
    )


def _compiled(words: Lexicon, key: str, pattern: str) -> re.Pattern[str]:
    try:
        return words.compile(pattern)
    except (re.error, RecursionError) as error:
        raise LexiconError(key, f"no regular expression: {error}") from error


def _table(key: str, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise LexiconError(key, "must be a table")
    return content


def _entries(key: str, entries: Any) -> tuple[str, ...]:
    """The entries of a list: the characters of a string, or the strings of an array."""
    found = tuple(entries) if isinstance(entries, str | list) else ()
    if not found:
        raise LexiconError(key, "must be a string or an array that is not empty")
    if not all(isinstance(entry, str) and entry.strip() for entry in found):
        raise LexiconError(key, "holds an entry that is no text")
    if twice := [entry for number, entry in enumerate(found) if entry in found[:number]]:
        raise LexiconError(key, f"holds {twice[0]} twice")
    return found
