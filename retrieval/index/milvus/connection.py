"""Connect to Milvus once for each address, and raise its errors as `IndexUnreachable`."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from retrieval.errors import IndexUnreachable, MissingPackage
from retrieval.index.address import Address

SECONDS = 30.0
"""The timeout of a call."""

BATCH_ROWS = 1_000
"""The most rows that are fetched or deleted in one call."""

MAX_ROWS = 16_384
"""The most rows that Milvus returns for one query."""

BATCH_BYTES = 8_000_000
"""About how many bytes of rows are sent in one call; Milvus has a limit for a message."""

Row = dict[str, Any]

_connections: dict[Address, "Connection"] = {}
_lock = threading.Lock()


class Connection:
    """A connection to Milvus that threads may share.

    Every method raises `IndexUnreachable` if the call fails.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._loaded: set[str] = set()
        pymilvus = _pymilvus()
        with self._translating_errors():
            if address.file is not None:
                address.file.absolute().parent.mkdir(parents=True, exist_ok=True)
                self.client = pymilvus.MilvusClient(str(address.file.absolute()), timeout=SECONDS)
            else:
                self.client = pymilvus.MilvusClient(
                    uri=address.uri, token=address.token, db_name=address.database, timeout=SECONDS
                )

    def collections(self) -> set[str]:
        """Return the names of all collections."""
        with self._translating_errors():
            return set(self.client.list_collections(timeout=SECONDS))

    def create(self, name: str, schema: Any, indexes: Any) -> None:
        """Create a collection and load it for searching."""
        with self._translating_errors():
            self.client.create_collection(name, schema=schema, timeout=SECONDS)
            # The index of an empty collection needs no waiting.
            self.client.create_index(name, indexes, timeout=SECONDS, sync=False)
        self._load(name)

    def drop(self, name: str) -> None:
        """Drop a collection, if it exists."""
        with self._translating_errors():
            self._loaded.discard(name)
            self.client.drop_collection(name, timeout=SECONDS)

    def insert(self, name: str, rows: Sequence[Row]) -> None:
        """Insert rows, in calls of a size that Milvus allows."""
        with self._translating_errors():
            for batch in _batches(rows):
                self.client.insert(name, batch, timeout=SECONDS)

    def upsert(self, name: str, row: Row) -> None:
        """Insert a row, or replace the one with its primary key."""
        with self._translating_errors():
            self.client.upsert(name, [row], timeout=SECONDS)

    def delete(self, name: str, where: str) -> None:
        """Delete the rows that match an expression."""
        self._load(name)
        with self._translating_errors():
            self.client.delete(name, filter=where, timeout=SECONDS)

    def get(self, name: str, ids: Sequence[int | str], fields: Sequence[str]) -> list[Row]:
        """Return the rows that exist with these primary keys, in any order."""
        found: list[Row] = []
        self._load(name)
        with self._translating_errors():
            for at in range(0, len(ids), BATCH_ROWS):
                some = list(ids[at : at + BATCH_ROWS])
                found += self.client.query(name, ids=some, output_fields=list(fields), timeout=SECONDS)
        return found

    def query(self, name: str, where: str, fields: Sequence[str], *, limit: int | None = None) -> list[Row]:
        """Return all rows that match an expression, or at most `limit`, read with strong consistency."""
        options = {"filter": where, "output_fields": list(fields), "consistency_level": "Strong"}
        self._load(name)
        with self._translating_errors():
            if limit is not None:
                return list(self.client.query(name, limit=limit, timeout=SECONDS, **options))
            rows: list[Row] = []
            iterator = self.client.query_iterator(name, batch_size=BATCH_ROWS, timeout=SECONDS, **options)
            while batch := iterator.next():
                rows += batch
            iterator.close()
            return rows

    def query_stale(self, name: str, where: str, fields: Sequence[str], limit: int = MAX_ROWS) -> list[Row]:
        """Return the rows that match an expression, read with bounded staleness, which is faster."""
        self._load(name)
        with self._translating_errors():
            return list(
                self.client.query(
                    name, filter=where, output_fields=list(fields), limit=limit, timeout=SECONDS
                )
            )

    def count(self, name: str, where: str) -> int:
        """Count the rows that match an expression, with strong consistency."""
        self._load(name)
        with self._translating_errors():
            found = self.client.query(
                name, filter=where, output_fields=["count(*)"], consistency_level="Strong", timeout=SECONDS
            )
            return int(found[0]["count(*)"])

    def search(self, name: str, field: str, wanted: Any, limit: int, where: str) -> list[tuple[int, float]]:
        """Return the rows that score highest in a field, best first, as primary key and score."""
        self._load(name)
        with self._translating_errors():
            found = self.client.search(
                name, data=[wanted], anns_field=field, limit=limit, filter=where, timeout=SECONDS
            )
            return [(int(hit["id"]), float(hit["distance"])) for hit in found[0]]

    def close(self) -> None:
        """Close the connection, so that another process can open a file of milvus-lite."""
        self.client.close()
        if self.address.file is not None:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(str(self.address.file.absolute()))

    def _load(self, name: str) -> None:
        """Load a collection into memory, which milvus-lite does not do when it starts."""
        if name not in self._loaded:
            with self._translating_errors():
                self.client.load_collection(name, timeout=SECONDS)
            self._loaded.add(name)

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, grpc.RpcError, OSError) as error:
            message = str(error).strip().partition("\n")[0]
            if self.address.token:  # the server may repeat it
                for secret in (self.address.token, self.address.token.rpartition(":")[2]):
                    message = message.replace(secret, "***")
            what = (
                "If another process has the file open, close it, or run a server for both"
                if self.address.file
                else "See that it runs, that host, port and database are right, and the credentials too"
            )
            raise IndexUnreachable(f"Milvus at {self.address} refuses: {message}. {what}.") from None


def connect(address: Address) -> Connection:
    """Return the connection of this process to an address. Raises `MissingPackage`, `IndexUnreachable`."""
    with _lock:
        if address not in _connections:
            _connections[address] = Connection(address)
        return _connections[address]


def disconnect(address: Address) -> None:
    """Close the connection of this process to an address, if there is one."""
    with _lock:
        connection = _connections.pop(address, None)
    if connection:
        connection.close()


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError as error:
        raise MissingPackage(
            "an index in Milvus needs pymilvus, and a file of it milvus-lite: pip install '.[milvus]'"
        ) from error
    # Their logs would show users' questions; failures are raised as errors instead.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
    logging.getLogger("milvus_lite").setLevel(logging.CRITICAL + 1)
    return pymilvus


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        size += sum(len(value) if isinstance(value, str) else 8 for value in row.values())
        batch.append(row)
        if size >= BATCH_BYTES or len(batch) == BATCH_ROWS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
