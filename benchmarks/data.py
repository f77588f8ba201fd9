"""Public data, read from where the user keeps it."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cmrc:
    """CMRC 2018 (Cui et al., EMNLP 2019): passages by id, and questions with the id of the right one."""

    passages: dict[int, str]
    questions: tuple[tuple[str, int], ...]


def read_cmrc(path: Path) -> Cmrc:
    """Read the gzipped lines of passages and questions."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    passages = {r["id"]: r["text"] for r in records if r["kind"] == "passage"}
    questions = tuple((r["question"], r["passage"]) for r in records if r["kind"] != "passage")
    return Cmrc(passages, questions)
