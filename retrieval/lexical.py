"""The lexical side: passages that share terms with a question, out of tantivy."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import tantivy

from retrieval.terms import HEADER, SPELLED, TEXT

FIELDS = ("text", "header", "spelled")
"""Names of `terms.FIELDS`."""

HEADER_WEIGHT = 0.3
"""What a term in a passage's header (title, section, place) counts beside one in its text."""

WORDS, SPELLING = {TEXT: 1.0, HEADER: HEADER_WEIGHT}, {SPELLED: 1.0}
"""The fields that the words of a question are looked for in, and those for its syllables, by weight."""

HEAP_BYTES = 64_000_000

Mask = npt.NDArray[np.bool_]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage", stored=True, indexed=True, fast=True)
    for field in FIELDS:
        # The terms are cut before they come here; `freq` keeps no positions, which BM25 needs not.
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class Writer:
    """Writes an index of passages, numbered from 0 in the order they are added."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with _disk_errors():
            index = tantivy.Index(_schema(), str(folder))
            self._writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        self._passages = 0

    def add(self, fields: Sequence[Sequence[str]]) -> None:
        """Append one passage by the terms of each of its fields."""
        document = tantivy.Document()
        for name, found in zip(FIELDS, fields, strict=True):
            document.add_text(name, " ".join(map(_token, found)))
        document.add_integer("passage", self._passages)
        with _disk_errors():
            self._writer.add_document(document)
        self._passages += 1

    def close(self) -> None:
        """Write what is left."""
        with _disk_errors():
            self._writer.commit()
            self._writer.wait_merging_threads()


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Tantivy says ValueError when the disk does not take what it writes."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


class Lexical:
    """An index made by `Writer`, opened for reading; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        try:
            index = tantivy.Index.open(str(folder))
        except ValueError:
            # Tantivy wants to write its locks even for reading: where it may not, it reads a copy.
            if os.access(folder, os.W_OK):
                raise
            self._copy = TemporaryDirectory(prefix="wenbao-")
            index = tantivy.Index.open(str(copytree(folder, Path(self._copy.name) / "lexical")))
        index.config_reader(reload_policy="manual")  # a segment never changes: nothing to watch
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self,
        terms: Sequence[str],
        limit: int,
        allowed: Mask | None = None,
        fields: Mapping[int, float] = WORDS,
    ) -> list[int]:
        """The `limit` passages that come first by BM25, of the allowed ones where a mask is given."""
        if not terms or not len(self):
            return []
        query = self._any_of(terms, fields)
        fetched = limit
        while True:
            hits = self._searcher.search(query, fetched, count=False).hits
            numbers = self._searcher.fast_field_values("passage", [address for _, address in hits])
            found = [int(number) for number in numbers if allowed is None or allowed[number]]
            if len(found) >= limit or len(hits) < fetched:
                return found[:limit]
            fetched *= 4  # what was asked for holds passages that are not allowed

    def numbers(self) -> list[int]:
        """The numbers of all passages it holds, in order."""
        if not len(self):
            return []
        hits = self._searcher.search(tantivy.Query.all_query(), len(self), count=False).hits
        return sorted(map(int, self._searcher.fast_field_values("passage", [at for _, at in hits])))

    def frequency(self, term: str, field: int) -> int:
        """The number of passages that hold a term in a field."""
        return int(self._searcher.doc_freq(FIELDS[field], _token(term)))

    def _any_of(self, terms: Sequence[str], fields: Mapping[int, float]) -> tantivy.Query:
        clauses = []
        for term, count in sorted(Counter(terms).items()):
            for field, weight in fields.items():
                query = tantivy.Query.term_query(
                    self._schema, FIELDS[field], _token(term), index_option="freq"
                )
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight * count)))
        return tantivy.Query.boolean_query(clauses)


def _token(term: str) -> str:
    """A term as tantivy reads it, which cuts at white space."""
    return term.replace(" ", "_")
