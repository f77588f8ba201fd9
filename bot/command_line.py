"""The console script `wenbao`: one command for the bot, the index and the reports."""

import sys
from collections.abc import Callable, Sequence

_USAGE = """\
usage: wenbao COMMAND …

  chat        ask questions in the terminal
  bot         answer in Telegram
  refresh     bring the index in step with a folder of reports
  add         put one file, or a page from the web, among the reports
  rollback    go back to an earlier generation of the index
  search      ask one question, or a file of them
  articles    list the reports of the index
  article     show one report whole
  verify      prove that the index is whole
  evaluate    measure with questions whose answers are known
  show        print what is understood of a file, and what was cut from it

`wenbao COMMAND --help` says more of a command.
"""

_RETRIEVAL = frozenset({"refresh", "add", "rollback", "search", "articles", "article", "verify", "evaluate"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names.

    Args:
        arguments: Those of the command line; those of the process if None.

    Returns:
        The exit status of the command; 2 where there is no such command.
    """
    command, *rest = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if command in ("-h", "--help"):
        print(_USAGE, end="")
        return 0
    run = _program(command)
    if run is None:
        print(f"wenbao: there is no command {command!r}.\n\n{_USAGE}", end="", file=sys.stderr)
        return 2
    return run(rest)


def _program(command: str) -> Callable[[list[str]], int] | None:
    """Find the function that runs a command; only its own libraries are imported."""
    if command in ("chat", "bot"):
        from bot.__main__ import main as bot

        return lambda rest: bot(["--terminal", *rest] if command == "chat" else rest)
    if command in _RETRIEVAL:
        from retrieval.cli.commands import main as retrieval

        return lambda rest: retrieval([command, *rest], prog="wenbao")
    if command == "show":
        from corpus.__main__ import main as corpus

        return lambda rest: corpus([command, *rest], prog="wenbao")
    return None


if __name__ == "__main__":
    sys.exit(main())
