"""The command line: `python -m retrieval refresh | search | articles | article | verify | evaluate`.

Exit status: 0 done; 1 done, but a file was rejected, or `verify` found something; 2 an error, said in
one sentence on standard error.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from corpus import Article
from corpus.errors import WenbaoError
from retrieval.answer import Answer, Result
from retrieval.progress import ProgressLine
from retrieval.show import answer_text, table

DEFAULT_K = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
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
    from retrieval.refresh import refresh

    with ProgressLine() as progress:
        report = refresh(
            options.corpus, options.index, model=options.model, rebuild=options.rebuild, progress=progress
        )
    if options.json:
        _print_json(asdict(report))
    else:
        print(
            f"generation {report.generation}: {report.added} added, {report.changed} changed, "
            f"{report.removed} removed, {report.unchanged} unchanged; {report.passages} passages, "
            f"{report.embedded} embedded; {report.seconds:.1f} s"
        )
        for rejection in report.rejected:
            print(f"rejected {rejection.file}: {rejection.reason}", file=sys.stderr)
    return 1 if report.rejected else 0


def _search(options: argparse.Namespace) -> int:
    from retrieval.errors import QuestionError
    from retrieval.evaluate import read_records
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
            question, options.k, place=options.place, since=options.since, until=options.until
        )
        if options.json:
            _print_json(answer_record(answer, id))
        else:
            print(("\n" if number else "") + answer_text(answer, bold=sys.stdout.isatty()))
    return 0


def _articles(options: argparse.Namespace) -> int:
    from retrieval.generation import Generation

    for article in Generation.current(options.index).articles():
        if options.json:
            _print_json(article_record(article) | {"characters": len(article.text)})
        else:
            print(f"{article.id}  {article.date or '——'}  {article.publisher or '——'}  《{article.title}》")
    return 0


def _article(options: argparse.Namespace) -> int:
    from retrieval.generation import Generation
    from retrieval.lookup import find_article

    article = find_article(Generation.current(options.index), options.id)
    if options.json:
        sections = [asdict(section) for section in article.sections]
        _print_json(
            article_record(article)
            | {"subtitle": article.subtitle, "byline": article.byline}
            | {"sections": sections, "text": article.text}
        )
    else:
        names = ("title", "subtitle", "publisher", "date", "place", "byline")
        head = [str(fact) for name in names if (fact := getattr(article, name))]
        print("\n".join(head) + "\n\n" + article.text)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from retrieval.generation import current_number
    from retrieval.verify import problems

    found = problems(options.index)
    if options.json:
        _print_json({"generation": current_number(options.index), "ok": not found, "problems": found})
    else:
        print("\n".join(found) or f"generation {current_number(options.index)} is whole")
    return 1 if found else 0


def _evaluate(options: argparse.Namespace) -> int:
    from retrieval.evaluate import evaluate, figures, read_questions
    from retrieval.retriever import Retriever

    questions = read_questions(options.file)
    with ProgressLine() as progress:
        progress("loading the model", 0, 0)
        retriever = Retriever.open(options.index, model=options.model)
    outcomes = evaluate(retriever, questions)
    lines = figures(outcomes)
    if options.json:
        for line in lines:
            _print_json(asdict(line))
        return 0
    heads = ["type", "questions", "hit@1", "hit@3", "MRR", "sentence", "refused", "p50 ms", "p95 ms"]
    print(table([heads, *(["–" if v is None else str(v) for v in asdict(line).values()] for line in lines)]))
    for outcome in outcomes if options.verbose else ():
        asked = outcome.question
        if outcome.rank != 1 if asked.answers else not outcome.refused:
            did = "refused" if outcome.refused else f"rank {outcome.rank}"
            print(f"{asked.id} {asked.type}: {did}, confidence {outcome.confidence}: {asked.question}")
    return 0


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


def _print_json(record: object) -> None:
    print(json.dumps(record, ensure_ascii=False), flush=True)


# ── options ──────────────────────────────────────────────────────────────────────────────────────


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m retrieval", description="Search the reports.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, help: str, *, model: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(run=run)
        made.add_argument("--json", action="store_true", help="print JSON, one object a line")
        made.add_argument(
            "--index", type=Path, default=Path(os.environ.get("INDEX_DIR") or "index"), metavar="DIR",
            help="where the index lies (INDEX_DIR, else index)",
        )  # fmt: skip
        if model:
            made.add_argument(
                "--model", default=os.environ.get("EMBEDDING_MODEL") or None, metavar="NAME",
                help="a sentence-transformers model or folder (EMBEDDING_MODEL, else the embedded one)",
            )  # fmt: skip
        return made

    made = command("refresh", _refresh, "bring the index in step with a folder of reports", model=True)
    made.add_argument(
        "--corpus", type=Path, default=Path(os.environ.get("CORPUS_DIR") or "corpus/reports"), metavar="DIR",
        help="the folder of reports (CORPUS_DIR, else corpus/reports)",
    )  # fmt: skip
    made.add_argument("--rebuild", action="store_true", help="use nothing of the index that is there")

    made = command("search", _search, "ask one question, or a file of them", model=True)
    made.add_argument("question", nargs="?", metavar="QUESTION")
    made.add_argument("--batch", type=Path, metavar="FILE.jsonl", help='a line each: {"id", "question"}')
    made.add_argument("-k", type=_positive, default=DEFAULT_K, metavar="N", help=f"passages ({DEFAULT_K})")
    made.add_argument("--place", metavar="P", help="only reports of this place")
    made.add_argument("--since", type=_day, metavar="DATE", help="only reports of this day or later")
    made.add_argument("--until", type=_day, metavar="DATE", help="only reports of this day or earlier")

    command("articles", _articles, "list the reports of the index")
    made = command("article", _article, "show one report whole")
    made.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    command("verify", _verify, "prove that the index is whole")
    made = command("evaluate", _evaluate, "measure with questions whose answers are known", model=True)
    made.add_argument("file", type=Path, metavar="FILE.jsonl")
    made.add_argument("--verbose", action="store_true", help="list the questions that went wrong")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2023-01-14") from None


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of passages, 1 or more")
    return int(text)
