"""The command line of `python -m retrieval`.

Exit status: 0 done; 1 done, but a file was rejected, or `verify` found something; 2 an error, said in
one sentence on standard error.
"""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from corpus import Article, Reprint
from corpus.errors import WenbaoError
from retrieval.answer import Answer, Explanation, Result
from retrieval.cli.parser import Command, parser
from retrieval.cli.progress import ProgressLine
from retrieval.config import environment
from retrieval.display.text import answer_text, table

if TYPE_CHECKING:
    from retrieval.indexing.refresh import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what UTF-8 cannot hold is written as JSON would
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        options = parser(_COMMANDS, environment()).parse_args(arguments)
        status: int = options.run(options)
        return status
    except WenbaoError as error:
        print(f"wenbao: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


def _refresh(options: argparse.Namespace) -> int:
    from retrieval.indexing.refresh import refresh

    if options.watch:
        return _watch(options)
    with ProgressLine() as progress:
        report = refresh(
            options.corpus,
            options.index,
            model=options.model,
            rebuild=options.rebuild,
            keep=options.keep,
            bits=options.bits,
            progress=progress,
        )
    _print_report(report, options.json)
    for rejection in report.rejected:
        print(f"rejected {rejection.file}: {rejection.reason}", file=sys.stderr)
    return 1 if report.rejected else 0


def _watch(options: argparse.Namespace) -> int:
    from retrieval.indexing.refresh import refresh
    from retrieval.indexing.watch import follow
    from retrieval.models.encoder import load

    logging.basicConfig(format="%(message)s")
    with ProgressLine() as progress:
        progress("loading the model", 0, 0)
        encoder = load(options.model)

    def once() -> "Report":
        return refresh(options.corpus, options.index, encoder=encoder, keep=options.keep)

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    follow(options.corpus, once, stop, lambda report: _print_report(report, options.json))
    return 0


def _rollback(options: argparse.Namespace) -> int:
    from retrieval.index.base import open_store

    number = open_store(options.index).rollback(options.generation)
    if options.json:
        _print_json({"generation": number})
    else:
        print(f"generation {number} serves again")
    return 0


def _add(options: argparse.Namespace) -> int:
    from retrieval.indexing.add import add

    file = add(options.source, options.corpus)
    print(f"{options.corpus / file}", file=sys.stderr)
    return _refresh(options)


def _search(options: argparse.Namespace) -> int:
    from retrieval.errors import QuestionError
    from retrieval.evaluation import read_records
    from retrieval.retriever import Retriever

    if (options.question is None) == (options.batch is None):
        raise QuestionError("give a question or --batch FILE.jsonl, one of the two")
    asked: list[tuple[Any, str]] = [(None, options.question)]
    if options.batch:
        asked = []
        for number, record in read_records(options.batch):
            if not isinstance(record.get("question"), str):
                raise QuestionError(f"{options.batch}:{number}: the line has no `question`")
            asked.append((record.get("id", number), record["question"]))
    with ProgressLine() as progress:
        progress("loading the model", 0, 0)
        retriever = Retriever.open(options.index, model=options.model)
    for number, (id, question) in enumerate(asked):
        answer = retriever.ask(
            question,
            options.k,
            place=options.place,
            since=options.since,
            until=options.until,
            explain=options.explain,
        )
        if options.json:
            _print_json(answer_record(answer, id))
        else:
            print(("\n" if number else "") + answer_text(answer, bold=sys.stdout.isatty()))
    return 0


def _articles(options: argparse.Namespace) -> int:
    from retrieval.index.base import open_store

    for article in open_store(options.index).current().articles():
        if options.json:
            _print_json(article_record(article) | {"characters": len(article.text)})
        else:
            print(f"{article.id}  {article.date or '——'}  {article.publisher or '——'}  《{article.title}》")
    return 0


def _article(options: argparse.Namespace) -> int:
    from retrieval.index.base import open_store
    from retrieval.index.lookup import find_article

    article = find_article(open_store(options.index).current(), options.id)
    if options.json:
        sections = [asdict(section) for section in article.sections]
        _print_json(
            article_record(article)
            | {"reprints": [reprint_record(reprint) for reprint in article.reprints]}
            | {"subtitle": article.subtitle, "byline": article.byline}
            | {"sections": sections, "text": article.text}
        )
    else:
        print(article)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from retrieval.index.base import open_store

    store = open_store(options.index)
    found = store.problems(quick=options.quick)
    if options.json:
        _print_json({"generation": store.number(), "ok": not found, "problems": found})
    else:
        print("\n".join(found) or f"generation {store.number()} is whole")
    return 1 if found else 0


def _evaluate(options: argparse.Namespace) -> int:
    from retrieval import evaluation as measure
    from retrieval.retriever import Retriever

    conversations = questions = None
    if measure.holds_conversations(options.file):
        conversations = measure.read_conversations(options.file)
    else:
        questions = measure.read_questions(options.file)
    with ProgressLine() as progress:
        progress("loading the model", 0, 0)
        retriever = Retriever.open(options.index, model=options.model)
    if conversations is not None:
        outcomes = measure.converse(retriever, conversations)
    else:
        outcomes = measure.evaluate(retriever, questions or [])
    lines, points = measure.figures(outcomes), measure.curve(outcomes)
    if options.json:
        for line in lines:
            _print_json(asdict(line))
        for point in points:
            _print_json(asdict(point))
        return 0
    heads = ["type", "questions", "hit@1", "hit@3", "MRR", "sentence", "refused", "p50 ms", "p95 ms"]
    print(table([heads, *(["–" if v is None else str(v) for v in asdict(line).values()] for line in lines)]))
    print("\nthe surest answered, of all questions; wrong among them; confidence of the last")
    print(table([[f"{p.coverage:.0%}", f"{p.error:.3f}", f"{p.confidence:.3f}"] for p in points]))
    if conversations is not None:
        for kind in dict.fromkeys(outcome.question.type for outcome in outcomes):
            of_kind = [bool(outcome.taken) for outcome in outcomes if outcome.question.type == kind]
            print(f"{kind}: {sum(of_kind)} of {len(of_kind)} took something over")
    for outcome in outcomes if options.verbose else ():
        asked = outcome.question
        if outcome.rank != 1 if asked.answers else not outcome.refused:
            did = "refused" if outcome.refused else f"rank {outcome.rank}"
            took = f" (took over {'、'.join(outcome.taken)})" if outcome.taken else ""
            print(f"{asked.id} {asked.type}: {did}, confidence {outcome.confidence}: {asked.question}{took}")
        elif not outcome.sentence and asked.answers:
            print(f"{asked.id} {asked.type}: another sentence is bold: {asked.question}")
    return 0


_COMMANDS: Mapping[str, Command] = {
    "refresh": _refresh,
    "add": _add,
    "rollback": _rollback,
    "search": _search,
    "articles": _articles,
    "article": _article,
    "verify": _verify,
    "evaluate": _evaluate,
}


# ── JSON, whose names are a promise ──────────────────────────────────────────────────────────────


def answer_record(answer: Answer, id: Any) -> dict[str, Any]:
    """An answer as `search --json` prints it."""
    return {
        "id": id,
        "question": answer.question,
        "answered": answer.answered,
        "reason": answer.reason,
        "results": [_result_record(result) for result in answer.results],
        "milliseconds": answer.milliseconds,
    }


def _result_record(result: Result) -> dict[str, Any]:
    return {
        "rank": result.rank,
        "score": result.score,
        "confidence": result.confidence,
        "article": article_record(result.article),
        "section": result.section,
        "start": result.start,
        "end": result.end,
        "text": result.text,
        "answer": asdict(result.answer),
    } | ({"explanation": _explanation_record(result.explanation)} if result.explanation else {})


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


def article_record(article: Article) -> dict[str, Any]:
    """What every command says of an article."""
    return {
        "id": article.id,
        "title": article.title,
        "publisher": article.publisher,
        "date": article.date.isoformat() if article.date else None,
        "place": article.place,
        "url": article.url,
    }


def reprint_record(reprint: Reprint) -> dict[str, Any]:
    """Another place where an article was published."""
    return asdict(reprint) | {"date": reprint.date.isoformat() if reprint.date else None}


def _print_report(report: "Report", as_json: bool) -> None:
    if as_json:
        _print_json(asdict(report))
    else:
        print(
            f"generation {report.generation}: {report.added} added, {report.changed} changed, "
            f"{report.removed} removed, {report.unchanged} unchanged; {report.passages} passages, "
            f"{report.embedded} embedded; {report.seconds:.1f} s",
            flush=True,
        )


def _print_json(record: object) -> None:
    print(json.dumps(record, ensure_ascii=False), flush=True)
