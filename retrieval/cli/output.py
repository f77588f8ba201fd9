"""What the commands print: text, or JSON whose names are a promise."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from corpus import Article, Reprint
from retrieval.answer import Answer, Explanation, Result

if TYPE_CHECKING:
    from retrieval.evaluation import Figures, Outcome, Point
    from retrieval.indexing.refresh import RefreshReport


def print_json(record: object) -> None:
    """Print one object on one line."""
    print(json.dumps(record, ensure_ascii=False), flush=True)


def print_report(report: "RefreshReport", *, as_json: bool) -> None:
    """Print what a refresh did."""
    if as_json:
        print_json(asdict(report))
    else:
        print(
            f"generation {report.generation}: {report.added} added, {report.changed} changed, "
            f"{report.removed} removed, {report.unchanged} unchanged; {report.passages} passages, "
            f"{report.embedded} embedded; {report.seconds:.1f} s",
            flush=True,
        )


def print_figures(lines: Sequence["Figures"], points: Sequence["Point"]) -> None:
    """Print the table of an evaluation and its curve of risk and coverage."""
    from retrieval.display.table import table

    heads = ["type", "questions", "hit@1", "hit@3", "MRR", "sentence", "refused", "p50 ms", "p95 ms"]
    rows = [["–" if value is None else str(value) for value in asdict(line).values()] for line in lines]
    print(table([heads, *rows]))
    print("\nthe surest answered, of all questions; wrong among them; confidence of the last")
    print(table([[f"{p.coverage:.0%}", f"{p.error:.3f}", f"{p.confidence:.3f}"] for p in points]))


def print_follow_ups(outcomes: Sequence["Outcome"]) -> None:
    """Print how many questions of conversations took words over from the question before."""
    for kind in dict.fromkeys(outcome.question.type for outcome in outcomes):
        of_kind = [bool(outcome.taken) for outcome in outcomes if outcome.question.type == kind]
        print(f"{kind}: {sum(of_kind)} of {len(of_kind)} took something over")


def print_failures(outcomes: Sequence["Outcome"]) -> None:
    """Print the questions that were answered wrongly."""
    for outcome in outcomes:
        asked = outcome.question
        if outcome.rank != 1 if asked.answers else not outcome.refused:
            did = "refused" if outcome.refused else f"rank {outcome.rank}"
            took = f" (took over {'、'.join(outcome.taken)})" if outcome.taken else ""
            print(f"{asked.id} {asked.type}: {did}, confidence {outcome.confidence}: {asked.question}{took}")
        elif not outcome.sentence and asked.answers:
            print(f"{asked.id} {asked.type}: another sentence is bold: {asked.question}")


def answer_record(answer: Answer, id: Any) -> dict[str, Any]:
    """Describe an answer as `search --json` prints it."""
    return {
        "id": id,
        "question": answer.question,
        "answered": answer.answered,
        "reason": answer.reason,
        "results": [_result_record(result) for result in answer.results],
        "milliseconds": answer.milliseconds,
    }


def article_record(article: Article) -> dict[str, Any]:
    """Describe an article as every command does."""
    return {
        "id": article.id,
        "title": article.title,
        "publisher": article.publisher,
        "date": article.date.isoformat() if article.date else None,
        "place": article.place,
        "url": article.url,
    }


def article_line(article: Article) -> str:
    """Describe an article on one line."""
    return f"{article.id}  {article.date or '——'}  {article.publisher or '——'}  《{article.title}》"


def full_article_record(article: Article) -> dict[str, Any]:
    """Describe an article with its text, as `article --json` prints it."""
    return {
        **article_record(article),
        "reprints": [_reprint_record(reprint) for reprint in article.reprints],
        "subtitle": article.subtitle,
        "byline": article.byline,
        "sections": [asdict(section) for section in article.sections],
        "text": article.text,
    }


def _reprint_record(reprint: Reprint) -> dict[str, Any]:
    return asdict(reprint) | {"date": reprint.date.isoformat() if reprint.date else None}


def _result_record(result: Result) -> dict[str, Any]:
    record = {
        "rank": result.rank,
        "score": result.score,
        "confidence": result.confidence,
        "article": article_record(result.article),
        "section": result.section,
        "start": result.start,
        "end": result.end,
        "text": result.text,
        "answer": asdict(result.answer),
    }
    return record | ({"explanation": _explanation_record(result.explanation)} if result.explanation else {})


def _explanation_record(explanation: Explanation) -> dict[str, Any]:
    return {
        "signs": dict(explanation.features),
        "score": dict(explanation.score),
        "confidence": dict(explanation.confidence),
        "meetings": [
            {
                "word": match.question_word,
                "met": match.article_word,
                "start": match.start,
                "end": match.end,
                "cosine": match.cosine,
            }
            for match in explanation.matches
        ],
    }
