"""Write a segment; see `segment` for its files."""

import json
from dataclasses import asdict
from pathlib import Path

import faiss
import numpy as np

from retrieval.index.local.postings import PostingWriter
from retrieval.index.local.segment import Counts, checksums
from retrieval.index.local.signatures import SignatureStore
from retrieval.index.local.token_file import TokenWriter
from retrieval.index.quantization import Codec
from retrieval.index.records import Document, article_to_record
from retrieval.text.tokenize import field_terms


class SegmentWriter:
    """Writes a segment into an empty folder, document by document."""

    def __init__(self, folder: Path, codec: Codec) -> None:
        self._folder = folder
        self._codec = codec
        self._catalog = (folder / "catalog.jsonl").open("w", encoding="utf-8")
        self._texts = (folder / "texts.utf16").open("wb")
        self._text_starts = [0]
        self._copies: list[tuple[int, str, str, str]] = []
        self._passages: list[tuple[int, int, int, int]] = []
        self._dense = codec.empty_index()
        self._tokens = TokenWriter(folder)
        self._postings = PostingWriter(folder)
        self._sentences: list[tuple[int, int, int, int]] = []
        self._articles = 0

    def add(self, document: Document) -> None:
        """Append one document."""
        number, self._articles = self._articles, self._articles + 1
        self._catalog.write(json.dumps(article_to_record(document.article)) + "\n")
        self._texts.write(document.article.text.encode("utf-16-le", "surrogatepass"))
        self._text_starts.append(self._texts.tell())
        for position, copy in enumerate(document.copies):
            self._copies.append((number, copy.id, copy.file, copy.hash))
            self._sentences += [(hash, number, position, length) for hash, length in copy.signature.items()]
        section_starts = [section.start for section in document.article.sections]
        for stored in document.passages:
            passage = stored.passage
            section = int(np.searchsorted(section_starts, passage.start, side="right")) - 1
            self._passages.append((number, passage.start, passage.end, section))
            self._dense.add(stored.vector[None].astype(np.float32))
            self._tokens.append(stored.tokens)
            self._postings.append(field_terms(document.article, passage))

    def close(self) -> Counts:
        """Complete the files; returns the counts of the segment."""
        self._catalog.close()
        self._texts.close()
        (self._folder / "members.json").write_text(json.dumps(self._copies), encoding="utf-8")
        np.asarray(self._text_starts, np.int64).tofile(self._folder / "texts.int64")
        np.asarray(self._passages, np.int32).reshape(-1, 4).tofile(self._folder / "passages.int32")
        try:
            faiss.write_index(self._dense, str(self._folder / "vectors.faiss"))
        except RuntimeError as error:  # FAISS raises it when the disk is full
            raise OSError(str(error)) from error
        quantizer = self._codec.tokens
        tokens = self._tokens.close(quantizer)
        self._postings.close()
        SignatureStore.write(self._folder, self._sentences)
        passages, dimension = len(self._passages), len(quantizer.mean)
        counts = Counts(self._articles, passages, tokens, dimension, quantizer.bits)
        info = {"counts": asdict(counts), "files": checksums(self._folder)}
        (self._folder / "segment.json").write_text(json.dumps(info, indent=1), encoding="utf-8")
        return counts
