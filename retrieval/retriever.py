"""Open an index and answer questions from it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Self

from threadpoolctl import ThreadpoolController

from corpus import Article
from corpus.text.normalize import compact
from retrieval.answer import Answer, Refusal, Result
from retrieval.errors import IndexError_, QuestionError
from retrieval.index.address import IndexLocation
from retrieval.index.base import Snapshot
from retrieval.index.filter import Filter
from retrieval.index.on_demand import OnDemandTokens
from retrieval.index.open import find_article, open_index
from retrieval.models.encoder import Encoder, available_threads, limit_threads, load, model_name
from retrieval.query.followup import complete
from retrieval.query.parse import parse
from retrieval.ranking import confidence, pipeline, refusal
from retrieval.ranking.candidates import retrieve
from retrieval.ranking.confidence import ScoredCandidate
from retrieval.ranking.diversify import WIDTH, differ_over_time, diversify
from retrieval.ranking.explanation import explain as explanation_of
from retrieval.ranking.search import Search, begin

_log = logging.getLogger(__name__)

LONGEST_QUESTION = 1_000
"""Code points of a question that are read; what a person asks is far shorter."""

ENCODING_THREADS = 2
"""Threads that encode a question when no other is under way. Ranking gains nothing from a second one, nor do
many questions at once, which would wait for it."""


class Retriever:
    """Answers questions from an index; safe to share between threads.

    When a refresh publishes a new generation, the next question is answered from it; a question under way
    ends on the generation it began with.
    """

    def __init__(self, index: IndexLocation, encoder: Encoder) -> None:
        self._store = open_index(index)
        self._encoder = encoder
        self._on_demand = OnDemandTokens(encoder)
        self._snapshot = self._current()
        self._failed: int | None = None
        # Products as small as these take several times longer on the threads of BLAS, which compete with
        # the model's for the cores.
        self._pools = ThreadpoolController()
        self._ranking = threading.Lock()
        self._encoding_threads = min(ENCODING_THREADS, available_threads())
        self._under_way = 0
        self._counting = threading.Lock()

    @classmethod
    def open(
        cls, index: IndexLocation = "index", *, model: str | None = None, encoder: Encoder | None = None
    ) -> Self:
        """Open an index with the model that made it: the bundled one (None), a name or a folder.

        `index` is a folder or the address of a Milvus (see `milvus.address`). An `encoder` already loaded can
        be given in the model's place.
        Raises `IndexMissing`, `IndexDamaged`, `IndexUnreachable`, `OtherModel`, `ModelError`.
        """
        # Before seconds are spent on loading the model.
        open_index(index).current().require_model(encoder.name if encoder else model_name(model))
        return cls(index, encoder or load(model))

    @property
    def encoder(self) -> Encoder:
        """The model, which a refresh in the same process can share."""
        return self._encoder

    def ask(
        self,
        question: str,
        k: int = 3,
        *,
        place: str | None = None,
        since: date | None = None,
        until: date | None = None,
        publisher: str | None = None,
        after: Answer | str | None = None,
        explain: bool = False,
    ) -> Answer:
        """Answer a question with at most `k` passages, best first, all quoted to the letter.

        A question about several places gets the best passage of each report before a second one of any.

        Args:
            question: What is asked; a follow-up may leave out what the question before it said.
            k: The most passages to return.
            place: Keep to reports whose place contains this name.
            since: Keep to reports of this day or later; a report without a date is left out.
            until: Keep to reports of this day or earlier.
            publisher: Keep to reports that a paper of this name printed.
            after: The answer before, or its question, from which a follow-up takes over what it leaves out.
            explain: Add to each result where its score comes from.

        Raises:
            QuestionError: `k` is less than one.
        """
        if k < 1:
            raise QuestionError(f"k is {k}: ask for at least one passage")
        began = time.perf_counter()
        snapshot = self._latest()
        previous = after.asked if isinstance(after, Answer) else after
        follow_up = complete(question, previous or "")
        asked = follow_up.question[:LONGEST_QUESTION]
        kept = Filter(place, since, until, publisher)
        answer = Answer(question, False, None, (), 0.0, asked=follow_up.question, taken=follow_up.taken)
        if not compact(asked):
            answer = replace(answer, reason=Refusal.EMPTY)
        elif (scope := snapshot.scope(kept)) is None:
            answer = replace(answer, reason=Refusal.FILTERED)
        else:
            with self._question_under_way() as encoding_threads:
                with limit_threads(encoding_threads):
                    query = parse(asked, self._encoder)
                with self._ranking, self._pools.limit(limits=1, user_api="blas"), limit_threads(1):
                    search = begin(snapshot, query, self._on_demand)
                    pool = retrieve(search, scope, WIDTH * k)
                    ranked = pipeline.read(search, pipeline.rerank(search, pool))
                    scored = confidence.score(search, diversify(search, ranked, k))
                    missing = refusal.unmentioned(snapshot, query)
                    reason = refusal.decide(search, scored, missing)
                    results = _results(search, scored, explain=explain)
            answer = replace(
                answer,
                answered=reason is None,
                reason=reason,
                results=results,
                missing=missing,
                over_time=reason is None and differ_over_time(query, results),
            )
        return replace(answer, milliseconds=round((time.perf_counter() - began) * 1_000, 1))

    def articles(
        self,
        *,
        place: str | None = None,
        since: date | None = None,
        until: date | None = None,
        publisher: str | None = None,
    ) -> tuple[Article, ...]:
        """List the articles of the index by id, of a place, a time and a paper if given."""
        return self._latest().articles(Filter(place, since, until, publisher))

    def article(self, id: str) -> Article:
        """Find an article by its id or a unique beginning of it. Raises `UnknownArticle`."""
        return find_article(self._latest(), id)

    @contextmanager
    def _question_under_way(self) -> Iterator[int]:
        """Count a question as under way; yields the number of threads that may encode it."""
        with self._counting:
            self._under_way += 1
            alone = self._under_way == 1
        try:
            yield self._encoding_threads if alone else 1
        finally:
            with self._counting:
                self._under_way -= 1

    def _latest(self) -> Snapshot:
        """The snapshot that serves now; the one before stays with the questions that use it.

        A new one that cannot be opened is passed over: the last good one goes on serving.
        """
        held = self._snapshot
        try:
            number = self._store.number()
            if number not in (held.manifest.generation, self._failed):
                self._failed = number
                self._snapshot = held = self._current()
        except IndexError_ as error:
            _log.error("Generation %d goes on serving: %s", held.manifest.generation, error)
        return held

    def _current(self) -> Snapshot:
        snapshot = self._store.current()
        snapshot.require_model(self._encoder.name)
        return snapshot


def _results(search: Search, scored: list[ScoredCandidate], *, explain: bool) -> tuple[Result, ...]:
    return tuple(
        Result(
            rank=rank,
            score=round(each.candidate.score, 4),
            confidence=round(each.confidence, 3),
            article=each.candidate.article,
            section=each.candidate.passage.section,
            start=each.candidate.passage.start,
            end=each.candidate.passage.end,
            text=each.candidate.passage.text,
            answer=each.sentence.span,
            explanation=explanation_of(search, each) if explain else None,
        )
        for rank, each in enumerate(scored, 1)
    )
