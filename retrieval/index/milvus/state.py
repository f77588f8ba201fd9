"""Read and write the row that says which generation of an index in Milvus is current."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from retrieval.errors import IndexDamaged, OtherFormat, rebuild_hint
from retrieval.index.address import Address
from retrieval.index.manifest import Manifest
from retrieval.index.milvus.connection import Connection, Row
from retrieval.index.milvus.schema import NAME, NO_VECTOR
from retrieval.index.quantization import Codec, TokenQuantizer

FORMAT = 2
"""The version of the collections. An index of another version cannot be read; a refresh rebuilds it."""

_ROW = "state"


@dataclass(frozen=True, slots=True)
class State:
    """The current generation.

    Attributes:
        built: The generation at which the index was built from nothing, see `schema`.
        dead: The number of dead documents that still have rows, see `dead_key`.
        skipped: Abandoned generations, whose rows must not be shown.
        lengths: The number of terms of each field, over all live passages.
    """

    manifest: Manifest
    built: int
    dead: int
    skipped: tuple[int, ...]
    lengths: tuple[int, ...]
    codec: Codec


def dead_key(generation: int) -> str:
    """Return the key of the content that lists the dead documents of a generation."""
    return f"dead{generation}"


def read_number(connection: Connection) -> int | None:
    """Return the number of the current generation, or None where there is none.

    The row is read with bounded staleness, so the number may be that of the generation before.
    """
    record = _read(connection, connection.query_stale)
    return int(record["generation"]) if record else None


def read_state(connection: Connection) -> State | None:
    """Return the current state; None where nothing was published. Raises `OtherFormat`, `IndexDamaged`."""
    record = _read(connection, connection.query)
    if record is None:
        return None
    address: Address = connection.address
    if record.get("format") != FORMAT:
        raise OtherFormat(
            f"the index in {address} has format {record.get('format')}, this program reads {FORMAT}. "
            f"{rebuild_hint(address)}"
        )
    try:
        names = "format", "generation", "model", "dimension", "bits", "articles", "passages"
        manifest = Manifest(**{name: record[name] for name in names}, segments=())
        mean = np.frombuffer(base64.b64decode(record["mean"]), "<f4").astype(np.float32)
        codec = Codec(TokenQuantizer(manifest.bits, mean), float(record["largest"]))
        skipped, lengths = tuple(record["skipped"]), tuple(record["lengths"])
        return State(manifest, record["built"], record["dead"], skipped, lengths, codec)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(connection, error) from error


def write_state(connection: Connection, state: State) -> None:
    """Make a generation current by replacing the row of the state."""
    manifest = state.manifest
    record = asdict(manifest) | {
        "built": state.built,
        "dead": state.dead,
        "skipped": state.skipped,
        "lengths": state.lengths,
        "mean": base64.b64encode(state.codec.tokens.mean.astype("<f4").tobytes()).decode("ascii"),
        "largest": state.codec.largest,
    }
    connection.upsert(NAME, {"id": _ROW, "said": json.dumps(record), "none": NO_VECTOR})


def _read(connection: Connection, read: Callable[..., list[Row]]) -> dict[str, Any] | None:
    rows = read(NAME, f'id == "{_ROW}"', ["said"], limit=1) if _exists(connection) else []
    if not rows:
        return None
    try:
        record = json.loads(rows[0]["said"])
        if not isinstance(record, dict) or not isinstance(record["generation"], int):
            raise ValueError("it names no generation")
    except (ValueError, KeyError) as error:
        raise _damaged(connection, error) from error
    return record


def _exists(connection: Connection) -> bool:
    return NAME in connection.collections()


def _damaged(connection: Connection, error: Exception) -> IndexDamaged:
    return IndexDamaged(
        f"the row {_ROW!r} of {NAME} in {connection.address} is not whole ({error}). "
        f"{rebuild_hint(connection.address)}"
    )
