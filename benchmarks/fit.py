"""`python -m benchmarks.fit --data FOLDER… [--model NAME] [--write]`: fit the ranking weights.

The weights are fitted on public questions that trained nothing (the held parts of CMRC 2018 and XQuAD):

- ranking: a conditional logit over the candidates of each question fits the weights of BM25 and the other
  features beside MaxSim, and then the weight of the reader over the candidates that are read. A question has
  less weight if it shares many words with its passage: public questions were written by people who saw the
  passage, while residents ask in their own words;
- the bold sentence: a conditional logit over the sentences of the right passage fits the weights of theirs;
- abstention: a logistic regression separates first passages that answer from those that do not. Each question
  is asked twice, the second time without the passages that answer it. The intercept is then set on the
  questions about the reports: it refuses as many unanswerable questions as possible, and at most REFUSED of
  the answerable ones.

`--write` writes the weights to the file that `retrieval.ranking.weights` reads. The printed figures are
cross-validated by text.
"""

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.inputs.datasets import (
    ASKED,
    CMRC,
    REPORTS,
    XQUAD,
    PublicQuestion,
    locate,
    read_cmrc,
    read_xquad,
)
from benchmarks.measures.conditional_logit import (
    FOLDS,
    Group,
    conditional_logit,
    cross_validated_accuracy,
    fit_logistic,
)
from benchmarks.measures.ranking import index_texts, passages_by_text
from benchmarks.record import Rows, keep, plain
from corpus import sentences
from retrieval import Encoder, load_encoder, refresh
from retrieval.research import (
    LOOK_DEPTH,
    READ_DEPTH,
    WEIGHTS_FOLDER,
    AnswerSentence,
    Candidate,
    ClosestParts,
    Generation,
    Search,
    Weights,
    begin,
    bounded_log_odds,
    bundled,
    confidence,
    holds,
    parse,
    rank,
    read_questions,
    refusal,
    score_of,
    without_reprints,
)
from retrieval.research import (
    sentences as sentence_features,
)

REFUSED = 0.025
"""The share of the answerable questions about the reports that may be refused."""

SHARED = 0.5
"""The scaled BM25 of the right passage that divides the weight of its question by e."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A public question, its candidates, best first, and the numbers of the passages that hold its answer."""

    search: Search
    answers: tuple[str, ...]
    ranked: list[Candidate]
    right: frozenset[int]
    fold: int


def main() -> None:
    """Fit the weights, print the table, and write what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="public data")
    parser.add_argument("--model", metavar="NAME", help=f"{bundled.BASE_NAME}, or the taught one (default)")
    parser.add_argument("--write", action="store_true", help="put the weights into the package")
    parser.add_argument("--keep", action="store_true", help="keep the table in benchmarks/records")
    options = parser.parse_args()
    encoder = load_encoder(options.model)
    with TemporaryDirectory() as scratch:
        weights, rows, refusals = fit(encoder, options.data, Path(scratch))
    print(encoder.name, plain(rows), *refusals, sep="\n")
    if options.write:
        name = "weights-bare.json" if encoder.name == bundled.BASE_NAME else "weights.json"
        write_weights(WEIGHTS_FOLDER / name, weights)
    if options.keep:
        name = "weights-bare" if encoder.name == bundled.BASE_NAME else "weights"
        keep(name, "python -m benchmarks.fit --data FOLDER…", rows)


def write_weights(file: Path, weights: Mapping[str, Weights]) -> None:
    """Write the weights into a file of the package and keep its thresholds."""
    kept = json.loads(file.read_text(encoding="utf-8"))["thresholds"]
    record = {script: asdict(each) for script, each in weights.items()} | {"thresholds": kept}
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def fit(
    encoder: Encoder, data: Sequence[Path], scratch: Path
) -> tuple[dict[str, Weights], Rows, Sequence[str]]:
    """Fit the weights of a model by script; return them, a table of figures, and sentences about refusals."""
    cmrc, xquad = read_cmrc(locate(data, CMRC)), read_xquad(locate(data, XQUAD))
    generation = index_texts(encoder, cmrc.texts | xquad.texts, scratch / "public")
    refresh(REPORTS, scratch / "reports", encoder=encoder)
    reports = Generation.current(scratch / "reports")
    held = [*cmrc.part(held=True).questions, *xquad.part(held=True).questions]
    of_text = passages_by_text(generation)
    fitted: dict[str, Weights] = {}
    rows = [["", "questions", "first", "read", "bold", "AUC", "AUC, reports", "answered", "refused"]]
    unnamed: list[tuple[bool, bool]] = []
    unrelated: list[tuple[bool, bool]] = []
    untyped: list[tuple[bool, bool]] = []
    for name, language in (("han", "zh"), ("other", "en")):
        asked = [
            _asked(generation, encoder, question, of_text.get(question.source, ()))
            for question in held
            if question.language == language
        ]
        weights, figures = _fit(generation, asked, fitted.get("han"))
        unnamed += _name_refusals(asked)
        unrelated += _unrelated_refusals(reports, asked)
        untyped += _type_refusals(asked)
        about = list(_about_reports(reports, encoder, weights, han=name == "han"))
        fitted[name], further = _with_intercept(weights, about)
        rows.append([name, str(len(asked)), *figures, *further])
    refusals = (
        _refusal_sentence(
            unnamed,
            "passages read that answer what is asked about by name",
            "speak of no such thing",
            "which come near",
        ),
        _refusal_sentence(
            unrelated,
            "first passages that answer",
            "have nothing to do with the question",
            "mostly of another subject",
        ),
        _refusal_sentence(
            untyped,
            "passages read that answer what only one kind of answer can",
            "hold none",
            "which come near",
        ),
    )
    return fitted, rows, refusals


def _name_refusals(asked: Sequence[Asked]) -> Iterator[tuple[bool, bool]]:
    """Yield, for each passage read for a question about a name, whether it lacks the name, and is right."""
    for one in asked:
        for each in one.ranked[:READ_DEPTH]:
            if confidence.focus_similarity(one.search.query, each) is not None:
                yield confidence.lacks_focus(one.search, each), each.number in one.right


def _unrelated_refusals(reports: Generation, asked: Sequence[Asked]) -> Iterator[tuple[bool, bool]]:
    """Yield, for each first passage, whether it is classed as unrelated, and whether it is right.

    The first passage of the reports is added for each question as one that is never right.
    """
    for one in asked:
        if one.ranked:
            yield confidence.is_unrelated(one.search, one.ranked[0]), one.ranked[0].number in one.right
        elsewhere = begin(reports, one.search.query)
        yield from ((confidence.is_unrelated(elsewhere, each), False) for each in rank(elsewhere)[:1])


def _type_refusals(asked: Sequence[Asked]) -> Iterator[tuple[bool, bool]]:
    """Yield, for each passage read for a question of a strict answer type, whether it lacks that type, and
    whether it is right.
    """
    for one in asked:
        if one.search.query.expected.strict:
            for each in one.ranked[:READ_DEPTH]:
                sentence = each.sentence or sentence_features.unread_sentence(one.search, each)
                held = sentence_features.holds_answer_type(one.search.query, sentence)
                yield not held, each.number in one.right


def _refusal_sentence(found: Sequence[tuple[bool, bool]], answering: str, taken: str, others: str) -> str:
    """Say which share of the right and of the other passages is classed as unable to answer."""
    refused, right = np.asarray(found).T
    return (
        f"of the {right.sum()} {answering}, {refused[right].mean():.1%} are taken to {taken}, "
        f"of the other {(~right).sum()}, {others}, {refused[~right].mean():.1%}"
    )


def _asked(
    generation: Generation, encoder: Encoder, question: PublicQuestion, passages: Sequence[int]
) -> Asked:
    search = begin(generation, parse(question.text, encoder))
    right = frozenset(n for n in passages if holds(generation.passage(n).text, question.answers))
    fold = crc32(question.source.encode()) % FOLDS
    return Asked(search, question.answers, rank(search)[:LOOK_DEPTH], right, fold)


def _fit(generation: Generation, asked: Sequence[Asked], han: Weights | None) -> tuple[Weights, list[str]]:
    """Fit the weights for questions in one script; `han` are the weights for Chinese, if already fitted."""
    candidates = [
        Group(
            np.asarray(
                [[each.maxsim, each.pooled, each.bm25, each.date, *_closest(each)] for each in one.ranked]
            ),
            np.asarray([each.number in one.right for each in one.ranked]),
            one.fold,
            _question_weight(one),
        )
        for one in asked
    ]
    raw = conditional_logit(candidates, non_negative=True)
    # The weights of MaxSim and of the closest parts sum to 1.
    raw /= raw[0] + raw[-len(ClosestParts._fields) :].sum()
    maxsim, pooled, lexical, time, *near = np.round(raw, 4).tolist()
    closest = dict(zip(ClosestParts._fields, near, strict=True))
    unread, sentences = (
        [_sentences(generation, one, read=each) for one in asked if one.right] for each in (False, True)
    )
    by_name, reading = (
        dict(zip(sentence_features.FEATURES, np.round(conditional_logit(groups), 4).tolist(), strict=True))
        for groups in (unread, sentences)
    )
    spelling = han.bm25 if han else lexical
    weights = Weights(maxsim, closest, pooled, lexical, spelling, time, 0.0, by_name, reading, {}, 0.0)
    read = [
        Group(
            np.asarray([_score_and_odds(one.search, each, weights) for each in one.ranked[:READ_DEPTH]]),
            np.asarray([each.number in one.right for each in one.ranked[:READ_DEPTH]]),
            one.fold,
            _question_weight(one),
        )
        for one in asked
    ]
    before, odds = conditional_logit(read, non_negative=True)
    weights = replace(weights, reader=round(float(odds / before), 4))
    features, answers, folds = zip(*_first_passages(asked, weights), strict=True)
    x, y, fold = np.asarray(features), np.asarray(answers), np.asarray(folds)
    logits = np.zeros(len(y))
    for k in range(FOLDS):
        slopes, intercept = fit_logistic(x[fold != k], y[fold != k])
        logits[fold == k] = x[fold == k] @ slopes + intercept
    slopes, intercept = fit_logistic(x, y)
    answering = dict(zip(confidence.FEATURES, np.round(slopes, 4).tolist(), strict=True))
    return replace(weights, confidence=answering, intercept=round(intercept, 4)), [
        f"{cross_validated_accuracy(candidates, non_negative=True):.3f}",
        f"{cross_validated_accuracy(read, non_negative=True):.3f}",
        f"{cross_validated_accuracy(sentences):.3f}",
        f"{roc_auc_score(y, logits):.3f}",
    ]


def _question_weight(one: Asked) -> float:
    """Return the weight of a question, which falls with the words it shares with the right passage."""
    shared = max((each.bm25 for each in one.ranked if each.number in one.right), default=0.0)
    return math.exp(-shared / SHARED)


def _sentences(generation: Generation, one: Asked, *, read: bool) -> Group:
    number = next((each.number for each in one.ranked if each.number in one.right), min(one.right))
    text = generation.passage(number).text
    right = [holds(text[start:end], one.answers) for start, end in sentences(text)]
    matches = generation.match_tokens(one.search.query.embedding.tokens, [number])[0]
    features = sentence_features.sentence_features(one.search, text, matches)
    if read and one.search.reader:
        inputs = sentence_features.reader_input(text, matches)
        (output,) = one.search.reader.read_batch(one.search.query.embedding.tokens, [inputs])
        features = sentence_features.with_reading(features, output)
    return Group(features, np.asarray(right), one.fold)


def _score_and_odds(search: Search, candidate: Candidate, weights: Weights) -> tuple[float, float]:
    """Return the score of a candidate by some weights, and the bounded log-odds of the reader."""
    odds = bounded_log_odds(search, candidate.answer_log_odds)
    return score_of(replace(search, weights=weights), candidate), odds


def _first_passages(asked: Sequence[Asked], weights: Weights) -> Iterator[tuple[list[float], bool, int]]:
    """Yield the features, rightness and fold of the first passage and of the first wrong passage."""
    for one in asked:
        search = replace(one.search, weights=weights)
        for left in (one.ranked, [each for each in one.ranked if each.number not in one.right]):
            if left and (left is one.ranked or one.right):
                first = _first(search, left)
                features = confidence.features_of(search, first, _sentence(search, first))
                yield list(features.values()), first.number in one.right, one.fold


def _first(search: Search, ranked: Sequence[Candidate]) -> Candidate:
    """Return the candidate that `rank` would put first by the weights of a search."""
    scored = [replace(each, score=score_of(search, each)) for each in ranked]
    # Unread candidates come after read ones; the sort is stable.
    ordered = sorted(scored, key=lambda each: (each.answer_log_odds == 0, -each.score))
    return without_reprints(search, ordered, 1)[0]


def _sentence(search: Search, candidate: Candidate) -> AnswerSentence:
    """Return the answer sentence of a candidate with the reader's log-odds of the passage."""
    unread = sentence_features.unread_sentence(search, candidate)
    return replace(unread, answer_log_odds=candidate.answer_log_odds)


def _closest(candidate: Candidate) -> ClosestParts:
    assert candidate.closest is not None  # no others are kept
    return candidate.closest


def _about_reports(
    reports: Generation, encoder: Encoder, weights: Weights, *, han: bool
) -> Iterator[tuple[float, bool, bool]]:
    """Yield the logit of each question about the reports, whether it has an answer, and whether no rule
    refuses it.
    """
    for question in (each for file in ASKED.values() for each in read_questions(file)):
        query = parse(question.question, encoder)
        if query.han == han:
            fitted = begin(reports, query)
            search = replace(fitted, weights=weights)
            first = _first(search, rank(fitted)[:LOOK_DEPTH])
            sentence = _sentence(search, first)
            features = confidence.features_of(search, first, sentence)
            logit = weights.intercept
            logit += sum(weights.confidence[name] * value for name, value in features.items())
            kept = refusal.unmentioned(reports, query) or confidence.contradicts(search, first, sentence)
            yield logit, bool(question.answers), not kept


def _with_intercept(weights: Weights, about: Sequence[tuple[float, bool, bool]]) -> tuple[Weights, list[str]]:
    """Set the intercept so that at most REFUSED of the answerable questions are refused, for any reason."""
    answerable = sorted(logit for logit, answer, may in about if answer and may)
    silent = [logit for logit, answer, may in about if not answer and may]
    answers = sum(answer for _, answer, _ in about)
    spare = max(0, int(REFUSED * answers) - (answers - len(answerable)))
    zero = answerable[spare] if answerable else 0.0
    below = max([logit for logit in [*answerable, *silent] if logit < zero], default=zero - 1)
    zero = (zero + below) / 2
    auc = "–"
    if answerable and silent:
        truth = [True] * len(answerable) + [False] * len(silent)
        auc = f"{roc_auc_score(truth, [*answerable, *silent]):.3f}"
    answered = sum(logit >= zero for logit in answerable)
    kept = len(about) - answers - sum(logit >= zero for logit in silent)
    found = [auc, f"{answered} of {answers}", f"{kept} of {len(about) - answers}"]
    return replace(weights, intercept=round(weights.intercept - zero, 4)), found


if __name__ == "__main__":
    main()
