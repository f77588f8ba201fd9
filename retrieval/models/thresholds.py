"""The thresholds that are set by hand; they stand beside the fitted weights of ranking."""

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from retrieval.models import WEIGHTS_FOLDER

WEIGHTS_FILE = WEIGHTS_FOLDER / "weights.json"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of ranking and refusal, as the `thresholds` of `weights.json` give them.

    Attributes:
        shortlist_vector_factor: How many times its weight the passage vector counts before MaxSim is known.
        other_place_penalty: What the score of a passage loses that names other places than the question.
        date_of_article: The part of a date that is matched when only the article's own day falls into it.
        date_in_part: The part of a date that is matched when its month or day is matched, but not both.
        unfitted_lexical_weight: The weight of BM25 beside MaxSim with a model that has no fitted weights.
        reprint_overlap: The share of common shingles from which on one passage repeats another.
        reader_log_odds_min: The reader's log-odds count no lower than this.
        reader_log_odds_max: The reader's log-odds count no higher than this.
        focus_similarity_han: The least similarity of a passage to the focus of a question in Chinese.
        focus_similarity_other: The same for a question in another language.
        focus_similarity_per_doubt: What is added to both for each of the reader's log-odds below zero.
        unrelated_log_odds: The reader's log-odds below which a passage has nothing to do with the question.
        unrelated_maxsim: The MaxSim below which a passage has nothing to do with the question.
        contradicted_confidence: The part of its confidence that a passage keeps which cannot answer.
        further_quote_confidence: The part of the first passage's confidence from which on another is quoted.
    """

    shortlist_vector_factor: float
    other_place_penalty: float
    date_of_article: float
    date_in_part: float
    unfitted_lexical_weight: float
    reprint_overlap: float
    reader_log_odds_min: float
    reader_log_odds_max: float
    focus_similarity_han: float
    focus_similarity_other: float
    focus_similarity_per_doubt: float
    unrelated_log_odds: float
    unrelated_maxsim: float
    contradicted_confidence: float
    further_quote_confidence: float


def parse_thresholds(record: dict[str, Any]) -> Thresholds:
    """Parse the `thresholds` of a weights file: by name a value, and how it was chosen."""
    return Thresholds(**{field.name: record[field.name]["value"] for field in fields(Thresholds)})


@cache
def shipped_thresholds() -> Thresholds:
    """The thresholds that ship; with a model that no weights were fitted for these are used as well."""
    return parse_thresholds(json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["thresholds"])
