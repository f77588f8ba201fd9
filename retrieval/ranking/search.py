"""A search: one question to one snapshot of an index, with the weights and the reader of its model."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus.text.normalize import compact
from retrieval.index.base import Snapshot
from retrieval.index.on_demand import OnDemandTokens
from retrieval.models.thresholds import Thresholds, shipped_thresholds
from retrieval.query.parse import ASKING, Query
from retrieval.ranking.weights import Weights, weights_of

if TYPE_CHECKING:
    from retrieval.models.reader import Reader

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Search:
    """A question to a snapshot, with all that ranking needs of both.

    Attributes:
        snapshot: The state of the index that is searched.
        query: The parsed question.
        weights: The fitted weights for the question's script; None with a model that has none.
        thresholds: The thresholds beside them.
        reader: The reader of the snapshot's model; None where none was taught.
        on_demand: What encodes passages whose token vectors the index does not store.
    """

    snapshot: Snapshot
    query: Query
    weights: Weights | None
    thresholds: Thresholds
    reader: "Reader | None"
    on_demand: OnDemandTokens | None = None

    @cached_property
    def importance(self) -> Floats:
        """How much each token of the question counts, by the rarity of its word: (Q,), sums to 1."""
        return importance_of(self.snapshot, self.query)


def begin(snapshot: Snapshot, query: Query, on_demand: OnDemandTokens | None = None) -> Search:
    """Begin a search; `on_demand` is needed where the snapshot stores no token vectors."""
    from retrieval.models.reader import reader_for  # commands that only list reports do without torch

    fitted = weights_of(snapshot.manifest.model)
    return Search(
        snapshot,
        query,
        fitted.of(han=query.han) if fitted else None,
        fitted.thresholds if fitted else shipped_thresholds(),
        reader_for(snapshot.manifest.model),
        on_demand,
    )


def importance_of(snapshot: Snapshot, query: Query) -> Floats:
    """Weigh each token of a question by the rarity of its word in a snapshot: (Q,), sums to 1."""
    terms = set(query.terms)
    rarity = {term: 0.0 if term in ASKING else snapshot.idf(term) for term in terms}
    unknown = max([*rarity.values(), 1.0])
    counts = [
        max((rarity[term] for term in terms if word in term or term in word), default=unknown)
        if (word := compact(query.folded[start:end]))
        else 0.0
        for start, end in query.embedding.offsets.tolist()
    ]
    total = sum(counts)
    return np.asarray(counts) / total if total else np.full(len(counts), 1 / max(1, len(counts)))
