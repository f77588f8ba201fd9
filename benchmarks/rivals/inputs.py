"""Write the passages and questions that all systems get, as JSONL files.

The passages are those of this project's index. A folder holds `reports/`, `index/` (of this project),
`passages.jsonl` and `questions.jsonl`. Its name is a digest of its inputs, and it is made once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.inputs.datasets import ASKED, QUESTIONS, REPORTS, PublicSet
from benchmarks.measures.ranking import index_texts
from corpus import Article
from corpus.text.normalize import is_han
from retrieval import Encoder, refresh
from retrieval.research import (
    BITS,
    FORMAT,
    Generation,
    bundled,
    holds,
    is_right,
    read_questions,
)

ALL, ENGLISH = "all", "all, in English"
CMRC_ALL, CMRC_HELD = "CMRC, all", "CMRC, held"
"""Rows of the table that a question counts for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage, numbered by its line; `article` and `start` identify it in this project's index."""

    article: str
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the numbers of its right passages, and the rows of the table that it counts for."""

    question: str
    right: tuple[int, ...] = ()
    rows: tuple[str, ...] = ()


def reports(encoder: Encoder, work: Path) -> Path:
    """Write the five reports and all answerable questions about them; return the folder."""
    files = sorted(REPORTS.iterdir())
    folder = work / f"reports-{_digest([*_maker(encoder), *(path.read_bytes().hex() for path in files)])}"
    if not (folder / "index").exists():
        refresh(REPORTS, folder / "index", encoder=encoder)
    generation = Generation.current(folder / "index")
    asked = []
    for row, path in ASKED.items():
        for question in read_questions(path):
            if question.answers:
                right = _numbers(generation, lambda a, text, q=question: is_right(a, text, q))  # type: ignore[misc]
                rows = (row, ALL) if any(map(is_han, question.question)) else (row, ALL, ENGLISH)
                asked.append(Asked(question.question, right, rows))
    return _written(folder, generation, asked)


def cmrc(encoder: Encoder, data: PublicSet, work: Path) -> Path:
    """Write CMRC 2018; a passage is right if it is of the question's text and holds an answer."""
    folder = indexed(encoder, data.texts, work, "cmrc")
    generation = Generation.current(folder / "index")
    texts = [generation.passage(number) for number in range(generation.manifest.passages)]
    of_text: dict[str, list[int]] = {}
    for number, passage in enumerate(texts):
        of_text.setdefault(passage.article_id.removesuffix(".txt"), []).append(number)
    held = data.part(held=True).texts
    asked = []
    for question in data.questions:
        near = of_text.get(question.source, [])
        right = tuple(number for number in near if holds(texts[number].text, question.answers))
        rows = (CMRC_ALL, CMRC_HELD) if question.source in held else (CMRC_ALL,)
        asked.append(Asked(question.text, right, rows))
    return _written(folder, generation, asked)


def news(encoder: Encoder, articles: Mapping[str, str], work: Path) -> Path:
    """Write news articles and the development questions, which are only timed on them."""
    folder = indexed(encoder, articles, work, "news")
    asked = [Asked(question.question) for question in read_questions(QUESTIONS)]
    return _written(folder, Generation.current(folder / "index"), asked)


def indexed(encoder: Encoder, texts: Mapping[str, str], work: Path, name: str) -> Path:
    """Index texts once; return the folder."""
    folder = work / f"{name}-{len(texts)}-{_digest([*_maker(encoder), *texts.values()])}"
    if not (folder / "index").exists():
        unfinished = folder.with_suffix(".unfinished")
        index_texts(encoder, texts, unfinished)
        unfinished.rename(folder)
    return folder


def plain_model(work: Path) -> Path:
    """Save the bundled model without the adapter at float32, as a model hub has it, for the rivals."""
    import torch
    from sentence_transformers import SentenceTransformer

    folder = work / f"multilingual-e5-small-{bundled.SHA256[:12]}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        bare = str(bundled.prepare(weights=None))
        SentenceTransformer(bare, device="cpu", model_kwargs={"dtype": torch.float32}).save(
            str(unfinished), create_model_card=False
        )
        unfinished.rename(folder)
    return folder


def store_vectors(folder: Path, model: Path) -> None:
    """Encode the passages by the plain model into `vectors.npy`, (passages, dimension) float32, normalised.

    All rivals load these vectors, so the same passages are encoded once.
    """
    from sentence_transformers import SentenceTransformer

    if not (folder / "vectors.npy").exists():
        texts = [passage.text for passage in read_passages(folder)]
        encoder = SentenceTransformer(str(model), device="cpu")
        _save(folder, encoder.encode_document(texts, normalize_embeddings=True, show_progress_bar=False))


def copy_index_vectors(folder: Path) -> None:
    """Copy the vectors of the index to `vectors.npy`, for runs that measure only the time of a search."""
    (segment,) = Generation.current(folder / "index").segments
    _save(folder, segment.dense.reconstruct_n(0, segment.counts.passages))


def _save(folder: Path, vectors: npt.NDArray[np.float32]) -> None:
    np.save(folder / "unfinished.npy", vectors)
    (folder / "unfinished.npy").rename(folder / "vectors.npy")


def read_passages(folder: Path) -> list[Passage]:
    """Read the passages of a folder."""
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    return [Passage(**json.loads(line)) for line in lines]


def read_asked(folder: Path) -> list[Asked]:
    """Read the questions of a folder."""
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Asked(record["question"], tuple(record["right"]), tuple(record["rows"]))
        for record in map(json.loads, lines)
    ]


def _written(folder: Path, generation: Generation, asked: Sequence[Asked]) -> Path:
    passages = [generation.passage(number) for number in range(generation.manifest.passages)]
    _write_lines(folder / "passages.jsonl", (Passage(p.article_id, p.start, p.text) for p in passages))
    _write_lines(folder / "questions.jsonl", asked)
    return folder


def _write_lines(path: Path, records: Iterable[Passage | Asked]) -> None:
    lines = (json.dumps(asdict(record), ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


def _numbers(generation: Generation, wanted: Callable[[Article, str], bool]) -> tuple[int, ...]:
    return tuple(
        number
        for number in range(generation.manifest.passages)
        if wanted(generation.article_of(number), generation.passage(number).text)
    )


def _maker(encoder: Encoder) -> list[str]:
    """Return what an index depends on besides its texts."""
    return [type(encoder).__name__, encoder.name, str(FORMAT), str(BITS[0])]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:12]
