"""Growth: what one more article costs in an index of few and of many.

`python -m benchmarks.growth NEWS.jsonl.gz [N …]` takes lines of {"text"}. The vectors are synthetic:
embedding tens of thousands of passages takes hours and is no part of what is asked here.
"""

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from retrieval.encoder import Embedding, Floats
from retrieval.refresh import refresh
from retrieval.show import table

SIZES = (5, 1_000, 5_000, 20_000)
ROUNDS = 8
NEW = "第{0}号公园建成\n\n丁香镇第{0}号公园昨日建成,面积{0}亩。居民都说,散步更方便了,这里第{0}次办了花展。"


class SyntheticEncoder:
    """Vectors of the right shape out of a pool, chosen by the text."""

    name = "synthetic"
    dimension = 384

    def __init__(self, characters: float = 2) -> None:
        """A token for every so many characters."""
        self._characters = characters
        pool = np.random.default_rng(0).normal(size=(4_096, self.dimension)).astype(np.float32)
        self._pool: Floats = pool / np.linalg.norm(pool, axis=1, keepdims=True)

    def encode_passages(self, texts: Sequence[str]) -> list[Embedding]:
        """Their token vectors and, the first of them, their own."""
        return [self._embedding(text) for text in texts]

    def encode_question(self, text: str) -> Embedding:
        """As passages."""
        return self._embedding(text)

    def _embedding(self, text: str) -> Embedding:
        starts = np.arange(0, max(1, len(text)), self._characters).astype(np.int64)
        rows = (crc32(text.encode()) + 2_654_435_761 * starts) % len(self._pool)
        offsets = np.stack([starts, starts + 2], axis=1).astype(np.int32)
        return Embedding(self._pool[rows[0]], self._pool[rows], offsets)


def measure(texts: Sequence[str], scratch: Path) -> list[str]:
    """A row: first indexing, then the seconds of adding one article, several times over."""
    reports, index, encoder = scratch / "reports", scratch / "index", SyntheticEncoder()
    reports.mkdir()
    for number, text in enumerate(texts):
        (reports / f"{number:06}.txt").write_text(text, encoding="utf-8")
    built = refresh(reports, index, encoder=encoder)
    time.sleep(3)  # so that the files count as settled
    idle = refresh(reports, index, encoder=encoder)
    seconds = []
    for number in range(ROUNDS):
        (reports / f"new-{number}.txt").write_text(NEW.format(number + 3), encoding="utf-8")
        seconds.append(refresh(reports, index, encoder=encoder).seconds)
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return [
        f"{len(texts):,}",
        f"{built.passages:,}",
        f"{built.seconds:.1f}",
        f"{idle.seconds:.2f}",
        f"{np.median(seconds):.2f}",
        f"{max(seconds):.2f}",
        f"{size / built.passages / 1024:.0f}",
    ]


def main(data: Path, sizes: Sequence[int]) -> None:
    """Print the table."""
    with gzip.open(data, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line, _ in zip(file, range(max(sizes)), strict=False)]
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            rows.append(measure(texts[:size], Path(scratch)))
    heads = ["articles", "passages", "first s", "idle s", "one more s", "worst s", "KB/passage"]
    print(table([heads, *rows]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]] or SIZES)
