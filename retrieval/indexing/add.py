"""Add one report to the folder of reports: a file, or a page from the web."""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from corpus import CorpusError, UnreadableReport, read_file, require_folder
from corpus.fetch import fetch

SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
LONGEST_NAME = 80


def add(source: str, corpus: Path, *, private: bool = False) -> str:
    """Add a file, or the page at a URL, to the folder of reports.

    Nothing is overwritten: if the name exists, the new file gets a number.

    Args:
        source: The path of a file, or a URL.
        corpus: The folder of reports.
        private: Whether URLs of private networks are allowed.

    Returns:
        The name of the new file.

    Raises:
        CorpusError: the file cannot be read, or holds no article.
        FetchError: the page cannot be fetched.
    """
    require_folder(corpus)
    with TemporaryDirectory(prefix=".adding-", dir=corpus, ignore_cleanup_errors=True) as folder:
        trial = Path(folder)
        draft = _fetch_into(source, trial, private) if "://" in source else _copy_into(Path(source), trial)
        try:
            read_file(draft, trial)
        except UnreadableReport as unreadable:
            raise CorpusError(f"{source} is not added: {unreadable.reason}") from unreadable
        return draft.replace(_reserve(corpus, draft.name)).name


def _copy_into(file: Path, trial: Path) -> Path:
    try:
        return Path(shutil.copyfile(file, trial / file.name))
    except OSError as error:
        raise CorpusError(f"{file} cannot be read: {error.strerror or error}") from error


def _fetch_into(url: str, trial: Path, private: bool) -> Path:
    content, found, kind = fetch(url, private=private)
    suffix = SUFFIXES.get(kind.partition(";")[0].strip().lower())
    if suffix is None:
        raise CorpusError(f"{found} is {kind or 'of unknown type'}, not a page, a PDF or plain text")
    parts = urlsplit(found)
    words = re.sub(r"[^\w.-]+", "-", unquote(f"{parts.hostname}{parts.path}")).strip("-.")
    draft = trial / (words.removesuffix(suffix)[:LONGEST_NAME] + suffix)
    # Browsers mark saved pages in this way; the reader of web pages takes the URL from it.
    mark = f"<!-- saved from url=({len(found):04d}){found} -->\n".encode() if suffix == ".html" else b""
    byte_order_mark = content[:3] if content.startswith(b"\xef\xbb\xbf") else b""
    draft.write_bytes(byte_order_mark + mark + content[len(byte_order_mark) :])
    return draft


def _reserve(corpus: Path, name: str) -> Path:
    """Create an empty file with an unused name, so that no other process uses the name; returns its path."""
    stem, suffix = Path(name).stem, Path(name).suffix
    taken = 1
    target = corpus / name
    while True:
        try:
            target.touch(exist_ok=False)
        except FileExistsError:
            taken += 1
            target = corpus / f"{stem}-{taken}{suffix}"
        else:
            return target
