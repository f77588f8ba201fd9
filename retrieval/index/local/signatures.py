"""Store the signatures of a segment's copies, which are used to find duplicates.

```
sentences.uint64    (S,) hashes of sentences, ascending
owners.int32        (S, 3) document, copy, length of the sentence
```
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.text.duplicates import Signature


class SignatureStore:
    """Reads the signatures of a segment."""

    def __init__(self, folder: Path) -> None:
        self.hashes = np.fromfile(folder / "sentences.uint64", np.uint64)
        self.owners = np.fromfile(folder / "owners.int32", np.int32).reshape(-1, 3)
        self._by_document = np.argsort(self.owners[:, 0], kind="stable")  # (S,)
        self._documents = self.owners[self._by_document, 0]  # (S,), ascending

    @staticmethod
    def write(folder: Path, rows: Sequence[tuple[int, int, int, int]]) -> None:
        """Write rows of hash, document, copy, length."""
        ordered = sorted(rows)
        np.asarray([row[0] for row in ordered], np.uint64).tofile(folder / "sentences.uint64")
        np.asarray([row[1:] for row in ordered], np.int32).reshape(-1, 3).tofile(folder / "owners.int32")

    def sharing(self, signature: Signature) -> set[int]:
        """Return the documents with a copy that shares a sentence with a signature."""
        wanted = np.asarray(sorted(signature), np.uint64)
        begins = np.searchsorted(self.hashes, wanted)
        ends = np.searchsorted(self.hashes, wanted, side="right")
        found: set[int] = set()
        for begin, end in zip(begins, ends, strict=True):
            found.update(self.owners[begin:end, 0].tolist())
        return found

    def of_document(self, document: int) -> dict[int, dict[int, int]]:
        """Return the signature of each copy of a document, by the position of the copy."""
        begin, end = np.searchsorted(self._documents, [document, document + 1])
        found: dict[int, dict[int, int]] = {}
        for row in self._by_document[begin:end]:
            _, copy, length = map(int, self.owners[row])
            found.setdefault(copy, {})[int(self.hashes[row])] = length
        return found
