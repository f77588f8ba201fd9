"""Refresh: bring the index in step with a folder of reports, embedding only what is new or changed."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from corpus import Article, Passage, Rejection, read_corpus, split
from retrieval import lexical
from retrieval.encoder import Embedding, Encoder, load, model_name
from retrieval.errors import IndexMissing
from retrieval.fold import terms
from retrieval.generation import (
    FORMAT,
    Generation,
    Manifest,
    article_record,
    building,
    checksums,
    next_number,
    publish,
    writing,
)
from retrieval.header import header
from retrieval.tokens import TokenWriter

CHUNK = 256
"""Passages embedded between two reports of progress."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did. added … unchanged count articles; `embedded` counts passages."""

    added: int
    changed: int
    removed: int
    unchanged: int
    rejected: tuple[Rejection, ...]
    passages: int
    embedded: int
    generation: int
    seconds: float


def refresh(
    corpus: Path,
    index: Path,
    *,
    model: str | None = None,
    encoder: Encoder | None = None,
    rebuild: bool = False,
    progress: Progress = lambda _what, _done, _total: None,
) -> Report:
    """Publish a generation of `index` that holds what the folder `corpus` holds.

    The model (or the `encoder` given in its place) is loaded only when a passage must be embedded,
    and no generation is published when nothing has changed. `rebuild` uses nothing of the index
    that is there, whatever its model or format.

    Raises `CorpusError`, `OtherModel`, `IndexDamaged`, `IndexBusy`, `ModelError`; a file that
    cannot be read raises nothing and is among `Report.rejected`.
    """
    began = time.perf_counter()
    wanted = encoder.name if encoder else model_name(model)
    with writing(index):
        before = None if rebuild else _usable(index, wanted)
        reading = read_corpus(corpus)
        passages = tuple((number, p) for number, a in enumerate(reading.articles) for p in split(a))
        fingerprint = _fingerprint(reading.articles, passages)
        embedded = 0
        if before and before.manifest.fingerprint == fingerprint:
            number = before.manifest.generation
        else:
            number = next_number(index)
            source = _Embedder(before, lambda: encoder or load(model, lambda w: progress(w, 0, 0)), progress)
            with building(index) as folder:
                manifest = _build(folder, number, wanted, reading.articles, passages, source, fingerprint)
                publish(index, folder, manifest)
            embedded = source.embedded
    old = {article.id: article for article in before.articles} if before else {}
    new = {article.id: article for article in reading.articles}
    common = old.keys() & new.keys()
    changed = sum(old[name] != new[name] for name in common)
    return Report(
        added=len(new.keys() - old.keys()),
        changed=changed,
        removed=len(old.keys() - new.keys()),
        unchanged=len(common) - changed,
        rejected=reading.rejected,
        passages=len(passages),
        embedded=embedded,
        generation=number,
        seconds=round(time.perf_counter() - began, 3),
    )


Numbered = tuple[tuple[int, Passage], ...]
"""Passages with their articles' numbers, by passage number."""


def _build(
    folder: Path,
    number: int,
    model: str,
    articles: Sequence[Article],
    passages: Numbered,
    source: "_Embedder",
    fingerprint: str,
) -> Manifest:
    _write_lines(folder / "articles.jsonl", (article_record(article) for article in articles))
    _write_lines(
        folder / "passages.jsonl",
        ({"article": n, "section": p.section, "start": p.start, "end": p.end} for n, p in passages),
    )
    lexical.build(
        folder / "lexical",
        ((n, terms(p.text), terms(header(articles[n], p.section))) for n, p in passages),
    )
    vectors, tokens = [], TokenWriter(folder)
    for embedding in source.embed([passage.text for _, passage in passages]):
        vectors.append(embedding.vector)
        tokens.append(embedding)
    rows = tokens.close()
    dimension = source.dimension
    dense = faiss.IndexFlatIP(dimension)
    dense.add(np.stack(vectors) if vectors else np.empty((0, dimension), np.float32))
    faiss.write_index(dense, str(folder / "vectors.faiss"))
    return Manifest(
        FORMAT, number, model, dimension, len(articles), len(passages), rows, fingerprint, checksums(folder)
    )


class _Embedder:
    """Embeddings of passages: out of the generation before where it has them, else from the model."""

    def __init__(
        self, before: Generation | None, load_encoder: Callable[[], Encoder], progress: Progress
    ) -> None:
        self._before = before
        self._load = load_encoder
        self._encoder: Encoder | None = None
        self._progress = progress
        self._known = {_digest(p.text): i for i, p in enumerate(before.passages)} if before else {}
        self.embedded = 0

    @property
    def dimension(self) -> int:
        return self._before.manifest.dimension if self._before else self._loaded().dimension

    def embed(self, texts: Sequence[str]) -> Iterator[Embedding]:
        total = sum(_digest(text) not in self._known for text in texts)
        for at in range(0, len(texts), CHUNK):
            chunk = texts[at : at + CHUNK]
            missing = [text for text in chunk if _digest(text) not in self._known]
            if missing:
                self._progress("embedding passages", self.embedded, total)
            fresh = iter(self._loaded().encode_passages(missing) if missing else ())
            self.embedded += len(missing)
            for text in chunk:
                number = self._known.get(_digest(text))
                yield next(fresh) if number is None else self._stored(number)
        if total:
            self._progress("embedding passages", total, total)

    def _stored(self, number: int) -> Embedding:
        assert self._before is not None
        tokens, offsets = self._before.tokens.tokens(number)
        return Embedding(self._before.dense.reconstruct(number), tokens, offsets)

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder


def _usable(index: Path, model: str) -> Generation | None:
    """The generation to build on, if there is one."""
    try:
        before = Generation.current(index)
    except IndexMissing:
        return None
    before.require_model(model, index)
    return before


def _fingerprint(articles: Sequence[Article], passages: Numbered) -> str:
    digest = hashlib.sha256()
    for article in articles:
        digest.update(json.dumps(article_record(article), ensure_ascii=True).encode())
    for number, passage in passages:
        line = f"{number} {passage.start} {passage.end} {passage.section}\n"
        digest.update(line.encode(errors="surrogatepass"))
    return digest.hexdigest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def _write_lines(path: Path, records: Iterator[object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=True) + "\n")
