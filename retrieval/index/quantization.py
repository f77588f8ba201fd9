"""How the vectors of an index are coded: by what the model is like, so that it does not matter what an index
was first made of, and a merge loses nothing."""

from dataclasses import dataclass
from typing import Any, Self

import faiss
import numpy as np

from retrieval.index.late_interaction import Quantiser
from retrieval.models.encoder import Encoder, Floats

BITS = (2, 4, 0)
"""Bits a component of a token vector may have, the first if nothing is said; 0 stores none."""

ROOM = 2.0
"""Components of a passage's vector may be so many times as large as the largest one of the SAMPLE."""

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
"""Sentences such as papers and encyclopedias print, which show what a model's vectors have in common."""


@dataclass(frozen=True, slots=True)
class Codec:
    """tokens: of token vectors. largest: what the components of passage vectors, as bytes, reach to."""

    tokens: Quantiser
    largest: float

    @classmethod
    def of(cls, encoder: Encoder, bits: int) -> Self:
        """For the vectors of a model."""
        seen = encoder.encode_passages(SAMPLE)
        tokens = np.concatenate([embedding.tokens for embedding in seen])  # (T, D)
        mean = tokens.mean(axis=0, dtype=np.float64).astype(np.float32)
        peak = max(float(np.abs(embedding.vector).max()) for embedding in seen)
        return cls(Quantiser(bits, mean), ROOM * peak)

    def dense(self) -> Any:
        """An empty FAISS index: every vector is compared, each component a byte."""
        index = faiss.IndexScalarQuantizer(
            len(self.tokens.mean), faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT
        )
        faiss.copy_array_to_vector(
            np.asarray([-self.largest, 2 * self.largest], np.float32), index.sq.trained
        )
        index.is_trained = True
        return index

    def rounded(self, vector: Floats) -> Floats:
        """A passage's vector, (D,), as an index of `dense` gives it back: what is kept elsewhere is compared
        alike."""
        index = self.dense()
        index.add(vector[None].astype(np.float32))
        found: Floats = vectors(index)[0]
        return found


def reach(dense: Any) -> float:
    """What the components of an index that `Codec.dense` made reach to."""
    return float(-faiss.vector_to_array(dense.sq.trained)[0])


def vectors(dense: Any) -> Floats:
    """All vectors of such an index: (P, D)."""
    found: Floats = dense.reconstruct_n(0, dense.ntotal)
    return found
