"""Measure how often an encoder ranks the right passage first, on held-out questions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.inputs.datasets import (
    CMRC,
    NEWS,
    QUESTIONS,
    REPORTS,
    XQUAD,
    PublicQuestion,
    locate,
    read_cmrc,
    read_news,
    read_xquad,
)
from benchmarks.measures.ranking import index_texts, passages_by_text, report_ranks, right_ranks
from corpus import sentences, split_passages
from retrieval import Encoder
from retrieval.research import (
    Candidate,
    Embedding,
    Generation,
    PassageReference,
    begin,
    holds,
    max_per_run,
    parse,
    unread_sentence,
)

ORDERS = ("pooled", "BM25", "MaxSim", "fused")

LENGTHS = ((100, 160), (500, 640))
"""Targets and limits of the length of shorter and longer passages than those of an index."""

BY_LENGTH = 600
"""The most questions of each set and language for passages of these lengths."""

NEWS_CHARACTERS = 250
"""The least number of characters of a distractor, the first sentences of a news article."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The share of the questions of a row whose right passage an order ranks first.

    For the order `sentence`, the share of right passages whose bold sentence holds the answer.
    """

    row: str
    order: str
    questions: int
    value: float


def measure(
    encoder: Encoder, data: Sequence[Path], *, quick: bool = False, distractors: int = 0
) -> list[Figure]:
    """Measure with the held parts of the public sets, and with the development questions.

    Args:
        encoder: the encoder to measure.
        data: folders with the public data.
        quick: leave out passages of other lengths.
        distractors: the number of news articles added to the index of the last rows.
    """
    cmrc = read_cmrc(locate(data, CMRC)).part(held=True)
    xquad = read_xquad(locate(data, XQUAD))
    held = xquad.part(held=True).questions
    encoder = _CachedQuestions(encoder)
    found: list[Figure] = []
    with TemporaryDirectory() as scratch:
        for name, texts, questions in (
            ("CMRC", cmrc.texts, cmrc.questions),
            ("XQuAD", xquad.texts, held),
        ):
            generation = index_texts(encoder, texts, Path(scratch) / name)
            found += _ranked(name, generation, encoder, questions)
            if not quick:
                found += _by_length(name, generation, encoder, questions)
        by_type = report_ranks(encoder, REPORTS, QUESTIONS, Path(scratch))
        for kind, each in by_type.items():
            found += _firsts(f"reports, {kind}", each)
        if distractors:
            news = dict(list(read_news(locate(data, NEWS)).items())[:distractors])
            texts = cmrc.texts | xquad.texts | {id: _beginning(text) for id, text in news.items()}
            generation = index_texts(encoder, texts, Path(scratch) / "news")
            for name, questions in (("CMRC", cmrc.questions), ("XQuAD", held)):
                found += _ranked(f"{name} among {len(news)} news", generation, encoder, questions, bold=False)
    return found


class _CachedQuestions:
    """An encoder that encodes each question once for several indexes."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self.encode_passages = encoder.encode_passages
        self.encode_question = cache(encoder.encode_question)


def _ranked(
    name: str,
    generation: Generation,
    encoder: Encoder,
    questions: Sequence[PublicQuestion],
    *,
    bold: bool = True,
) -> Iterator[Figure]:
    of_text = passages_by_text(generation)
    for language in sorted({question.language for question in questions}):
        asked = [question for question in questions if question.language == language]
        right = [_holding(generation, of_text.get(question.source, []), question) for question in asked]
        row = f"{name}, {language}"
        yield from _firsts(
            row, [right_ranks(generation, encoder, q.text, set(r)) for q, r in zip(asked, right, strict=True)]
        )
        if bold:
            answerable = [(q, r[0]) for q, r in zip(asked, right, strict=True) if r]
            good = [_bold_is_right(generation, encoder, question, number) for question, number in answerable]
            yield Figure(row, "sentence", len(good), float(np.mean(good)))


def _firsts(row: str, found: Sequence[Sequence[int]]) -> Iterator[Figure]:
    firsts = (np.asarray(found) == 0).mean(axis=0)  # (orders,)
    for order, value in zip(ORDERS, firsts.tolist(), strict=True):
        yield Figure(row, order, len(found), value)


def _holding(generation: Generation, passages: Iterable[int], question: PublicQuestion) -> list[int]:
    """Return the passages of the right text that hold an answer."""
    return [number for number in passages if holds(generation.passage(number).text, question.answers)]


def _bold_is_right(generation: Generation, encoder: Encoder, question: PublicQuestion, number: int) -> bool:
    query = parse(question.text, encoder)
    matches = generation.match_tokens(query.embedding.tokens, [number])[0]
    candidate = Candidate(PassageReference(generation, number), matches, 0.0, 0.0, 0.0, 0.0, 0.0)
    bold = unread_sentence(begin(generation, query), candidate).span
    return holds(bold.text, question.answers)


def _by_length(
    name: str, generation: Generation, encoder: Encoder, questions: Sequence[PublicQuestion]
) -> Iterator[Figure]:
    """Measure the texts in passages of other lengths, by comparing every passage with every question."""
    embedded: dict[str, list[tuple[PublicQuestion, Embedding]]] = {}
    for question in questions:
        of_language = embedded.setdefault(question.language, [])
        if len(of_language) < BY_LENGTH:
            of_language.append((question, encoder.encode_question(question.text)))
    for target, limit in LENGTHS:
        passages = [
            p
            for article in generation.articles()
            for p in split_passages(article, target=target, limit=limit)
        ]
        found = encoder.encode_passages([passage.text for passage in passages])
        vectors = np.stack([embedding.vector for embedding in found])  # (P, D)
        tokens = np.concatenate([embedding.tokens for embedding in found])  # (sum T, D)
        lengths = np.asarray([len(embedding.tokens) for embedding in found])
        sources = [passage.article_id.removesuffix(".txt") for passage in passages]
        for language, asked in embedded.items():
            firsts = []
            for question, embedding in asked:
                best = (
                    int(np.argmax(vectors @ embedding.vector)),
                    int(np.argmax(max_per_run(tokens @ embedding.tokens.T, lengths).mean(axis=1))),
                )
                firsts.append(
                    [
                        sources[n] == question.source and holds(passages[n].text, question.answers)
                        for n in best
                    ]
                )
            pooled, maxsim = np.mean(firsts, axis=0).tolist()
            row = f"{name}, {language}, {target} characters"
            yield Figure(row, "pooled", len(firsts), pooled)
            yield Figure(row, "MaxSim", len(firsts), maxsim)


def _beginning(text: str) -> str:
    end = next((end for _, end in sentences(text) if end >= NEWS_CHARACTERS), len(text))
    return text[:end]
