"""Compare each token of a question with each token of a passage (ColBERT, Khattab & Zaharia 2020)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.index.quantization import StoredTokens, TokenQuantizer
from retrieval.models.encoder import Embedding, Floats, Offsets


@dataclass(frozen=True, slots=True)
class TokenMatches:
    """The cosines of a passage's tokens with a question's tokens.

    Attributes:
        cosines: (T, Q).
        best: (Q,), the highest cosine of each token of the question; 0 in a passage without tokens.
        places: (T,), the code point of the passage at which each of its tokens begins.
        lengths: (T,), the code points of each token of the passage.
        vectors: returns the vectors of the passage's tokens, (T, D).
    """

    cosines: Floats
    best: Floats
    places: npt.NDArray[np.integer[Any]]
    lengths: npt.NDArray[np.integer[Any]]
    vectors: Callable[[], Floats]

    @property
    def offsets(self) -> Offsets:
        """The start and end of each token, in code points of the passage: (T, 2)."""
        places = self.places.astype(np.int32)
        return np.stack([places, places + self.lengths], axis=1)


def match_tokens(
    quantizer: TokenQuantizer, question: Floats, stored: Sequence[StoredTokens]
) -> list[TokenMatches]:
    """Compare a question's tokens, (Q, D), with those of stored passages, in one multiplication."""
    if not stored:
        return []
    codes = np.concatenate([tokens.codes for tokens in stored])  # (sum T, W)
    scales = np.concatenate([tokens.scales for tokens in stored])  # (sum T,)
    cosines = quantizer.cosines(question, codes, scales)  # (sum T, Q)
    lengths = np.asarray([len(tokens.codes) for tokens in stored])  # (passages,)
    best = max_per_run(cosines, lengths)  # (passages, Q)
    ends = np.cumsum(lengths)
    return [
        TokenMatches(
            cosines[end - length : end],
            best[i],
            tokens.places,
            tokens.lengths,
            partial(quantizer.decode, tokens),
        )
        for i, (tokens, end, length) in enumerate(zip(stored, ends, lengths, strict=True))
    ]


def match_embedding(question: Floats, embedding: Embedding) -> TokenMatches:
    """Compare a question's tokens, (Q, D), with those of an encoded passage."""
    cosines = embedding.tokens @ question.T  # (T, Q)
    begins, ends = embedding.offsets.T
    best = max_per_run(cosines, np.asarray([len(cosines)]))[0]
    return TokenMatches(cosines, best, begins, ends - begins, lambda: embedding.tokens)


def max_per_run(cosines: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """Return the maximum of each column in consecutive runs of rows.

    Args:
        cosines: (sum of `lengths`, Q).
        lengths: (R,), the number of rows of each run.

    Returns:
        (R, Q); 0 in a run without rows.
    """
    best = np.zeros((len(lengths), cosines.shape[1]), np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled) and cosines.shape[1]:
        begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])[filled]
        best[filled] = np.maximum.reduceat(cosines, begins, axis=0)
    return best
