"""Read and write the manifest of a generation, and name the folders of generations and segments."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.errors import IndexDamaged, OtherFormat, OtherModel, rebuild_hint, refresh_command

FORMAT = 5
"""The version of the files and of how passages are split and embedded. Other versions are refused."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of a generation: the number of its folder, and the numbers of its dead documents."""

    number: int
    dead: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The model of a generation, and its numbers of live articles and passages.

    Attributes:
        bits: Bits of a component of a token vector; with 0 no token vectors are stored.
    """

    format: int
    generation: int
    model: str
    dimension: int
    bits: int
    articles: int
    passages: int
    segments: tuple[SegmentEntry, ...]

    def require_model(self, model: str, location: object) -> None:
        """Raise `OtherModel` unless the index at `location` was made by `model`."""
        if self.model != model:
            raise OtherModel(
                f"the index in {location} was made by the model {self.model}, but {model} is set. "
                "Set EMBEDDING_MODEL to the former, or rebuild the index: "
                f"{refresh_command(location)} --model {model} --rebuild"
            )


def current_number(index: Path) -> int | None:
    """Return the number of the current generation, or None where none was published."""
    try:
        content = (index / "current").read_bytes().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise IndexDamaged(f"{index / 'current'} cannot be read: {error.strerror}") from error
    if not content.isdigit():
        raise IndexDamaged(f"{index / 'current'} holds no number of a generation. {rebuild_hint(index)}")
    return int(content)


def generation_folder(index: Path, number: int) -> Path:
    """Return the folder of a generation."""
    return index / "generations" / f"{number:08d}"


def segment_folder(index: Path, number: int) -> Path:
    """Return the folder of a segment."""
    return index / "segments" / f"{number:08d}"


def read_manifest(folder: Path) -> Manifest:
    """Read a generation's manifest. Raises `IndexDamaged`, or `OtherFormat`."""
    try:
        record = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"the manifest of {folder} cannot be read ({error})") from error
    if not isinstance(record, dict):
        raise IndexDamaged(f"the manifest of {folder} is no manifest")
    if record.get("format") != FORMAT:
        raise OtherFormat(f"{folder} has format {record.get('format')}, this program reads {FORMAT}")
    try:
        segments = tuple(SegmentEntry(entry["number"], tuple(entry["dead"])) for entry in record["segments"])
        return Manifest(**record | {"segments": segments})
    except (KeyError, TypeError) as error:
        raise IndexDamaged(f"the manifest of {folder} is not whole ({error})") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a generation's manifest."""
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
