"""`python -m benchmarks.fit --data FOLDER… [--model NAME] [--write]`: fit what the signs of a passage are
worth.

On public questions that trained nothing (the held parts of CMRC 2018 and XQuAD):

- ranking: what BM25 and others count beside MaxSim, by a conditional logit (McFadden 1974) over each
question's candidates; and what the reader counts beside all that, over those that are read. A question
counts the more the fewer of its passage's words it uses: public questions were written with the passage in
view, residents ask in their own words;
- the bold sentence: what its signs count, the same over the sentences of the right passage;
- abstention: a logistic regression tells a first passage that answers from one that does not, each question
  being asked twice, once with all passages that answer it left out. Where the curve crosses one half is then
  set on the questions about the reports, so that it refuses as many of those without an answer as it can and
  at most REFUSED of the others.

`--write` puts them where `retrieval.ranking.weights` reads them. What is printed is cross-validated by text.
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
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
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

FOLDS = 5
REFUSED = 0.025
"""The part of the answerable questions about the reports that may be refused."""

SHARED = 0.5
"""A question whose passage has this BM25 more, as a part of the highest possible, counts e times less."""

PENALTY = 1e-4
"""Of the squares of standardised weights, so that a sign that never varies gets none."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """Things of which one is right: their signs, (N, signs), which is, (N,), the fold of them all, and what
    they count.
    """

    signs: Floats
    right: npt.NDArray[np.bool_]
    fold: int
    counts: float = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A public question with its candidates, best first, and those of them that hold its answer."""

    search: Search
    answers: tuple[str, ...]
    ranked: list[Candidate]
    right: frozenset[int]
    fold: int


def main() -> None:
    """Fit, print, and write if wanted."""
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
    """Write the weights into a file of the package, whose thresholds stay."""
    kept = json.loads(file.read_text(encoding="utf-8"))["thresholds"]
    record = {script: asdict(each) for script, each in weights.items()} | {"thresholds": kept}
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def fit(
    encoder: Encoder, data: Sequence[Path], scratch: Path
) -> tuple[dict[str, Weights], Rows, Sequence[str]]:
    """The weights of a model by script, a table of what they are worth, and its refusals in sentences."""
    cmrc, xquad = read_cmrc(locate(data, CMRC)), read_xquad(locate(data, XQUAD))
    generation = index_texts(encoder, cmrc.texts | xquad.texts, scratch / "public")
    refresh(REPORTS, scratch / "reports", encoder=encoder)
    reports = Generation.current(scratch / "reports")
    held = [*cmrc.part(held=True).questions, *xquad.part(held=True).questions]
    of_text = passages_by_text(generation)
    fitted: dict[str, Weights] = {}
    rows = [["", "questions", "first", "read", "bold", "AUC", "AUC, reports", "answered", "refused"]]
    foreign: list[tuple[bool, bool]] = []
    strange: list[tuple[bool, bool]] = []
    lacking: list[tuple[bool, bool]] = []
    for name, language in (("han", "zh"), ("other", "en")):
        asked = [
            _asked(generation, encoder, question, of_text.get(question.source, ()))
            for question in held
            if question.language == language
        ]
        weights, figures = _fit(generation, asked, fitted.get("han"))
        foreign += _named(asked)
        strange += _first_read(reports, asked)
        lacking += _of_strict(asked)
        about = list(_about_reports(reports, encoder, weights, han=name == "han"))
        fitted[name], further = _settled(weights, about)
        rows.append([name, str(len(asked)), *figures, *further])
    refusals = (
        _taken(
            foreign,
            "passages read that answer what is asked about by name",
            "speak of no such thing",
            "which come near",
        ),
        _taken(
            strange,
            "first passages that answer",
            "have nothing to do with the question",
            "mostly of another subject",
        ),
        _taken(
            lacking,
            "passages read that answer what only one kind of answer can",
            "hold none",
            "which come near",
        ),
    )
    return fitted, rows, refusals


def _named(asked: Sequence[Asked]) -> Iterator[tuple[bool, bool]]:
    """Of the passages read for questions that ask about something by name: whether each is taken to speak of
    no such thing, and whether it answers.
    """
    for one in asked:
        for each in one.ranked[:READ_DEPTH]:
            if confidence.focus_similarity(one.search.query, each) is not None:
                yield confidence.lacks_focus(one.search, each), each.number in one.right


def _first_read(reports: Generation, asked: Sequence[Asked]) -> Iterator[tuple[bool, bool]]:
    """Of the first passage for each question, and of the first of the reports, which have nothing to do
    with it: whether it is taken to have nothing to do with it, and whether it answers.
    """
    for one in asked:
        if one.ranked:
            yield confidence.is_unrelated(one.search, one.ranked[0]), one.ranked[0].number in one.right
        elsewhere = begin(reports, one.search.query)
        yield from ((confidence.is_unrelated(elsewhere, each), False) for each in rank(elsewhere)[:1])


def _of_strict(asked: Sequence[Asked]) -> Iterator[tuple[bool, bool]]:
    """Of the passages read for questions that nothing but one kind of answer can answer: whether each holds
    none of that kind, and whether it answers.
    """
    for one in asked:
        if one.search.query.expected.strict:
            for each in one.ranked[:READ_DEPTH]:
                sentence = each.sentence or sentence_features.unread_sentence(one.search, each)
                held = sentence_features.holds_answer_type(one.search.query, sentence)
                yield not held, each.number in one.right


def _taken(found: Sequence[tuple[bool, bool]], answering: str, taken: str, others: str) -> str:
    """In a sentence, what part of the passages that answer, and of the others, are taken for what cannot."""
    so, right = np.asarray(found).T
    return (
        f"of the {right.sum()} {answering}, {so[right].mean():.1%} are taken to {taken}, "
        f"of the other {(~right).sum()}, {others}, {so[~right].mean():.1%}"
    )


def _asked(
    generation: Generation, encoder: Encoder, question: PublicQuestion, passages: Sequence[int]
) -> Asked:
    search = begin(generation, parse(question.text, encoder))
    right = frozenset(n for n in passages if holds(generation.passage(n).text, question.answers))
    fold = crc32(question.source.encode()) % FOLDS
    return Asked(search, question.answers, rank(search)[:LOOK_DEPTH], right, fold)


def _fit(generation: Generation, asked: Sequence[Asked], han: Weights | None) -> tuple[Weights, list[str]]:
    """The weights for questions in one script, `han` being those for Chinese ones unless these are fitted."""
    candidates = [
        Group(
            np.asarray(
                [[each.maxsim, each.pooled, each.bm25, each.date, *_closest(each)] for each in one.ranked]
            ),
            np.asarray([each.number in one.right for each in one.ranked]),
            one.fold,
            _counts(one),
        )
        for one in asked
    ]
    worth = conditional_logit(candidates, helps=True)
    worth /= worth[0] + worth[-len(ClosestParts._fields) :].sum()  # MaxSim and that of the closest parts: 1
    maxsim, pooled, lexical, time, *near = np.round(worth, 4).tolist()
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
            _counts(one),
        )
        for one in asked
    ]
    before, odds = conditional_logit(read, helps=True)
    weights = replace(weights, reader=round(float(odds / before), 4))
    signs, answers, folds = zip(*_first_passages(asked, weights), strict=True)
    x, y, fold = np.asarray(signs), np.asarray(answers), np.asarray(folds)
    sure = np.zeros(len(y))
    for k in range(FOLDS):
        slopes, intercept = _logistic(x[fold != k], y[fold != k])
        sure[fold == k] = x[fold == k] @ slopes + intercept
    slopes, intercept = _logistic(x, y)
    answering = dict(zip(confidence.FEATURES, np.round(slopes, 4).tolist(), strict=True))
    return replace(weights, confidence=answering, intercept=round(intercept, 4)), [
        f"{_validated(candidates, helps=True):.3f}",
        f"{_validated(read, helps=True):.3f}",
        f"{_validated(sentences):.3f}",
        f"{roc_auc_score(y, sure):.3f}",
    ]


def _counts(one: Asked) -> float:
    """What a question counts, by how many of its words the passage that answers shares."""
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
    """A candidate's score by some weights, and the reader's log-odds as far as they count."""
    odds = bounded_log_odds(search, candidate.answer_log_odds)
    return score_of(replace(search, weights=weights), candidate), odds


def _first_passages(asked: Sequence[Asked], weights: Weights) -> Iterator[tuple[list[float], bool, int]]:
    """The features of each question's first passage, and of the first of those that do not answer."""
    for one in asked:
        search = replace(one.search, weights=weights)
        for left in (one.ranked, [each for each in one.ranked if each.number not in one.right]):
            if left and (left is one.ranked or one.right):
                first = _first(search, left)
                features = confidence.features_of(search, first, _sentence(search, first))
                yield list(features.values()), first.number in one.right, one.fold


def _first(search: Search, ranked: Sequence[Candidate]) -> Candidate:
    """The candidate that `rank` would put first by the weights of a search."""
    scored = [replace(each, score=score_of(search, each)) for each in ranked]
    # What is not read stays behind what is; `replace` leaves the order of equals.
    ordered = sorted(scored, key=lambda each: (each.answer_log_odds == 0, -each.score))
    return without_reprints(search, ordered, 1)[0]


def _sentence(search: Search, candidate: Candidate) -> AnswerSentence:
    """The answering sentence of a candidate by its features, with what the reader has said of the passage."""
    unread = sentence_features.unread_sentence(search, candidate)
    return replace(unread, answer_log_odds=candidate.answer_log_odds)


def _closest(candidate: Candidate) -> ClosestParts:
    assert candidate.closest is not None  # no others are kept
    return candidate.closest


def _about_reports(
    reports: Generation, encoder: Encoder, weights: Weights, *, han: bool
) -> Iterator[tuple[float, bool, bool]]:
    """For each question about the reports: its logit, whether it has an answer, whether nothing but the logit
    keeps it from one.
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


def _settled(weights: Weights, about: Sequence[tuple[float, bool, bool]]) -> tuple[Weights, list[str]]:
    """The weights with their zero where at most REFUSED of the questions that have an answer are refused, for
    whatever reason.
    """
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
    let = sum(logit >= zero for logit in answerable)
    kept = len(about) - answers - sum(logit >= zero for logit in silent)
    found = [auc, f"{let} of {answers}", f"{kept} of {len(about) - answers}"]
    return replace(weights, intercept=round(weights.intercept - zero, 4)), found


def conditional_logit(groups: Sequence[Group], *, helps: bool = False) -> Floats:
    """What each sign is worth, so that right things come before the others of their group: (signs,).

    `helps` leaves no sign less than nothing.
    """
    told = [group for group in groups if group.right.any() and not group.right.all()]
    counts = np.asarray([group.counts for group in told])
    counts /= counts.mean()
    scale = _scale(np.concatenate([group.signs for group in told]))
    most = max(len(group.right) for group in told)
    signs = np.zeros((len(told), most, len(scale)))  # (G, N, signs)
    there, right = np.zeros((2, len(told), most), np.bool_)  # (G, N) each
    for place, group in enumerate(told):
        signs[place, : len(group.right)] = group.signs / scale
        there[place, : len(group.right)] = True
        right[place, : len(group.right)] = group.right

    def loss(worth: Floats) -> tuple[float, Floats]:
        scores = signs @ worth  # (G, N)
        total = PENALTY * float(worth @ worth) * len(told)
        slope = 2 * PENALTY * worth * len(told)
        for mask, sign in ((there, 1), (right, -1)):
            masked = np.where(mask, scores, -np.inf)
            normal = logsumexp(masked, axis=1)  # (G,)
            total += sign * float(counts @ normal)
            slope += sign * np.einsum("g,gn,gns->s", counts, np.exp(masked - normal[:, None]), signs)
        return total, slope

    bounds = [(0 if helps else None, None)] * len(scale)
    found: Floats = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B", bounds=bounds).x / scale
    return found


def _validated(groups: Sequence[Group], *, helps: bool = False) -> float:
    """The part of the groups whose right thing comes first by what the other folds are worth."""
    worth = [conditional_logit([g for g in groups if g.fold != k], helps=helps) for k in range(FOLDS)]
    return float(np.mean([g.right[int(np.argmax(g.signs @ worth[g.fold]))] for g in groups]))


def _logistic(signs: Floats, answers: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """Slopes, (signs,), and intercept of a logistic regression."""
    scale = _scale(signs)
    fitted = LogisticRegression(C=10.0, max_iter=10_000).fit(signs / scale, answers)
    return fitted.coef_[0] / scale, float(fitted.intercept_[0])


def _scale(signs: Floats) -> Floats:
    """How much each sign varies, (signs,): 1 for one that does not, whose weight stays 0."""
    varies = signs.std(axis=0)
    scale: Floats = np.where(varies > 1e-6, varies, 1.0)
    return scale


if __name__ == "__main__":
    main()
