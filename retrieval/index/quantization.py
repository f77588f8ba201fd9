"""Quantize the vectors of an index: token vectors to 2 or 4 bits a component, passage vectors to a byte.

The parameters depend on the model alone and not on the reports, so merging segments loses nothing.
"""

from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from retrieval.models.encoder import Embedding, Encoder, Floats

Bytes = npt.NDArray[np.uint8]
Halves = npt.NDArray[np.float16]

BITS = (2, 4, 0)
"""The bits that a component of a token vector may have, the default first; 0 stores no token vectors."""

STEPS = {4: 0.335, 2: 0.996}
"""The distance between two levels, by the bits of a component, in standard deviations of the components.

These distances lose least if the components are normally distributed (Max 1960).
"""

LONGEST_TOKEN = 255
"""The largest length of a token, in code points, that is stored; longer tokens are cut to it."""

HEADROOM = 2.0
"""The largest component of a passage's vector, as a multiple of the largest one of `SAMPLE`."""

UNIT_TOLERANCE = 0.02
"""How far the length of a passage's vector may differ from 1 after quantization."""

SAMPLE = (
    "本报讯（记者 张华）昨日上午，全市城市更新工作推进会召开，会议要求各单位提高认识，抓紧落实。",
    "春天来了，公园里的花都开了，老人们坐在树下聊天，孩子们在草地上奔跑。",
    "据介绍，该项目总投资3.2亿元，占地约45亩，预计2024年6月底前完工，建成后可提供1200个就业岗位。",
    "“我们村的路修好了，水果再也不愁卖。”村民李大爷笑着说，去年全家收入超过8万元。",
    "研究人员发现，这种鱼主要生活在水深二十米左右的海域，以小型甲壳类动物为食。",
    "他一八九二年出生于江苏，早年留学日本，回国后在大学任教，著有《中国文学史》等书。",
    "下一步，将围绕民生实事，组织委员深入基层调研，听取群众意见，形成提案并督促办理。",
    "The new line will carry 30,000 passengers a day, the company said, and open to the public next spring.",
)
"""Sentences in the style of newspapers and encyclopedias, on which the vectors of a model are measured."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How an index codes vectors.

    Attributes:
        tokens: Codes token vectors.
        largest: The largest absolute component of passage vectors that a byte can express.
    """

    tokens: "TokenQuantizer"
    largest: float

    @classmethod
    def fit(cls, encoder: Encoder, bits: int) -> Self:
        """Measure the vectors of a model on `SAMPLE`."""
        sample = encoder.encode_passages(SAMPLE)
        tokens = np.concatenate([embedding.tokens for embedding in sample])  # (T, D)
        mean = tokens.mean(axis=0, dtype=np.float64).astype(np.float32)  # (D,)
        peak = max(float(np.abs(embedding.vector).max()) for embedding in sample)
        return cls(TokenQuantizer(bits, mean), HEADROOM * peak)

    def empty_index(self) -> Any:
        """Make an empty FAISS index that compares every vector and stores each component in a byte."""
        index = faiss.IndexScalarQuantizer(
            len(self.tokens.mean), faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT
        )
        faiss.copy_array_to_vector(
            np.asarray([-self.largest, 2 * self.largest], np.float32), index.sq.trained
        )
        index.is_trained = True
        return index

    def round_trip(self, vector: Floats) -> Floats:
        """Code a passage's vector, (D,), and decode it, so that all backends compare the same vector."""
        index = self.empty_index()
        index.add(vector[None].astype(np.float32))
        decoded: Floats = decode_vectors(index)[0]
        return decoded


def largest_component(dense: Any) -> float:
    """Return the `Codec.largest` of an index made by `Codec.empty_index`."""
    return float(-faiss.vector_to_array(dense.sq.trained)[0])


def decode_vectors(dense: Any) -> Floats:
    """Return all vectors of an index made by `Codec.empty_index`: (P, D)."""
    decoded: Floats = dense.reconstruct_n(0, dense.ntotal)
    return decoded


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """The coded token vectors of one passage, which can be copied without loss.

    Attributes:
        codes: (T, W), several components in a byte.
        scales: (T,), by which the levels of each vector are multiplied.
        places: (T,) uint16, the code point of the passage at which each token begins.
        lengths: (T,), the code points of each token.
    """

    codes: Bytes
    scales: Halves
    places: npt.NDArray[np.uint16]
    lengths: Bytes


@dataclass(frozen=True, slots=True)
class TokenQuantizer:
    """Codes how token vectors differ from their mean, with a scale for each vector.

    The scale makes the product of a difference with its own code exact, so that cosines are not biased
    (RaBitQ, Gao & Long 2024).

    Attributes:
        bits: Bits of a component; with 0 no token vectors are stored.
        mean: (D,), the mean of the model's token vectors.
    """

    bits: int
    mean: Floats

    @property
    def width(self) -> int:
        """The number of bytes of a coded vector."""
        return -(-len(self.mean) * self.bits // 8)

    @property
    def _levels(self) -> int:
        return 1 << self.bits

    @property
    def _middle(self) -> float:
        """The number subtracted from levels to center them on 0."""
        return (self._levels - 1) / 2

    @property
    def _parts(self) -> int:
        """The number of components in a byte: component d shares one with d + width, d + 2 * width, …"""
        return 8 // self.bits

    def encode(self, embedding: Embedding) -> StoredTokens:
        """Code the token vectors of a passage."""
        offsets = embedding.offsets[: len(embedding.tokens) if self.bits else 0]
        return StoredTokens(
            *self._codes_and_scales(embedding.tokens[: len(offsets)]),
            offsets[:, 0].astype(np.uint16),
            np.minimum(offsets[:, 1] - offsets[:, 0], LONGEST_TOKEN).astype(np.uint8),
        )

    def decode(self, stored: StoredTokens) -> Floats:
        """Return the token vectors of a passage: (T, D)."""
        split = [self._level_of_part(stored.codes, part) for part in range(self._parts)]  # each (T, W)
        level = np.concatenate(split, axis=1)[:, : len(self.mean)].astype(np.float32) - self._middle
        vectors: Floats = level * stored.scales.astype(np.float32)[:, None] + self.mean  # (T, D)
        return vectors

    def cosines(self, question: Floats, codes: Bytes, scales: Halves) -> Floats:
        """Multiply a question's token vectors, rounded to 8 bits, with coded token vectors.

        Args:
            question: (Q, D).
            codes: (T, W).
            scales: (T,).

        Returns:
            (T, Q).
        """
        if not question.size or not codes.size:
            return np.zeros((len(codes), len(question)), np.float32)
        largest = np.abs(question).max(axis=1, keepdims=True, initial=1e-12) / 127  # (Q, 1)
        rounded = np.rint(self._padded(question) / largest).astype(np.int8)  # (Q, parts * W)
        cosines = self._products(rounded, codes)
        cosines -= (rounded.sum(axis=1) * self._middle).astype(np.float32)
        cosines *= scales.astype(np.float32)[:, None]
        cosines *= largest.T
        cosines += question @ self.mean
        return cosines

    def _products(self, rounded: npt.NDArray[np.int8], codes: Bytes) -> Floats:
        """Multiply (Q, parts * W) with the levels in `codes`, (T, W), exactly: (T, Q)."""
        import torch  # not imported at the top: commands that only list reports stay quick

        by_part = rounded.reshape(len(rounded), self._parts, self.width).transpose(1, 2, 0)
        split = torch.from_numpy(by_part.copy())  # (parts, W, Q)
        stored = torch.from_numpy(codes)
        if _multiplies_bytes():
            levels = (self._level_of_part(stored, part).view(torch.int8) for part in range(self._parts))
            products = reduce(torch.Tensor.add_, map(torch._int_mm, levels, split)).float()
        else:  # levels are not shifted within their byte; the question is divided instead: exact in float32
            products = torch.zeros(len(codes), len(rounded))
            for part, of_part in enumerate(split):
                in_byte = stored.bitwise_and((self._levels - 1) << (self.bits * part)).float()
                products.addmm_(in_byte, of_part.float() / 2 ** (self.bits * part))
        multiplied: Floats = products.numpy()
        return multiplied

    def _codes_and_scales(self, tokens: Floats) -> tuple[Bytes, Halves]:
        if not self.bits:
            return np.empty((0, 0), np.uint8), np.empty(0, np.float16)
        difference = self._padded(tokens - self.mean)  # (T, parts * W)
        spread = np.sqrt(np.square(difference).mean(axis=1, keepdims=True)).clip(1e-12)  # (T, 1)
        level = np.floor(difference / (spread * STEPS[self.bits])) + self._levels // 2
        level = level.clip(0, self._levels - 1)  # (T, parts * W)
        product = (difference * (level - self._middle)).sum(axis=1)  # (T,)
        scales = np.square(difference).sum(axis=1) / product.clip(1e-12)
        split = level.astype(np.uint8).reshape(len(tokens), self._parts, self.width)
        codes = np.zeros((len(tokens), self.width), np.uint8)
        for part in range(self._parts):
            codes |= split[:, part] << (self.bits * part)
        return codes, scales.clip(0, np.finfo(np.float16).max).astype(np.float16)

    def _level_of_part(self, codes: Any, part: int) -> Any:
        """Return the levels that one part of each byte holds, of an array or a tensor."""
        return (codes >> (self.bits * part)) & (self._levels - 1)

    def _padded(self, vectors: Floats) -> Floats:
        """Append zeros so that the components fill whole bytes."""
        missing = self.width * self._parts - vectors.shape[1]
        padded: Floats = np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors
        return padded


@cache
def _multiplies_bytes() -> bool:
    """Whether the processor has instructions that multiply bytes; without them torch is much slower."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_vnni", "avx_vnni", "amx_int8"))
