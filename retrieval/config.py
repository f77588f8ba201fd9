"""The environment: variables, and below them those that a `.env` file writes down."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from retrieval.errors import SettingsError


def environment(folder: Path = Path(), environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`environ` over the variables of `folder`'s `.env` file, if there is one. Raises `SettingsError`."""
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
