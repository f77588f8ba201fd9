"""Read public data from the user's folders, and split it into training and held-out parts."""

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_REPOSITORY = Path(__file__).parents[2]
REPORTS = _REPOSITORY / "corpus" / "reports"
RECORDS = _REPOSITORY / "benchmarks" / "records"
QUESTIONS = _REPOSITORY / "tests" / "data" / "questions.jsonl"
ASKED = {
    "development": QUESTIONS,
    "further": QUESTIONS.with_name("questions-further.jsonl"),
    "later": QUESTIONS.with_name("questions-later.jsonl"),
    "others": QUESTIONS.with_name("questions-others.jsonl"),
}
"""The question files that informed the development of ranking and abstention, by name.

The authors of `others` had seen only the reports and the development questions.
"""

CMRC = "cmrc2018-dev.jsonl.gz"
XQUAD = "xquad-en-zh.jsonl.gz"
NEWS = "news-20k.jsonl.gz"
PARALLEL = "parallel"

HELD = 3
"""One of this many topics is held out, the others train."""


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """A question in `language` (`zh` or `en`) that the text `source` answers by one of `answers`."""

    text: str
    language: str
    source: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A public data set: Chinese texts by id, the topic of each text, and questions.

    `parallel` holds the English version of some texts, by id.
    """

    texts: dict[str, str]
    topics: dict[str, str]
    questions: tuple[PublicQuestion, ...]
    parallel: dict[str, str]

    def part(self, *, held: bool) -> "PublicSet":
        """Return the held-out or the training part, which share no topic."""
        shuffled = sorted(
            set(self.topics.values()), key=lambda topic: hashlib.sha256(topic.encode()).digest()
        )
        held_out = set(shuffled[: len(shuffled) // HELD])
        kept = {id for id, topic in self.topics.items() if (topic in held_out) == held}
        return replace(
            self,
            texts={id: text for id, text in self.texts.items() if id in kept},
            topics={id: topic for id, topic in self.topics.items() if id in kept},
            questions=tuple(question for question in self.questions if question.source in kept),
            parallel={id: text for id, text in self.parallel.items() if id in kept},
        )


def read_cmrc(path: Path) -> PublicSet:
    """Read the passages and questions of CMRC 2018 (Cui et al., EMNLP 2019, CC BY-SA 4.0)."""
    texts: dict[str, str] = {}
    questions = []
    for record in _lines(path):
        if record["kind"] == "passage":
            texts[f"cmrc-{record['id']:05}"] = record["text"]
        else:
            source = f"cmrc-{record['passage']:05}"
            questions.append(PublicQuestion(record["question"], "zh", source, tuple(record["answers"])))
    return PublicSet(texts, {id: id for id in texts}, tuple(questions), {})


def read_xquad(path: Path) -> PublicSet:
    """Read the paragraphs and questions of XQuAD (Artetxe et al., ACL 2020, CC BY-SA 4.0)."""
    texts, topics, parallel = {}, {}, {}
    questions = []
    for number, record in enumerate(_lines(path)):
        source = f"xquad-{number:05}"
        texts[source] = record["passage_zh"]
        parallel[source] = record["passage_en"]
        topics[source] = record["title"]
        for asked in record["questions"]:
            for language in ("zh", "en"):
                answers = (asked["answer_zh"],)
                questions.append(PublicQuestion(asked[language], language, source, answers))
    return PublicSet(texts, topics, tuple(questions), parallel)


def read_news(path: Path) -> dict[str, str]:
    """Read the news articles of CRUD-RAG (Lyu et al., TOIS 2024), by id."""
    return {record["id"]: record["text"] for record in _lines(path)}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def locate_folder(folders: Sequence[Path], name: str) -> Path:
    """Find a subfolder in one of several folders.

    Raises:
        SystemExit: none of the folders has it.
    """
    for folder in folders:
        if (folder / name).is_dir():
            return folder / name
    raise SystemExit(f"the folder {name} is in none of {', '.join(map(str, folders))}")


def locate(folders: Sequence[Path], name: str) -> Path:
    """Find a file in one of several folders.

    Raises:
        SystemExit: none of the folders has it.
    """
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise SystemExit(f"{name} is in none of {', '.join(map(str, folders))}")
