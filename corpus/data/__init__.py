"""Loads the word lists, gazetteers and statistics that come with the package."""

import tomllib
from importlib.resources import files
from typing import Any


def read_lines(name: str) -> tuple[str, ...]:
    """Read the lines of a text file of this package, without empty lines and lines that begin with `#`."""
    lines = files(__name__).joinpath(name).read_text("utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def read_toml(name: str) -> dict[str, Any]:
    """Read a TOML file of this package."""
    return tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))


def read_bytes(name: str) -> bytes:
    """Read a binary file of this package."""
    return files(__name__).joinpath(name).read_bytes()
