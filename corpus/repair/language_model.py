"""Measures how well a text reads as Chinese, by how often its characters follow one another in news.

The statistics, written by `python -m benchmarks.repair_model`, are one compressed NumPy archive of costs:

- `characters`: the code points counted, in simplified script, with every digit as 0 and every Latin letter
  as a; the index of a character in it is its code;
- `single`: the cost of each character alone;
- `pair_gaps`, `pair_costs`: the ascending keys `first << 13 | second` of the frequent pairs, as the byte
  planes of the differences between consecutive keys, and the cost of the second character behind the first;
- `triple_gaps`, `triple_costs`: the same for the third of three characters, keys `pair << 13 | third`.

A cost is the negative natural logarithm of a relative frequency, in sixteenths. A pair or triple that is not
listed takes the cost of the shorter context, plus the cost of the share that the listed ones leave over
(back-off with absolute discounting: Katz, 1987, https://doi.org/10.1109/TASSP.1987.1165125).
"""

import io
import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus.data import read_bytes
from corpus.text.normalize import halfwidth

MODEL_FILE = "repair_language_model.npz.xz"
"""The statistics, among the data of the package."""

CODE_BITS = 13  # of a character's code
COST_STEPS_PER_NAT = 16  # steps of cost in one nat
_LEAST_LEFT = 0.02  # the least share of the characters that are not listed
_UNKNOWN = 16 * COST_STEPS_PER_NAT  # the cost of a character that is not counted
_PRIVATE = 20 * COST_STEPS_PER_NAT  # the cost of a private-use character
_LETTER = re.compile("[A-Za-z]")
_DIGIT = re.compile("[0-9]")
_WORDS = re.compile("[\u4e00-\u9fff]{3,}")
_UNSEEN = -1


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Costs in sixteenths of a nat, by the code of a character, by pairs and by triples of codes.

    `single_left` and `pairs_left` are the costs of all that is not listed behind a character or a pair.
    """

    codes: dict[str, int]
    single: list[int]
    single_left: list[int]
    pairs: dict[int, int]
    pairs_left: dict[int, int]
    triples: dict[int, int]

    def costs(self, text: str, context: str) -> list[float]:
        """Compute the cost of each character behind the two before it.

        Args:
            text: as `model_text` gives it.
            context: what stands in front of the text, as `model_text` gives it; two characters at least.

        Returns:
            Costs in nats.
        """
        known = [self.codes.get(character, _UNSEEN) for character in context[-2:] + text]
        return [
            self._cost(known[index], known[index + 1], known[index + 2], character) / COST_STEPS_PER_NAT
            for index, character in enumerate(text)
        ]

    def _cost(self, first: int, second: int, third: int, character: str) -> int:
        if third == _UNSEEN:
            return _PRIVATE if "\ue000" <= character <= "\uf8ff" else _UNKNOWN
        if second == _UNSEEN:
            return self.single[third]
        context, pair, price = first << CODE_BITS | second, second << CODE_BITS | third, 0
        if first != _UNSEEN:
            found = self.triples.get(context << CODE_BITS | third)
            if found is not None:
                return found
            price = self.pairs_left.get(context, 0)
        found = self.pairs.get(pair)
        return price + (self.single_left[second] + self.single[third] if found is None else found)


@dataclass(frozen=True, slots=True)
class PageStatistics:
    """What is known of the writing of a page.

    Attributes:
        annotated: a converter wrote readings into the page.
        characters: the characters of the page.
        triples: three Chinese characters in a row, as `model_text` gives them.
    """

    annotated: bool
    characters: frozenset[str]
    triples: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[str], *, annotated: bool) -> "PageStatistics":
        """Collect the statistics of the lines of a page."""
        return cls(
            annotated,
            frozenset(character for line in lines for character in line),
            frozenset(
                words[index : index + 3]
                for line in lines
                for words in _WORDS.findall(model_text(line))
                for index in range(len(words) - 2)
            ),
        )


def model_text(text: str) -> str:
    """Normalize a text for the model, character for character."""
    return _LETTER.sub("a", _DIGIT.sub("0", halfwidth(text)))


@cache
def load_language_model() -> LanguageModel:
    """Load the statistics that come with the package."""
    with np.load(io.BytesIO(lzma.decompress(read_bytes(MODEL_FILE)))) as kept:
        characters, single = kept["characters"], kept["single"]
        pairs, pair_costs = _keys(kept["pair_gaps"]), kept["pair_costs"]
        triples, triple_costs = _keys(kept["triple_gaps"]), kept["triple_costs"]
    # The costs of the listed characters in the shorter context, to compute the share that they leave there.
    shorter = pair_costs[np.searchsorted(pairs, triples & ((1 << 2 * CODE_BITS) - 1))]
    contexts, inverse = np.unique(triples >> CODE_BITS, return_inverse=True)
    pairs_left = _left(inverse, triple_costs, shorter, len(contexts))
    return LanguageModel(
        codes={chr(code): index for index, code in enumerate(characters.tolist())},
        single=single.tolist(),
        single_left=_left(
            pairs >> CODE_BITS, pair_costs, single[pairs & ((1 << CODE_BITS) - 1)], len(characters)
        ),
        pairs=dict(zip(pairs.tolist(), pair_costs.tolist(), strict=True)),
        pairs_left=dict(zip(contexts.tolist(), pairs_left, strict=True)),
        triples=dict(zip(triples.tolist(), triple_costs.tolist(), strict=True)),
    )


def _keys(planes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    # (8, keys) bytes -> (keys,) differences -> (keys,) ascending keys
    gaps = np.ascontiguousarray(planes.T).view("<i8")[:, 0]
    return np.cumsum(gaps, dtype=np.int64)


def _left(
    contexts: npt.NDArray[np.int64], costs: npt.NDArray[np.uint8], shorter: npt.NDArray[np.uint8], count: int
) -> list[int]:
    listed, without = (
        np.bincount(contexts, weights=np.exp(-kept / COST_STEPS_PER_NAT), minlength=count)
        for kept in (costs, shorter)
    )
    left = np.maximum(1 - listed, _LEAST_LEFT) / np.maximum(1 - without, _LEAST_LEFT)
    prices: list[int] = np.rint(-COST_STEPS_PER_NAT * np.log(left)).astype(int).tolist()
    return prices
