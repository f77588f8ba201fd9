"""The arguments of the command line, whose defaults are the settings of the environment."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from retrieval.config import IndexSettings
from retrieval.index.local.publish import KEPT
from retrieval.index.quantization import BITS

DEFAULT_K = 3

Command = Callable[[argparse.Namespace], int]
"""A function that runs a command and returns the exit status."""


def parser(
    commands: Mapping[str, Command], settings: IndexSettings, prog: str = "python -m retrieval"
) -> argparse.ArgumentParser:
    """Build the parser of the command line.

    Args:
        commands: By the name of a command, the function that runs it; it is the option `run`.
        settings: The defaults of the options. The index has none here: it is None where it is not given.
    """
    made_parser = argparse.ArgumentParser(prog=prog, description="Search the reports.")
    subparsers = made_parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, help: str, *, model: bool = False) -> argparse.ArgumentParser:
        made = subparsers.add_parser(name, help=help, description=help)
        made.set_defaults(run=commands[name])
        made.add_argument("--json", action="store_true", help="print JSON, one object a line")
        made.add_argument(
            "--index", metavar="DIR|URL",
            help="where the index lies: a folder, milvus://host:port, http(s)://… or milvus:FILE.db "
            "(INDEX_URL, else INDEX_DIR, else index)",
        )  # fmt: skip
        if model:
            made.add_argument(
                "--model", default=settings.model, metavar="NAME",
                help="a sentence-transformers model or folder (EMBEDDING_MODEL, else the bundled one)",
            )  # fmt: skip
        return made

    def reports(made: argparse.ArgumentParser) -> None:
        made.add_argument(
            "--corpus", type=Path, default=settings.corpus, metavar="DIR",
            help="the folder of reports (CORPUS_DIR, else corpus/reports)",
        )  # fmt: skip

    def keep(made: argparse.ArgumentParser) -> None:
        made.add_argument(
            "--keep", type=_positive, default=KEPT, metavar="N", help=f"generations kept ({KEPT})"
        )

    made = command("refresh", "bring the index in step with a folder of reports", model=True)
    reports(made)
    made.add_argument("--rebuild", action="store_true", help="use nothing of the index that is there")
    made.add_argument(
        "--token-bits", type=int, choices=BITS, metavar="N", dest="bits",
        help=f"bits a component of a token vector: {BITS[0]} (if nothing is said), {BITS[1]} or 0, which "
        "stores none; settled when an index is made",
    )  # fmt: skip
    made.add_argument("--watch", action="store_true", help="go on, and refresh whenever the folder changes")
    keep(made)

    made = command("add", "put one file, or a page from the web, among the reports", model=True)
    made.add_argument("source", metavar="FILE|URL")
    reports(made)
    keep(made)
    made.set_defaults(rebuild=False, watch=False, bits=None)

    made = command("rollback", "go back to an earlier generation of the index")
    made.add_argument("generation", nargs="?", type=_positive, metavar="N", help="which (the one before)")

    made = command("search", "ask one question, or a file of them", model=True)
    made.add_argument("question", nargs="?", metavar="QUESTION")
    made.add_argument("--batch", type=Path, metavar="FILE.jsonl", help='a line each: {"id", "question"}')
    made.add_argument("-k", type=_positive, default=DEFAULT_K, metavar="N", help=f"passages ({DEFAULT_K})")
    made.add_argument("--place", metavar="P", help="only reports of this place")
    made.add_argument("--explain", action="store_true", help="show where each score comes from")
    made.add_argument("--since", type=_day, metavar="DATE", help="only reports of this day or later")
    made.add_argument("--until", type=_day, metavar="DATE", help="only reports of this day or earlier")

    command("articles", "list the reports of the index")
    made = command("article", "show one report whole")
    made.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    made = command("verify", "prove that the index is whole")
    made.add_argument("--quick", action="store_true", help="sizes and counts only")
    made = command("evaluate", "measure with questions whose answers are known", model=True)
    made.add_argument("file", type=Path, metavar="FILE.jsonl")
    made.add_argument("--verbose", action="store_true", help="list the questions that went wrong")
    return made_parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2023-01-14") from None


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)
