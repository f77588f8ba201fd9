"""`python -m benchmarks.abstention --data FOLDER…`: what tells an answer from a near miss, fitted.

Public questions that trained nothing are asked twice: of an index that holds the right passage, and with
all of its article left out. A logistic regression on the first passage's MaxSim and coverage tells the two
apart; `retrieval.abstain` takes its weights from here, and its thresholds from the development questions,
whose evidence is listed.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.data import (
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
from benchmarks.ranking import index_texts
from retrieval.abstain import coverages
from retrieval.encoder import Encoder, load
from retrieval.evaluate import read_questions
from retrieval.fold import is_han
from retrieval.generation import Generation
from retrieval.rank import rank
from retrieval.refresh import refresh
from retrieval.show import table
from retrieval.terms import terms

DISTRACTORS = 1_000
"""News articles in the index beside the texts that are asked about."""

Evidence = npt.NDArray[np.float64]
"""MaxSim and coverage of a first passage: (2,)."""


def main() -> None:
    """Fit, and print the fit and the evidence of the development questions."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.abstention", description="Fit abstention.")
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="public data")
    parser.add_argument("--model", metavar="NAME", help="the embedded model, unless named")
    options = parser.parse_args()
    encoder = load(options.model)
    with TemporaryDirectory() as scratch:
        print(f"{encoder.name}\n{_fit(encoder, options.data, Path(scratch))}\n")
        print(_development(encoder, Path(scratch)))


def _fit(encoder: Encoder, data: Sequence[Path], scratch: Path) -> str:
    sets = [read_cmrc(locate(data, CMRC)).part(held=True), read_xquad(locate(data, XQUAD)).part(held=True)]
    news = dict(list(read_news(locate(data, NEWS)).items())[:DISTRACTORS])
    texts = {id: text for part in sets for id, text in part.texts.items()}
    generation = index_texts(encoder, texts | news, scratch / "public")
    rows = [["", "questions", "coverage", "steepness", "threshold", "AUC", "AUC, MaxSim alone"]]
    asked = [question for part in sets for question in part.questions]
    for script, chosen in (
        ("han", [question for question in asked if question.language == "zh"]),
        ("other", [question for question in asked if question.language == "en"]),
    ):
        pairs = list(_evidence(generation, encoder, chosen))
        found = np.asarray([evidence for evidence, _ in pairs])  # (N, 2)
        answers = np.asarray([answer for _, answer in pairs])  # (N,)
        used = found if script == "han" else found[:, :1]  # a question in another script covers nothing
        fitted = LogisticRegression(C=1e6, max_iter=10_000).fit(used, answers)
        weights = fitted.coef_[0]
        rows.append(
            [
                script,
                str(len(chosen)),
                f"{weights[1] / weights[0]:.3f}" if script == "han" else "",
                f"{weights[0]:.1f}",
                f"{-fitted.intercept_[0] / weights[0]:.3f}",
                f"{roc_auc_score(answers, fitted.decision_function(used)):.3f}",
                f"{roc_auc_score(answers, found[:, 0]):.3f}",
            ]
        )
    return table(rows)


def _evidence(
    generation: Generation, encoder: Encoder, asked: Sequence[PublicQuestion]
) -> Iterator[tuple[Evidence, bool]]:
    """The first passage's evidence where it is of the right text, and where that text is left out."""
    ids = {number: generation.article(number).id for number in generation.live_articles()}
    for question in asked:
        right = f"{question.source}.txt"
        others = [number for number, id in ids.items() if id != right]
        for articles in (None, others):
            evidence, source = _first(generation, encoder, question.text, articles)
            if articles or source == right:
                yield evidence, articles is None


def _first(
    generation: Generation, encoder: Encoder, question: str, articles: Sequence[int] | None = None
) -> tuple[Evidence, str]:
    ranked = rank(generation, encoder.encode_question(question), terms(question), articles)[:1]
    (coverage,) = coverages(generation, question, ranked)
    return np.asarray([ranked[0].maxsim, coverage]), generation.article_of(ranked[0].passage).id


def _development(encoder: Encoder, scratch: Path) -> str:
    refresh(REPORTS, scratch / "reports", encoder=encoder)
    generation = Generation.current(scratch / "reports")
    rows = []
    for question in read_questions(QUESTIONS):
        (maxsim, coverage), _ = _first(generation, encoder, question.question)
        script = "han" if any(map(is_han, question.question)) else "other"
        answer = "" if question.answers else "no answer"
        rows.append([question.id, script, answer, f"{maxsim:.3f}", f"{coverage:.3f}"])
    return table([["question", "script", "", "MaxSim", "coverage"], *sorted(rows, key=lambda row: row[3])])


if __name__ == "__main__":
    main()
