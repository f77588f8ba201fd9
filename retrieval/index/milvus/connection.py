"""The connection to a Milvus: one for each address and process, and every failure told in our own words."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from retrieval.errors import IndexUnreachable, MissingPackage
from retrieval.index.address import Address

SECONDS = 30.0
"""How long an answer is waited for."""

AT_ONCE = 1_000
"""Rows asked for, or told to go, in one call."""

MOST = 16_384
"""Rows that one answer can hold."""

BYTES_AT_ONCE = 8_000_000
"""Bytes of rows sent in one call; Milvus takes 64 MB."""

Row = dict[str, Any]

_held: dict[Address, "Connection"] = {}
_holding = threading.Lock()


class Connection:
    """What is asked of a Milvus, in the words of this project; safe to share between threads.

    Raises `IndexUnreachable` whenever it does not answer as it should.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._loaded: set[str] = set()
        pymilvus = _pymilvus()
        with self._speaking():
            if address.file is not None:
                address.file.absolute().parent.mkdir(parents=True, exist_ok=True)
                self.client = pymilvus.MilvusClient(str(address.file.absolute()), timeout=SECONDS)
            else:
                self.client = pymilvus.MilvusClient(
                    uri=address.uri, token=address.token, db_name=address.database, timeout=SECONDS
                )

    def collections(self) -> set[str]:
        """The names of all collections."""
        with self._speaking():
            return set(self.client.list_collections(timeout=SECONDS))

    def create(self, name: str, schema: Any, indexes: Any) -> None:
        """Create a collection that can be searched at once."""
        with self._speaking():
            self.client.create_collection(name, schema=schema, timeout=SECONDS)
            # Of an empty collection there is nothing to wait for.
            self.client.create_index(name, indexes, timeout=SECONDS, sync=False)
        self._load(name)

    def drop(self, name: str) -> None:
        """Drop a collection, if it is there."""
        with self._speaking():
            self._loaded.discard(name)
            self.client.drop_collection(name, timeout=SECONDS)

    def insert(self, name: str, rows: Sequence[Row]) -> None:
        """Insert rows, in calls of a size that Milvus takes."""
        with self._speaking():
            for batch in _batches(rows):
                self.client.insert(name, batch, timeout=SECONDS)

    def upsert(self, name: str, row: Row) -> None:
        """Replace a row, or insert it."""
        with self._speaking():
            self.client.upsert(name, [row], timeout=SECONDS)

    def delete(self, name: str, where: str) -> None:
        """Delete the rows of which an expression holds."""
        self._load(name)
        with self._speaking():
            self.client.delete(name, filter=where, timeout=SECONDS)

    def get(self, name: str, ids: Sequence[int | str], fields: Sequence[str]) -> list[Row]:
        """The rows with these primary keys, in no order; what is not there is left out."""
        found: list[Row] = []
        self._load(name)
        with self._speaking():
            for at in range(0, len(ids), AT_ONCE):
                some = list(ids[at : at + AT_ONCE])
                found += self.client.query(name, ids=some, output_fields=list(fields), timeout=SECONDS)
        return found

    def query(self, name: str, where: str, fields: Sequence[str], *, limit: int | None = None) -> list[Row]:
        """The rows of which an expression holds, as they are now; all of them where no limit is given."""
        options = {"filter": where, "output_fields": list(fields), "consistency_level": "Strong"}
        self._load(name)
        with self._speaking():
            if limit is not None:
                return list(self.client.query(name, limit=limit, timeout=SECONDS, **options))
            rows: list[Row] = []
            iterator = self.client.query_iterator(name, batch_size=AT_ONCE, timeout=SECONDS, **options)
            while batch := iterator.next():
                rows += batch
            iterator.close()
            return rows

    def look(self, name: str, where: str, fields: Sequence[str], limit: int = MOST) -> list[Row]:
        """The rows of which an expression holds, as they were a moment ago, which takes no waiting."""
        self._load(name)
        with self._speaking():
            return list(
                self.client.query(
                    name, filter=where, output_fields=list(fields), limit=limit, timeout=SECONDS
                )
            )

    def count(self, name: str, where: str) -> int:
        """The number of rows of which an expression holds, as they are now."""
        self._load(name)
        with self._speaking():
            found = self.client.query(
                name, filter=where, output_fields=["count(*)"], consistency_level="Strong", timeout=SECONDS
            )
            return int(found[0]["count(*)"])

    def search(self, name: str, field: str, wanted: Any, limit: int, where: str) -> list[tuple[int, float]]:
        """The rows that come nearest in a field, as primary key and distance, nearest first."""
        self._load(name)
        with self._speaking():
            found = self.client.search(
                name, data=[wanted], anns_field=field, limit=limit, filter=where, timeout=SECONDS
            )
            return [(int(hit["id"]), float(hit["distance"])) for hit in found[0]]

    def close(self) -> None:
        """Let go of it; a file of milvus-lite can then be opened by another process."""
        self.client.close()
        if self.address.file is not None:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(str(self.address.file.absolute()))

    def _load(self, name: str) -> None:
        """Have a collection ready to be read, which in a file none is after a start."""
        if name not in self._loaded:
            with self._speaking():
                self.client.load_collection(name, timeout=SECONDS)
            self._loaded.add(name)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, grpc.RpcError, OSError) as error:
            said = str(error).strip().partition("\n")[0]
            if self.address.token:  # whatever a server sends back, it is not shown
                for secret in (self.address.token, self.address.token.rpartition(":")[2]):
                    said = said.replace(secret, "***")
            what = (
                "If another process has the file open, close it, or run a server for both"
                if self.address.file
                else "See that it runs, that host, port and database are right, and the credentials too"
            )
            raise IndexUnreachable(f"Milvus at {self.address} refuses: {said}. {what}.") from None


def connect(address: Address) -> Connection:
    """The connection of this process to an address. Raises `MissingPackage`, `IndexUnreachable`."""
    with _holding:
        if address not in _held:
            _held[address] = Connection(address)
        return _held[address]


def disconnect(address: Address) -> None:
    """Close the connection of this process to an address, if there is one."""
    with _holding:
        held = _held.pop(address, None)
    if held:
        held.close()


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError as error:
        raise MissingPackage(
            "an index in Milvus needs pymilvus, and a file of it milvus-lite: pip install '.[milvus]'"
        ) from error
    # It logs every failure together with what was asked for, which people have typed; we raise it instead.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
    logging.getLogger("milvus_lite").setLevel(logging.CRITICAL + 1)
    return pymilvus


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        size += sum(len(value) if isinstance(value, str) else 8 for value in row.values())
        batch.append(row)
        if size >= BYTES_AT_ONCE or len(batch) == AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
