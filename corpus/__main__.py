"""`python -m corpus show FILE [--json]`: what is understood of a report, and why."""

import argparse
import signal
import sys

from corpus.errors import WenbaoError
from corpus.show import show


def main(arguments: list[str] | None = None, *, prog: str = "python -m corpus") -> int:
    """Run the command line.

    Returns:
        The exit status: 1 if the file gives no article.
    """
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    shown = commands.add_parser("show", help="print what is understood of a file, and what was cut from it")
    shown.add_argument("file", metavar="FILE", help="a report, or one of a file of many: news.jsonl#17")
    shown.add_argument("--json", action="store_true", help="one JSON object an article")
    options = parser.parse_args(arguments)
    try:
        for line in show(options.file, as_json=options.json):
            sys.stdout.buffer.write((line + "\n").encode("utf-8", "replace"))
    except WenbaoError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `… | head` ends quietly
    sys.exit(main())
