"""The lexical side: BM25 over character bigrams, in tantivy (Robertson & Zaragoza 2009)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

Scored = dict[int, float]
"""BM25 by passage number."""

HEAP_BYTES = 64_000_000
HEADER_WEIGHT = 0.3
"""What a term in a passage's header (title, section, place) counts beside one in its text."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage", stored=True, indexed=True, fast=True)
    builder.add_integer_field("article", indexed=True)
    # The terms are cut before they come here; `freq` keeps no positions, which BM25 needs not.
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("header", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def build(folder: Path, passages: Iterable[tuple[int, list[str], list[str]]]) -> None:
    """Write an index of (article number, terms of the text, terms of the header), a passage each.

    Passages are numbered from 0 in the order given.
    """
    folder.mkdir()
    index = tantivy.Index(_schema(), str(folder))
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)  # one thread: the same files each time
    for number, (article, text, header) in enumerate(passages):
        document = tantivy.Document(text=" ".join(text), header=" ".join(header))
        document.add_integer("passage", number)
        document.add_integer("article", article)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


class Lexical:
    """An index made by `build`, opened for reading; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        index = tantivy.Index.open(str(folder))
        index.config_reader(reload_policy="manual")  # a generation never changes: nothing to watch
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, terms: Sequence[str], limit: int, articles: Sequence[int] | None = None) -> Scored:
        """The `limit` best passages, of the numbered `articles` only where they are given."""
        return self._best(terms, limit, ("article", articles))

    def score(self, terms: Sequence[str], passages: Sequence[int]) -> Scored:
        """BM25 of the numbered passages; one that holds no term is left out."""
        return self._best(terms, len(passages), ("passage", passages))

    def frequency(self, term: str) -> int:
        """The number of passages whose text or header holds a term."""
        return max(int(self._searcher.doc_freq(field, term)) for field in ("text", "header"))

    def _best(self, terms: Sequence[str], limit: int, within: tuple[str, Sequence[int] | None]) -> Scored:
        field, numbers = within
        if not terms or limit < 1 or (numbers is not None and not numbers):
            return {}
        query = self._any_of(terms)
        if numbers is not None:
            member = tantivy.Query.term_set_query(self._schema, field, list(numbers))
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(member, 0.0)),
                ]
            )
        hits = self._searcher.search(query, limit, count=False).hits
        numbers_found = self._searcher.fast_field_values("passage", [address for _, address in hits])
        return {int(number): float(score) for (score, _), number in zip(hits, numbers_found, strict=True)}

    def _any_of(self, terms: Sequence[str]) -> tantivy.Query:
        clauses = []
        for term, count in sorted(Counter(terms).items()):
            for field, weight in (("text", 1.0), ("header", HEADER_WEIGHT)):
                query = tantivy.Query.term_query(self._schema, field, term, index_option="freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight * count)))
        return tantivy.Query.boolean_query(clauses)
