"""Lists the report files of a folder, names them, and opens them safely."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from corpus.errors import CorpusError

MAX_FILE_BYTES = 20_000_000
"""The largest file of one report; a newspaper page with its pictures is far smaller."""

MAX_COLLECTION_BYTES = 512_000_000
"""The largest file of many articles, which is read record by record."""

_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp", ".swx", ".bak")
_STILL_WRITTEN = (
    "the file changed while it was read: it is still being written and is read again at the next refresh"
)
_KINDS = (
    (stat.S_ISDIR, "the folder cannot be opened"),
    (stat.S_ISFIFO, "this is a pipe, not a file"),
    (stat.S_ISSOCK, "this is a socket, not a file"),
    (stat.S_ISBLK, "this is a device, not a file"),
    (stat.S_ISCHR, "this is a device, not a file"),
)


def require_folder(folder: Path) -> None:
    """Raise `CorpusError` if there is no such folder of reports."""
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder: create it and put the reports in, or name another")


def paths_by_id(folder: Path) -> dict[str, str]:
    """List the files under a folder at any depth, sorted by path, without opening any.

    Hidden files and folders, and temporary files of editors and downloads, are left out. So is a link to a
    file that is listed itself, so that nothing is read twice; any other link is listed, and `read_file`
    refuses it if it leads out of the folder. Folders that cannot be opened are listed as well.

    Returns:
        The path of each file by its `file_id`, as text: there may be tens of thousands.
    """
    links: dict[str, bool] = {}
    pending = [os.fspath(folder)]
    while pending:
        at = pending.pop()
        try:
            with os.scandir(at) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending += [] if entry.name.startswith(".") else [entry.path]
                    elif not _passed_over(entry.name):
                        links[entry.path] = entry.is_symlink()
        except OSError:
            links[at] = False
    found = sorted(links)
    if any(links.values()):
        root, plain = folder.resolve(), {_real(Path(path)) for path in found if not links[path]}
        found = [path for path in found if not links[path] or not _leads_to_listed(Path(path), root, plain)]
    inside = len(os.fspath(folder / "x")) - 1
    return {escape_unprintable(path[inside:].replace(os.sep, "/") or folder.name): path for path in found}


def file_id(path: Path, folder: Path) -> str:
    """Name a file by its path relative to the folder of reports, with forward slashes and always printable.

    Characters that cannot be printed are escaped: a byte that is not UTF-8 as `\\xff`, a line break as
    `\\n`, a backslash as `\\\\`.
    """
    return escape_unprintable(path.relative_to(folder).as_posix() if path != folder else path.name)


def escape_unprintable(name: str) -> str:
    """Escape the lone surrogates, line breaks, control characters and backslashes of a name."""
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(map(_escape, name))


@contextmanager
def open_report(path: Path, folder: Path, largest: int) -> Iterator[BinaryIO]:
    """Open a regular file within a folder for reading; links out of it, pipes and devices are never opened.

    Args:
        largest: the largest size in bytes.

    Raises:
        ValueError: the file is not regular, is too large, or changed while it was read. The message is for
            the editor.
    """
    try:
        real = _regular(path, folder)
        descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise ValueError(f"the file cannot be opened: {error.strerror or error}") from error
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        _require_file(before)
        if before.st_size > largest:
            raise ValueError(
                f"the file has {before.st_size:,} bytes, the limit is {largest:,}: divide it, or leave it out"
            )
        try:
            yield file
        except ValueError as error:
            if _changed(before, os.fstat(descriptor)):
                raise ValueError(_STILL_WRITTEN) from error
            raise
        if _changed(before, os.fstat(descriptor)):
            raise ValueError(_STILL_WRITTEN)


def _regular(path: Path, folder: Path) -> Path:
    real = _real(path)
    if path.is_symlink():
        if not real.exists():
            raise ValueError("the link leads nowhere")
        if not real.is_relative_to(folder.resolve()):
            raise ValueError("the link leads out of the folder of reports: copy the file in")
    _require_file(real.stat())
    return real


def _require_file(status: os.stat_result) -> None:
    for is_kind, reason in _KINDS:
        if is_kind(status.st_mode):
            raise ValueError(reason)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return path


def _leads_to_listed(path: Path, root: Path, listed: set[Path]) -> bool:
    real = _real(path)
    return real in listed or (real.is_dir() and real.is_relative_to(root))


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith("~") or name.lower().endswith(_UNFINISHED)


def _changed(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character == "\\" or not (character.isprintable() or character in "\u3000\u00a0"):
        return character.encode("unicode_escape").decode("ascii")
    return character
