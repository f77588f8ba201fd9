"""Adding one report by hand: a file, or a page from the web, into the folder of reports."""

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
    """Put a file, or the page at a URL, into the folder of reports; returns the new file's name there.

    It is read on trial first: what gives no article is not added. A name that is taken is not overwritten,
    whoever else adds meanwhile. Raises `CorpusError`, `FetchError`; `private` allows addresses in private
    networks.
    """
    require_folder(corpus)
    with TemporaryDirectory(prefix=".adding-", dir=corpus, ignore_cleanup_errors=True) as folder:
        trial = Path(folder)
        drafted = _fetched(source, trial, private) if "://" in source else _copied(Path(source), trial)
        try:
            read_file(drafted, trial)
        except UnreadableReport as unreadable:
            raise CorpusError(f"{source} is not added: {unreadable.reason}") from unreadable
        return drafted.replace(_free(corpus, drafted.name)).name


def _copied(file: Path, trial: Path) -> Path:
    try:
        return Path(shutil.copyfile(file, trial / file.name))
    except OSError as error:
        raise CorpusError(f"{file} cannot be read: {error.strerror or error}") from error


def _fetched(url: str, trial: Path, private: bool) -> Path:
    content, found, kind = fetch(url, private=private)
    suffix = SUFFIXES.get(kind.partition(";")[0].strip().lower())
    if suffix is None:
        raise CorpusError(f"{found} is {kind or 'of unknown type'}, not a page, a PDF or plain text")
    parts = urlsplit(found)
    words = re.sub(r"[^\w.-]+", "-", unquote(f"{parts.hostname}{parts.path}")).strip("-.")
    drafted = trial / (words.removesuffix(suffix)[:LONGEST_NAME] + suffix)
    # Browsers note where a saved page came from in the same way; the reader takes the address from it.
    mark = f"<!-- saved from url=({len(found):04d}){found} -->\n".encode() if suffix == ".html" else b""
    byte_order_mark = content[:3] if content.startswith(b"\xef\xbb\xbf") else b""
    drafted.write_bytes(byte_order_mark + mark + content[len(byte_order_mark) :])
    return drafted


def _free(corpus: Path, name: str) -> Path:
    """A path in the folder that no file had yet; an empty file keeps it from whoever else adds."""
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
