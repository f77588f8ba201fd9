"""Public data, read from where the user keeps it, and split into what trains and what measures."""

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
"""The reports of this repository, the development questions about them, and all that ranking and abstention
were looked at with: these, further and later ones, and those of others, who had seen no more than the reports
and the development questions."""

CMRC = "cmrc2018-dev.jsonl.gz"
XQUAD = "xquad-en-zh.jsonl.gz"
NEWS = "news-20k.jsonl.gz"
PARALLEL = "parallel"

HELD = 3
"""One topic in so many measures, the others train."""


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """A question that the text `source` answers in the words of one of `answers`; language: zh or en."""

    text: str
    language: str
    source: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicSet:
    """Chinese texts by id, the topic of each (texts of one topic are near each other), and questions.

    `parallel` has for some texts the same text in English.
    """

    texts: dict[str, str]
    topics: dict[str, str]
    questions: tuple[PublicQuestion, ...]
    parallel: dict[str, str]

    def part(self, *, held: bool) -> "PublicSet":
        """What measures (`held`), or what trains: drawn by topic, so that none is in both."""
        drawn = sorted(set(self.topics.values()), key=lambda topic: hashlib.sha256(topic.encode()).digest())
        measures = set(drawn[: len(drawn) // HELD])
        kept = {id for id, topic in self.topics.items() if (topic in measures) == held}
        return replace(
            self,
            texts={id: text for id, text in self.texts.items() if id in kept},
            topics={id: topic for id, topic in self.topics.items() if id in kept},
            questions=tuple(question for question in self.questions if question.source in kept),
            parallel={id: text for id, text in self.parallel.items() if id in kept},
        )


def read_cmrc(path: Path) -> PublicSet:
    """CMRC 2018 (Cui et al., EMNLP 2019, CC BY-SA 4.0): lines of passages and of their questions."""
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
    """XQuAD (Artetxe et al., ACL 2020, CC BY-SA 4.0): Chinese paragraphs, questions in both languages."""
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
    """News articles of CRUD-RAG (Lyu et al., TOIS 2024), by id."""
    return {record["id"]: record["text"] for record in _lines(path)}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def locate_folder(folders: Sequence[Path], name: str) -> Path:
    """Find a folder in one of the folders given. Raises `SystemExit` that names it."""
    for folder in folders:
        if (folder / name).is_dir():
            return folder / name
    raise SystemExit(f"the folder {name} is in none of {', '.join(map(str, folders))}")


def locate(folders: Sequence[Path], name: str) -> Path:
    """Find a file in one of the folders given. Raises `SystemExit` that names it."""
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise SystemExit(f"{name} is in none of {', '.join(map(str, folders))}")
