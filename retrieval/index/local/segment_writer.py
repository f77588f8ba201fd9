"""Writing a segment, whose layout `retrieval.index.local.segment` tells."""

import json
from dataclasses import asdict
from pathlib import Path

import faiss
import numpy as np

from retrieval.index.late_interaction import TokenWriter
from retrieval.index.local.postings import PostingWriter
from retrieval.index.local.segment import Counts, Story, catalog_record, checksums
from retrieval.index.local.signatures import SentenceStore
from retrieval.index.quantization import Codec
from retrieval.text.tokenize import field_terms


class SegmentWriter:
    """Writes a segment into an empty folder, story by story."""

    def __init__(self, folder: Path, codec: Codec) -> None:
        self._folder = folder
        self._codec = codec
        self._catalog = (folder / "catalog.jsonl").open("w", encoding="utf-8")
        self._texts = (folder / "texts.utf16").open("wb")
        self._text_starts = [0]
        self._received: list[tuple[int, str, str, str]] = []
        self._passages: list[tuple[int, int, int, int]] = []
        self._dense = codec.dense()
        self._tokens = TokenWriter(folder)
        self._postings = PostingWriter(folder)
        self._sentences: list[tuple[int, int, int, int]] = []
        self._articles = 0

    def add(self, story: Story) -> None:
        """Append one story."""
        number, self._articles = self._articles, self._articles + 1
        record = catalog_record(story.article)
        self._catalog.write(json.dumps(record) + "\n")
        self._texts.write(story.article.text.encode("utf-16-le", "surrogatepass"))
        self._text_starts.append(self._texts.tell())
        self._received += [(number, member.id, member.file, member.hash) for member in story.members]
        for place, member in enumerate(story.members):
            self._sentences += [(hash, number, place, length) for hash, length in member.signature.items()]
        starts = [section.start for section in story.article.sections]
        for stored in story.passages:
            passage = stored.passage
            within = int(np.searchsorted(starts, passage.start, side="right")) - 1
            self._passages.append((number, passage.start, passage.end, within))
            self._dense.add(stored.vector[None].astype(np.float32))
            self._tokens.append(stored.tokens)
            self._postings.append(field_terms(story.article, passage))

    def close(self) -> Counts:
        """Write what is left; returns what the segment holds."""
        self._catalog.close()
        self._texts.close()
        (self._folder / "members.json").write_text(json.dumps(self._received), encoding="utf-8")
        np.asarray(self._text_starts, np.int64).tofile(self._folder / "texts.int64")
        np.asarray(self._passages, np.int32).reshape(-1, 4).tofile(self._folder / "passages.int32")
        try:
            faiss.write_index(self._dense, str(self._folder / "vectors.faiss"))
        except RuntimeError as error:  # what FAISS says when the disk does not take it
            raise OSError(str(error)) from error
        quantiser = self._codec.tokens
        tokens = self._tokens.close(quantiser)
        self._postings.close()
        SentenceStore.write(self._folder, self._sentences)
        passages, dimension = len(self._passages), len(quantiser.mean)
        counts = Counts(self._articles, passages, tokens, dimension, quantiser.bits)
        info = {"counts": asdict(counts), "files": checksums(self._folder)}
        (self._folder / "segment.json").write_text(json.dumps(info, indent=1), encoding="utf-8")
        return counts
