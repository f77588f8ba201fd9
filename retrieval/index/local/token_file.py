"""Store the token vectors of a segment, one file for each part of them.

```
tokens.uint8      (rows, W) the codes of the vectors, see `quantization.TokenQuantizer`
scales.float16    (rows,)
places.uint16     (rows,) the code point of its passage at which each token begins
lengths.uint8     (rows,) the code points of each token
starts.int64      (P + 1,) the first row of each passage
mean.float32      (D,) the mean of the model's token vectors
```
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.index.late_interaction import TokenMatches, match_tokens
from retrieval.index.local.memory_map import map_array
from retrieval.index.quantization import Bytes, StoredTokens, TokenQuantizer
from retrieval.models.encoder import Floats

CODES = "tokens.uint8"
SCALES = "scales.float16"
PLACES = "places.uint16"
LENGTHS = "lengths.uint8"
STARTS = "starts.int64"
MEAN = "mean.float32"


class TokenWriter:
    """Writes the token vectors of passages, in the order of their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = [(folder / name).open("wb") for name in (CODES, SCALES, PLACES, LENGTHS)]
        self._starts = [0]

    def append(self, tokens: StoredTokens) -> None:
        """Append the token vectors of one passage."""
        parts: tuple[npt.NDArray[Any], ...] = (tokens.codes, tokens.scales, tokens.places, tokens.lengths)
        for file, part in zip(self._files, parts, strict=True):
            file.write(part.tobytes())
        self._starts.append(self._starts[-1] + len(tokens.codes))

    def close(self, quantizer: TokenQuantizer) -> int:
        """Complete the files; returns the number of token vectors."""
        for file in self._files:
            file.close()
        np.asarray(self._starts, np.int64).tofile(self._folder / STARTS)
        quantizer.mean.astype(np.float32).tofile(self._folder / MEAN)
        return self._starts[-1]


class TokenStore:
    """Reads the token vectors of a segment from memory-mapped files.

    Attributes:
        starts: (P + 1,), the first row of each passage.
    """

    def __init__(self, folder: Path, bits: int) -> None:
        self.quantizer = TokenQuantizer(bits, np.fromfile(folder / MEAN, np.float32))
        self.codes: Bytes = map_array(folder / CODES, np.uint8).reshape(-1, self.quantizer.width or 1)
        self.scales: npt.NDArray[np.float16] = map_array(folder / SCALES, np.float16)
        self.places: npt.NDArray[np.uint16] = map_array(folder / PLACES, np.uint16)
        self.lengths: Bytes = map_array(folder / LENGTHS, np.uint8)
        self.starts: npt.NDArray[np.int64] = np.fromfile(folder / STARTS, np.int64)

    def stored(self, passage: int) -> StoredTokens:
        """Return the token vectors of one passage as they are stored."""
        rows = slice(self.starts[passage], self.starts[passage + 1])
        return StoredTokens(self.codes[rows], self.scales[rows], self.places[rows], self.lengths[rows])

    def match_tokens(self, question: Floats, passages: Sequence[int]) -> list[TokenMatches]:
        """Compare a question's tokens, (Q, D), with those of numbered passages."""
        return match_tokens(self.quantizer, question, [self.stored(passage) for passage in passages])
