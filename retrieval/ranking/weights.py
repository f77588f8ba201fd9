"""The weights of ranking, fitted by `python -m benchmarks.fit` on public questions.

They hold for the bundled model, with its adapter (`weights.json`) and without (`weights-bare.json`). The
cosines of another model mean something else: for one that a user names there are no weights.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.models import WEIGHTS_FOLDER, bundled
from retrieval.models.thresholds import WEIGHTS_FILE, Thresholds, parse_thresholds

BARE_WEIGHTS_FILE = WEIGHTS_FOLDER / "weights-bare.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights for questions in one script.

    Attributes:
        maxsim: Of MaxSim over the passage. Together with those of `closest` it is 1.
        closest: Of MaxSim over the closest parts of a passage, by field of `sentences.ClosestParts`.
        pooled: Of the cosine of the passage vector.
        bm25: Of BM25 by words, as a part of the highest possible.
        spelling: Of BM25 by syllables, as a part of the highest possible.
        date: Of the part of the question's dates that a passage names.
        reader: Of the reader's log-odds that a passage answers.
        unread_sentence: Of the features of a sentence in a passage that the reader has not read.
        read_sentence: Of the features of a sentence in a passage that the reader has read.
        confidence: Of the features of `confidence.FEATURES`, in the logit of the confidence.
        intercept: Of that logit; at a logit of zero a passage is as likely to answer as not.
    """

    maxsim: float
    closest: dict[str, float]
    pooled: float
    bm25: float
    spelling: float
    date: float
    reader: float
    unread_sentence: dict[str, float]
    read_sentence: dict[str, float]
    confidence: dict[str, float]
    intercept: float


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """The weights of one model, for questions in Chinese and in other languages, and its thresholds."""

    han: Weights
    other: Weights
    thresholds: Thresholds

    def of(self, *, han: bool) -> Weights:
        """The weights for a question."""
        return self.han if han else self.other


def weights_of(model: str) -> ModelWeights | None:
    """The weights of a model by its name in a manifest; None where none were fitted."""
    if not bundled.is_bundled(model):
        return None
    return read_weights(BARE_WEIGHTS_FILE if model == bundled.BASE_NAME else WEIGHTS_FILE)


@cache
def read_weights(path: Path) -> ModelWeights:
    """Read a file that `benchmarks.fit` wrote."""
    record = json.loads(path.read_text(encoding="utf-8"))
    thresholds = parse_thresholds(record["thresholds"])
    return ModelWeights(Weights(**record["han"]), Weights(**record["other"]), thresholds)
