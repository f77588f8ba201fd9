"""The door of this room: open an index, ask it questions."""

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
from retrieval.answer import Answer, Explanation, Refusal, Result
from retrieval.errors import IndexError_, QuestionError
from retrieval.index.address import IndexLocation
from retrieval.index.base import Snapshot
from retrieval.index.filter import Filter
from retrieval.index.on_demand import OnDemandTokens
from retrieval.index.open import find_article, open_index
from retrieval.models.encoder import Encoder, available_threads, limit_threads, load, model_name
from retrieval.query.followup import complete
from retrieval.query.parse import understand
from retrieval.query.several import asks_of_several, differ_over_time, each_report_first
from retrieval.ranking.confidence import confidences, refusal, signs_of, unmentioned
from retrieval.ranking.explain import explain
from retrieval.ranking.features import Ranked
from retrieval.ranking.pipeline import distinct, rank, shown
from retrieval.ranking.sentences import Evidence

_log = logging.getLogger(__name__)

LONGEST_QUESTION = 1_000
"""Code points of a question that are read; what a person asks is far shorter."""


WIDE = 5
"""So many times as many passages are ordered as are wanted: reprints are left out, and where several reports
are asked for, what further ones say comes first."""


TOGETHER = 2
"""Threads that encode a question when no other is under way. Ranking gains nothing from a second one, nor do
many questions at once, which would wait for it."""


class Retriever:
    """Questions to an index; safe to share between threads.

    A refresh that publishes a new generation meanwhile is followed at the next question; a question
    under way ends on the generation it began with.
    """

    def __init__(self, index: IndexLocation, encoder: Encoder) -> None:
        self._store = open_index(index)
        self._encoder = encoder
        self._unstored = OnDemandTokens(encoder)
        self._generation = self._current()
        self._tried: int | None = None
        # Products as small as these take several times longer on the threads of BLAS, which fight with
        # the model's for the cores.
        self._pools = ThreadpoolController()
        self._ranking = threading.Lock()
        self._together = min(TOGETHER, available_threads())
        self._asked = 0
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
        after: Answer | None = None,
        explain: bool = False,
    ) -> Answer:
        """Answer a question with at most `k` passages, best first, all quoted to the letter.

        `place` keeps to reports whose place holds that name, `publisher` to those that a paper of that
        name printed; `since` and `until`, both included, to reports of those days (a report without a
        date is of no day). A question about several places gets the best passage of each report before a
        second one of any. `after` is the answer before, from whose question a follow-up takes over what it
        leaves out. `explain` adds to each result where its score comes from. Raises `QuestionError`.
        """
        if k < 1:
            raise QuestionError(f"k is {k}: ask for at least one passage")
        began = time.perf_counter()
        generation = self._followed()
        followed = complete(question, after.asked if after else "")
        asked = followed.question[:LONGEST_QUESTION]
        wanted = Filter(place, since, until, publisher)
        with self._under_way() as together:
            answer = self._answer(generation, asked, k, wanted, explain, together)
        milliseconds = round((time.perf_counter() - began) * 1_000, 1)
        return replace(
            answer,
            question=question,
            milliseconds=milliseconds,
            asked=followed.question,
            taken=followed.taken,
        )

    def articles(
        self,
        *,
        place: str | None = None,
        since: date | None = None,
        until: date | None = None,
        publisher: str | None = None,
    ) -> tuple[Article, ...]:
        """The articles of the index, in the order of their ids, of a place, time and paper if given."""
        return self._followed().articles(Filter(place, since, until, publisher))

    def article(self, id: str) -> Article:
        """One article. Raises `UnknownArticle`."""
        return find_article(self._followed(), id)

    def _answer(
        self,
        generation: Snapshot,
        question: str,
        k: int,
        wanted: Filter,
        explained: bool,
        together: int,
    ) -> Answer:
        if not compact(question):
            return _refused(question, Refusal.EMPTY)
        scope = generation.scope(wanted)
        if scope is None:
            return _refused(question, Refusal.FILTERED)
        with limit_threads(together):
            understood = understand(question, self._encoder)
        with self._ranking, self._pools.limit(limits=1, user_api="blas"), limit_threads(1):
            ranked = rank(generation, understood, scope, self._unstored, WIDE * k)
            best = distinct(generation, ranked, k)
            if asks_of_several(question):
                wide = distinct(generation, ranked, WIDE * k)
                owners = [generation.article_of(candidate.passage).id for candidate in wide]
                best = [wide[place] for place in each_report_first(owners)][:k]
            best, found = shown(generation, understood, best)
            signs = list(signs_of(understood, best, found))
            confidence = confidences(generation, understood, best, signs)
            results = tuple(
                _result(
                    generation,
                    place_in_list + 1,
                    best[place_in_list],
                    confidence[place_in_list],
                    found[place_in_list],
                    explain(generation, understood, best[place_in_list], signs[place_in_list])
                    if explained
                    else None,
                )
                for place_in_list in range(min(k, len(best)))
            )
            reason = refusal(generation, understood, best, confidence)
            missing = unmentioned(generation, understood) if reason else None
        over_time = reason is None and differ_over_time(question, results)
        return Answer(question, reason is None, reason, results, 0.0, missing, over_time)

    @contextmanager
    def _under_way(self) -> Iterator[int]:
        """Count a question as under way; gives the threads that may encode it."""
        with self._counting:
            self._asked += 1
            alone = self._asked == 1
        try:
            yield self._together if alone else 1
        finally:
            with self._counting:
                self._asked -= 1

    def _followed(self) -> Snapshot:
        """The generation that serves now; the one held before stays with whoever uses it.

        A new one that cannot be opened is passed over: the last good one goes on serving.
        """
        held = self._generation
        try:
            number = self._store.number()
            if number not in (held.manifest.generation, self._tried):
                self._tried = number
                self._generation = held = self._current()
        except IndexError_ as error:
            _log.error("Generation %d goes on serving: %s", held.manifest.generation, error)
        return held

    def _current(self) -> Snapshot:
        generation = self._store.current()
        generation.require_model(self._encoder.name)
        return generation


def _result(
    generation: Snapshot,
    place_in_list: int,
    candidate: Ranked,
    confidence: float,
    seen: Evidence,
    explanation: Explanation | None,
) -> Result:
    passage = generation.passage(candidate.passage)
    return Result(
        rank=place_in_list,
        score=round(candidate.score, 4),
        confidence=round(confidence, 3),
        article=generation.article_of(candidate.passage),
        section=passage.section,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        answer=seen.sentence,
        explanation=explanation,
    )


def _refused(question: str, reason: Refusal) -> Answer:
    return Answer(question, answered=False, reason=reason, results=(), milliseconds=0.0)
