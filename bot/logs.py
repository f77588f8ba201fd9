"""Write the log to standard error, without tokens and without what users write."""

import logging
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from traceback import extract_tb
from typing import TextIO

_TOKEN_LIKE = re.compile(r"(?<!\d)\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_SHOWN = "[token]"
_OWN_PACKAGES = tuple(Path(__file__).resolve().parents[1] / name for name in ("bot", "corpus", "retrieval"))


class Redacting(logging.Formatter):
    """Formats log records and replaces the token and other secrets, in exception texts too."""

    def __init__(self, token: str, *secrets: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        tail = token.partition(":")[2]
        forms = (token, token.replace(":", "%3A"), token.replace(":", "%3a"), tail, *secrets)
        # Short pieces are no secrets, and would be found inside ordinary words.
        self._forms = [form for form in forms if len(form) >= 6]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, without secrets."""
        line = super().format(record)
        for form in self._forms:
            line = line.replace(form, _SHOWN)
        return _TOKEN_LIKE.sub(_SHOWN, line)


def configure(
    token: str, level: int = logging.INFO, stream: TextIO | None = None, secrets: Iterable[str] = ()
) -> None:
    """Write the project's log from `level` on, and warnings of other packages, to `stream`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(token, *secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for ours in ("bot", "retrieval", "corpus"):
        logging.getLogger(ours).setLevel(level)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # at INFO they write addresses with the token
    # Every error reaches our error handler or ends the process with a message of ours; what PTB logs
    # beside it is the same again, with tracebacks and at times with whole updates.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)


def class_and_line(error: BaseException | None) -> str:
    """Return the class of an error and the line that raised it, without its message.

    The message may hold what a person wrote, and so stays out of the log.
    """
    frames = extract_tb(error.__traceback__) if error else []
    own = [
        frame
        for frame in frames
        if any(Path(frame.filename).is_relative_to(folder) for folder in _OWN_PACKAGES)
    ]
    lines = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (own or frames)[-1:]]
    return " at ".join([type(error).__name__, *lines])
