"""What all systems are given: the same passages and the same questions, as JSONL files.

The passages are those that our index is cut into. A folder holds `reports/`, `index/` (ours),
`passages.jsonl` and `questions.jsonl`; it is named after what made it, and made once.
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
"""The rows of a question: those it counts for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage; its number is its place in the file. `article` and `start` tell which of our index it is."""

    article: str
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the numbers of the passages that are right, and the rows that it counts for."""

    question: str
    right: tuple[int, ...] = ()
    rows: tuple[str, ...] = ()


def reports(encoder: Encoder, work: Path) -> Path:
    """The five reports, with all questions about them that have an answer."""
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
    """CMRC 2018: a passage is right when it stands in the text asked about and holds an answer."""
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
    """News articles, with the development questions, which are not judged here but timed."""
    folder = indexed(encoder, articles, work, "news")
    asked = [Asked(question.question) for question in read_questions(QUESTIONS)]
    return _written(folder, Generation.current(folder / "index"), asked)


def indexed(encoder: Encoder, texts: Mapping[str, str], work: Path, name: str) -> Path:
    """The folder of an index of texts."""
    folder = work / f"{name}-{len(texts)}-{_digest([*_maker(encoder), *texts.values()])}"
    if not (folder / "index").exists():
        unfinished = folder.with_suffix(".unfinished")
        index_texts(encoder, texts, unfinished)
        unfinished.rename(folder)
    return folder


def plain_model(work: Path) -> Path:
    """The bundled model without our adapter at float32, as a model hub has it: what the rivals load."""
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
    """Write `vectors.npy`, (passages, dimension) float32 of unit length, by the plain model; once.

    So that the rivals need not each encode the same passages with the same weights.
    """
    from sentence_transformers import SentenceTransformer

    if not (folder / "vectors.npy").exists():
        texts = [passage.text for passage in read_passages(folder)]
        encoder = SentenceTransformer(str(model), device="cpu")
        _save(folder, encoder.encode_document(texts, normalize_embeddings=True, show_progress_bar=False))


def lend_vectors(folder: Path) -> None:
    """The same out of our index: enough where only the time that a search takes is measured."""
    (segment,) = Generation.current(folder / "index").segments
    _save(folder, segment.dense.reconstruct_n(0, segment.counts.passages))


def _save(folder: Path, vectors: npt.NDArray[np.float32]) -> None:
    np.save(folder / "unfinished.npy", vectors)
    (folder / "unfinished.npy").rename(folder / "vectors.npy")


def read_passages(folder: Path) -> list[Passage]:
    """The passages of a folder."""
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    return [Passage(**json.loads(line)) for line in lines]


def read_asked(folder: Path) -> list[Asked]:
    """The questions of a folder."""
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
    """What an index depends on, but for the texts."""
    return [type(encoder).__name__, encoder.name, str(FORMAT), str(BITS[0])]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:12]
