"""Build the documents that a refresh writes to an index, with the vectors of their passages."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus import Article, Passage, split_passages
from corpus.text.duplicates import ArticleCopy, Signature, canonical_article, group_duplicates
from retrieval.index.quantization import TokenQuantizer
from retrieval.index.records import Document, DocumentRef, StoredCopy, StoredPassage, article_hash
from retrieval.models.encoder import Embedding, Encoder

CHUNK = 256
"""About how many passages are embedded between two reports of progress."""

Progress = Callable[[str, int, int], None]
"""Receives the name of a step, the number of its items done, and the number of all items (0: unknown)."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as read from a file that was last modified at `modified`, in nanoseconds."""

    file: str
    article: Article
    modified: int


@dataclass(frozen=True, slots=True)
class Changes:
    """How the reports differ from an index.

    Attributes:
        dead: The documents to remove.
        copies: The articles that form the documents to write, with their signatures.
        added, changed, removed, unchanged: Counts of articles as received.
    """

    dead: frozenset[DocumentRef]
    copies: tuple[tuple[ReadArticle, Signature], ...]
    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to write, before its passages are embedded."""

    article: Article
    copies: tuple[StoredCopy, ...]
    passages: tuple[Passage, ...]


class Update:
    """The new documents of a refresh; their passages are embedded while a backend reads them.

    Args:
        changes: The differences between the reports and the index.
        former: Passages of removed documents, whose vectors are used again for equal texts.
        load_encoder: Loads the model when it is first needed.
        progress: Receives the number of embedded passages.
        bits: Bits of a component of the token vectors to store.
    """

    def __init__(
        self,
        changes: Changes,
        former: Iterable[StoredPassage],
        load_encoder: Callable[[], Encoder],
        progress: Progress,
        bits: int,
    ) -> None:
        self.bits = bits
        self.embedded = 0
        self.new_documents = _new_documents(changes)
        self._former = {_digest(stored.passage.text): stored for stored in former}
        self._load = load_encoder
        self._encoder: Encoder | None = None
        self._progress = progress

    @property
    def passages(self) -> int:
        """The number of passages of all new documents."""
        return sum(len(document.passages) for document in self.new_documents)

    @property
    def encoder(self) -> Encoder:
        """The model, loaded when it is first needed."""
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder

    def documents(self, quantizer: TokenQuantizer) -> Iterator[Document]:
        """Yield the new documents with the vectors of their passages."""
        total = sum(self._is_new(p) for document in self.new_documents for p in document.passages)
        for group in _groups(self.new_documents):
            texts = [p.text for document in group for p in document.passages if self._is_new(p)]
            if texts:
                self._progress("embedding passages", self.embedded, total)
            embeddings = iter(self.encoder.encode_passages(texts) if texts else ())
            self.embedded += len(texts)
            for document in group:
                passages = tuple(self._stored(p, embeddings, quantizer) for p in document.passages)
                yield Document(document.article, document.copies, passages)

    def _is_new(self, passage: Passage) -> bool:
        return _digest(passage.text) not in self._former

    def _stored(
        self, passage: Passage, embeddings: Iterator[Embedding], quantizer: TokenQuantizer
    ) -> StoredPassage:
        former = self._former.get(_digest(passage.text))
        if former is not None:
            return replace(former, passage=passage)
        embedding = next(embeddings)
        return StoredPassage(passage, embedding.vector, quantizer.encode(embedding))


def _new_documents(changes: Changes) -> list[NewDocument]:
    """Group the copies by duplication; the documents are ordered by the id of their article."""
    copies = sorted(changes.copies, key=lambda copy: copy[0].article.id)
    read_by_id = {read.article.id: read for read, _ in copies}
    documents = []
    for group in group_duplicates([ArticleCopy(r.article, r.modified, signature) for r, signature in copies]):
        article = canonical_article(group)
        stored = tuple(_stored_copy(read_by_id[copy.article.id], copy.signature) for copy in group)
        documents.append(NewDocument(article, stored, split_passages(article)))
    return sorted(documents, key=lambda document: document.article.id)


def _stored_copy(read: ReadArticle, signature: Signature) -> StoredCopy:
    return StoredCopy(read.article.id, read.file, article_hash(read.article), signature)


def _groups(documents: Sequence[NewDocument]) -> Iterator[list[NewDocument]]:
    """Yield consecutive documents in groups of about CHUNK passages."""
    group: list[NewDocument] = []
    passages = 0
    for document in documents:
        group.append(document)
        passages += len(document.passages)
        if passages >= CHUNK:
            yield group
            group, passages = [], 0
    if group:
        yield group


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
