"""Classify what a question asks for, and score whether a sentence holds it.

`多少名` and `how many` ask for a number with its measure, `谁` for a person, `哪里` for a place, `哪年`
for a time. The table `answer_types` of the lexicon holds the words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.text.normalize import fold
from retrieval.text.lexicon import lexicon


class AnswerType(StrEnum):
    """The type of an answer; OTHER leaves no mark on a sentence."""

    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What a question asks for.

    Attributes:
        type: The type of the answer.
        measures: The measures one of which stands behind a number that answers; empty where any may.
        strict: Whether nothing without such a measure answers.
    """

    type: AnswerType
    measures: tuple[str, ...] = ()
    strict: bool = False


_MEASURE = lexicon().compile(r"(?:多少|(?<!哪)几)(?P<measure>{measure_words}|天)")
_NUMERAL = r"(?:\d[\d,.]*|[〇零一二两三四五六七八九十百千]+)"
_NUMBER = re.compile(rf"{_NUMERAL}(?: ?[百千万亿]+)?(?:余|多|来)?(?:[百千万亿]+)?")
_DATE = re.compile(
    r"(?:1\d|20)\d\d ?年(?! ?[前来间])|[〇零一二三四五六七八九]{4}年|\d{1,2} ?月(?: ?\d{1,2} ?[日号])?"
)
_TIME = re.compile(
    r"\d{1,4} ?[年月日]|[一二三四五六七八九十]+[月日号]|世纪|年代"
    r"|[今去前当同]年|近日|日前|[年月]底|[年月]初|星期|周[一二三四五六日]"
)
_NAME = r"{surnames}[\u4e00-\u9fff]{1,2}"
_PERSON = lexicon().compile(
    rf"{{roles}}[、“]?{_NAME}|(?<![\u4e00-\u9fff]){_NAME}{{after_name}}"
    rf"|{_NAME}(?:{{roles}}|说|表示|介绍)|[\u4e00-\u9fff]·[\u4e00-\u9fff]"
)
_PLACE = lexicon().compile(r"[\u4e00-\u9fff]{2}{place_endings}")


def expected_answer(folded: str) -> ExpectedAnswer:
    """Return what a folded question asks for, by the first rule of the lexicon that it matches."""
    for rule in lexicon().answer_types:
        if rule.pattern.search(folded):
            expected = ExpectedAnswer(AnswerType(rule.type), rule.measures, rule.strict)
            return _counted(folded) or expected if rule.type == "number" and not rule.measures else expected
    return ExpectedAnswer(AnswerType.OTHER)


def holds_answer(sentence: str, expected: ExpectedAnswer) -> float:
    """Return how well a sentence holds what is asked for, from 0, not at all, to 1, surely.

    A number without an expected measure counts a half, and so does every sentence where the type is OTHER.
    """
    folded = fold(sentence)
    match expected.type:
        case AnswerType.NUMBER:
            return _holds_number(folded, expected.measures)
        case AnswerType.PERSON:
            return float(bool(_PERSON.search(folded)))
        case AnswerType.PLACE:
            return float(bool(_PLACE.search(folded)))
        case AnswerType.TIME:
            return float(bool(_TIME.search(folded)))
    return 0.5


def _counted(folded: str) -> ExpectedAnswer | None:
    """The number that is asked for with the measure in the question; None where there is no measure."""
    found = _MEASURE.search(folded)
    if found is None:
        return None
    measures = lexicon().counters.get(found["measure"])
    return ExpectedAnswer(AnswerType.NUMBER, measures or (found["measure"],), measures is not None)


def _holds_number(folded: str, measures: tuple[str, ...]) -> float:
    if "年" in measures:  # a date is no duration
        folded = _DATE.sub(" ", folded)
    behind = [folded[found.end() : found.end() + 3] for found in _NUMBER.finditer(folded)]
    if not measures:
        return 1.0 if behind else 0.0
    if any(rest.lstrip(" 余多").startswith(measures) for rest in behind):
        return 1.0
    return 0.5 if behind else 0.0
