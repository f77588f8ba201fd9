"""Signatures on disk: what the stories of a segment are compared by (see `corpus.text.duplicates`)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.text.duplicates import Signature


class SentenceStore:
    """Signatures by sentence: hashes (S,) uint64, sorted; owners (S, 3) int32: article, member, length."""

    def __init__(self, folder: Path) -> None:
        self.hashes = np.fromfile(folder / "sentences.uint64", np.uint64)
        self.owners = np.fromfile(folder / "owners.int32", np.int32).reshape(-1, 3)
        self._by_article = np.argsort(self.owners[:, 0], kind="stable")
        self._articles = self.owners[self._by_article, 0]

    @staticmethod
    def write(folder: Path, rows: Sequence[tuple[int, int, int, int]]) -> None:
        """Write rows of hash, article, member, length."""
        ordered = sorted(rows)
        np.asarray([row[0] for row in ordered], np.uint64).tofile(folder / "sentences.uint64")
        np.asarray([row[1:] for row in ordered], np.int32).reshape(-1, 3).tofile(folder / "owners.int32")

    def holders(self, signature: Signature) -> set[int]:
        """The articles one of whose members shares a sentence with a signature."""
        wanted = np.asarray(sorted(signature), np.uint64)
        found: set[int] = set()
        low, high = np.searchsorted(self.hashes, wanted), np.searchsorted(self.hashes, wanted, side="right")
        for a, b in zip(low, high, strict=True):
            found.update(self.owners[a:b, 0].tolist())
        return found

    def signatures(self, article: int) -> dict[int, dict[int, int]]:
        """The signature of each member of an article's story, by its place."""
        begin, end = np.searchsorted(self._articles, [article, article + 1])
        found: dict[int, dict[int, int]] = {}
        for row in self._by_article[begin:end]:
            _, member, length = map(int, self.owners[row])
            found.setdefault(member, {})[int(self.hashes[row])] = length
        return found
