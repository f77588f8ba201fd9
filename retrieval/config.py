"""The settings that the command line and the bot share: the environment, and below it a `.env` file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

from retrieval.errors import SettingsError
from retrieval.index.address import Address, is_address, parse_address

DEFAULT_CORPUS = "corpus/reports"
DEFAULT_INDEX = "index"


def environment(folder: Path = Path(), environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Merge the variables of a `.env` file with those of the environment, which win.

    Args:
        folder: Where the `.env` file is, if there is one.
        environ: The variables of the environment.

    Raises:
        SettingsError: The file cannot be read.
    """
    file = folder / ".env"
    written: dict[str, str | None] = {}
    if file.is_file():
        try:
            written = dotenv_values(file, interpolate=False, encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{file} cannot be read ({type(error).__name__}): save it as UTF-8."
            ) from None
    return {name: value for name, value in written.items() if value is not None} | dict(environ)


def without_blanks(environ: Mapping[str, str]) -> dict[str, str]:
    """Strip the spaces around every value, and leave out the variables that are blank."""
    return {name: value.strip() for name, value in environ.items() if value.strip()}


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the reports and their index are, and which model reads them.

    Args:
        corpus: The folder of reports (`CORPUS_DIR`).
        index_folder: The folder of an index on disk (`INDEX_DIR`).
        index_url: The address of an index in Milvus (`INDEX_URL`), which wins over the folder; None if unset.
        model: The embedding model (`EMBEDDING_MODEL`); None for the bundled one.
    """

    corpus: Path = Path(DEFAULT_CORPUS)
    index_folder: Path = Path(DEFAULT_INDEX)
    index_url: str | None = None
    model: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings from variables; a blank one counts as unset."""
        given = without_blanks(environ)
        return cls(
            corpus=Path(given.get("CORPUS_DIR", DEFAULT_CORPUS)),
            index_folder=Path(given.get("INDEX_DIR", DEFAULT_INDEX)),
            index_url=given.get("INDEX_URL"),
            model=given.get("EMBEDDING_MODEL"),
        )

    @property
    def index(self) -> Path | Address:
        """Where the index is.

        Raises:
            SettingsError: `INDEX_URL` is not the address of a Milvus.
        """
        if self.index_url is None:
            return self.index_folder
        if not is_address(self.index_url):
            raise SettingsError(
                "INDEX_URL is no address of a Milvus: give milvus://host:port, or milvus:FILE.db. A folder "
                "is given in INDEX_DIR."
            )
        return parse_address(self.index_url)
