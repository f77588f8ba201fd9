"""Verify: prove that a generation is what it says it is."""

from collections.abc import Iterator
from pathlib import Path

import faiss
import numpy as np

from retrieval.generation import Generation, checksums

UNIT_TOLERANCE = 1e-3


def problems(index: Path) -> tuple[str, ...]:
    """Say what is wrong with the current generation, a sentence each; empty when nothing is.

    Checked: sizes and SHA-256 of all files, counts, each passage a slice of its article, vectors
    finite and of unit length, the dense, token and lexical sides holding the same passages.

    Raises `IndexMissing`, or `IndexDamaged` when it cannot even be opened.
    """
    generation = Generation.current(index)
    return (*_files(generation), *_counts(generation), *_slices(generation), *_vectors(generation))


def _files(generation: Generation) -> Iterator[str]:
    found, wanted = checksums(generation.folder), generation.manifest.files
    for name in sorted(found.keys() | wanted.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in wanted:
            yield f"{name} is not in the manifest"
        elif found[name] != wanted[name]:
            yield f"{name} is not the file that was written: its checksum differs"


def _counts(generation: Generation) -> Iterator[str]:
    manifest = generation.manifest
    counts = {
        "articles.jsonl": (len(generation.articles), manifest.articles),
        "passages.jsonl": (len(generation.passages), manifest.passages),
        "vectors.faiss": (generation.dense.ntotal, manifest.passages),
        "lexical": (len(generation.lexical), manifest.passages),
        "token starts": (len(generation.tokens.starts) - 1, manifest.passages),
        "token vectors": (len(generation.tokens.vectors), manifest.tokens),
    }
    for name, (found, wanted) in counts.items():
        if found != wanted:
            yield f"{name} holds {found}, the manifest says {wanted}"


def _slices(generation: Generation) -> Iterator[str]:
    for number, passage in enumerate(generation.passages):
        article = generation.articles[generation.article_numbers[passage.article_id]]
        if not passage.text or article.text[passage.start : passage.end] != passage.text:
            yield f"passage {number} is not a slice of {article.id}"


def _vectors(generation: Generation) -> Iterator[str]:
    vectors = faiss.rev_swig_ptr(generation.dense.get_xb(), generation.dense.ntotal * generation.dense.d)
    lengths = np.linalg.norm(vectors.reshape(-1, generation.dense.d), axis=1)
    for number in np.flatnonzero(~(np.abs(lengths - 1) < UNIT_TOLERANCE)):  # NaN included
        yield f"the vector of passage {number} has length {lengths[number]}"
    scales = generation.tokens.scales
    for row in np.flatnonzero(~(np.isfinite(scales) & (scales > 0))):
        yield f"token vector {row} has the scale {scales[row]}"
