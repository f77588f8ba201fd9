"""What the signs of a good passage are worth beside each other: fitted, not set by hand.

`python -m benchmarks.fit` fits them on public questions that trained nothing, for the bundled model with its
adapter and without, and writes `weights.json` and `weights-bare.json`. The cosines of another model
mean something else: for one that is named there are no weights, and what can do without them is used.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.models import WEIGHTS_FOLDER, bundled


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights for questions in one script.

    maxsim, closest: what MaxSim of a passage and, by name of a field of `evidence.Closest`, of its closest
    parts counts in its score; together 1, so that scores of all scripts and models are of one size. pooled,
    lexical, spelling, date, read: what the cosine of its vector, BM25 by words and by syllables, as parts of
    the highest possible, that it speaks of the time asked about, and the reader's log-odds count beside it.
    Syllables count what words count in the script that they spell. sentence, reading: by name of a sign of
    `evidence.SIGNS`, for a passage that is not read and for one that is.
    answers: by name of a sign of `abstain.SIGNS`, and the `intercept` of the logistic curve; its zero is
    where a passage is as likely to answer as not.
    """

    maxsim: float
    closest: dict[str, float]
    pooled: float
    lexical: float
    spelling: float
    date: float
    read: float
    sentence: dict[str, float]
    reading: dict[str, float]
    answers: dict[str, float]
    intercept: float


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """The weights of one model, for questions in Chinese and in other languages."""

    han: Weights
    other: Weights

    def of(self, *, han: bool) -> Weights:
        """The weights for a question."""
        return self.han if han else self.other


def weights_of(model: str) -> ModelWeights | None:
    """The weights of a model by its name in a manifest; None where none were fitted."""
    if not bundled.is_bundled(model):
        return None
    name = "weights-bare.json" if model == bundled.BASE_NAME else "weights.json"
    return read_weights(WEIGHTS_FOLDER / name)


@cache
def read_weights(path: Path) -> ModelWeights:
    """Read what `benchmarks.fit` wrote."""
    record = json.loads(path.read_text(encoding="utf-8"))
    return ModelWeights(Weights(**record["han"]), Weights(**record["other"]))
