"""The commands of `python -m retrieval`.

The exit status is 0 when a command is done; 1 when it is done, but a file was rejected or `verify` found a
problem; 2 after an error, which is one sentence on standard error.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from corpus.errors import WenbaoError
from retrieval import open_index
from retrieval.cli import output
from retrieval.cli.parser import Command, parser
from retrieval.config import IndexSettings, environment
from retrieval.display.text import answer_text

if TYPE_CHECKING:
    from retrieval import Retriever
    from retrieval.indexing.refresh import RefreshReport


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m retrieval") -> int:
    """Run one command.

    Args:
        arguments: Those of the command line; those of the process if None.
        prog: The program as its help names it.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what UTF-8 cannot hold is written as JSON would
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        settings = IndexSettings.from_environment(environment())
        options = parser(_COMMANDS, settings, prog).parse_args(arguments)
        if options.index is None:
            options.index = settings.index
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


def _refresh(options: argparse.Namespace) -> int:
    from retrieval import refresh
    from retrieval.cli.progress import show_progress

    if options.watch:
        return _watch(options)
    with show_progress() as progress:
        report = refresh(
            options.corpus,
            options.index,
            model=options.model,
            rebuild=options.rebuild,
            keep=options.keep,
            bits=options.bits,
            progress=progress,
        )
    output.print_report(report, as_json=options.json)
    for rejection in report.rejected:
        print(f"rejected {rejection.file}: {rejection.reason}", file=sys.stderr)
    return 1 if report.rejected else 0


def _watch(options: argparse.Namespace) -> int:
    from retrieval import follow, load_encoder, refresh
    from retrieval.cli.progress import show_progress

    logging.basicConfig(format="%(message)s")
    with show_progress() as progress:
        progress("loading the model", 0, 0)
        encoder = load_encoder(options.model)

    def once() -> "RefreshReport":
        return refresh(options.corpus, options.index, encoder=encoder, keep=options.keep)

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    follow(options.corpus, once, stop, lambda report: output.print_report(report, as_json=options.json))
    return 0


def _add(options: argparse.Namespace) -> int:
    from retrieval import add

    file = add(options.source, options.corpus)
    print(f"{options.corpus / file}", file=sys.stderr)
    return _refresh(options)


def _rollback(options: argparse.Namespace) -> int:
    number = open_index(options.index).rollback(options.generation)
    if options.json:
        output.print_json({"generation": number})
    else:
        print(f"generation {number} serves again")
    return 0


def _search(options: argparse.Namespace) -> int:
    asked = _questions(options)
    retriever = _open(options)
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
            output.print_json(output.answer_record(answer, id))
        else:
            print(("\n" if number else "") + answer_text(answer, bold=sys.stdout.isatty()))
    return 0


def _questions(options: argparse.Namespace) -> list[tuple[Any, str]]:
    """Read the questions of `search`, each with its id."""
    from retrieval.errors import QuestionError
    from retrieval.evaluation import read_records

    if (options.question is None) == (options.batch is None):
        raise QuestionError("give a question or --batch FILE.jsonl, one of the two")
    if options.batch is None:
        return [(None, options.question)]
    asked = []
    for number, record in read_records(options.batch):
        if not isinstance(record.get("question"), str):
            raise QuestionError(f"{options.batch}:{number}: the line has no `question`")
        asked.append((record.get("id", number), record["question"]))
    return asked


def _articles(options: argparse.Namespace) -> int:
    for article in open_index(options.index).current().articles():
        if options.json:
            output.print_json(output.article_record(article) | {"characters": len(article.text)})
        else:
            print(output.article_line(article))
    return 0


def _article(options: argparse.Namespace) -> int:
    from retrieval.index.open import find_article

    article = find_article(open_index(options.index).current(), options.id)
    if options.json:
        output.print_json(output.full_article_record(article))
    else:
        print(article)
    return 0


def _verify(options: argparse.Namespace) -> int:
    store = open_index(options.index)
    problems = store.problems(quick=options.quick)
    if options.json:
        output.print_json({"generation": store.number(), "ok": not problems, "problems": problems})
    else:
        print("\n".join(problems) or f"generation {store.number()} is whole")
    return 1 if problems else 0


def _evaluate(options: argparse.Namespace) -> int:
    from retrieval import evaluation

    conversations = questions = None
    if evaluation.holds_conversations(options.file):
        conversations = evaluation.read_conversations(options.file)
    else:
        questions = evaluation.read_questions(options.file)
    retriever = _open(options)
    if conversations is not None:
        outcomes = evaluation.converse(retriever, conversations)
    else:
        outcomes = evaluation.evaluate(retriever, questions or [])
    lines, points = evaluation.figures(outcomes), evaluation.curve(outcomes)
    if options.json:
        for line in lines:
            output.print_json(asdict(line))
        for point in points:
            output.print_json(asdict(point))
        return 0
    output.print_figures(lines, points)
    if conversations is not None:
        output.print_follow_ups(outcomes)
    if options.verbose:
        output.print_failures(outcomes)
    return 0


def _open(options: argparse.Namespace) -> "Retriever":
    from retrieval import Retriever
    from retrieval.cli.progress import show_progress

    with show_progress() as progress:
        progress("loading the model", 0, 0)
        return Retriever.open(options.index, model=options.model)


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
