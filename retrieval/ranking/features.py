"""What a candidate scores, sign by sign."""

from dataclasses import dataclass

from retrieval.index.late_interaction import TokenMatches
from retrieval.ranking.sentences import Closest, Evidence
from retrieval.ranking.weights import Weights

ELSEWHERE = 0.04
"""What a passage loses that speaks of other places than those asked about, three times what mostly lies
between the first and the fifth: it comes behind what may speak of them, and is still there if nothing
does."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what it scored: `score` is the fused one that orders, the others are raw.

    maxsim: mean cosine. pooled: the cosine of its vector with the question's. bm25, spelling: parts of the
    highest possible, by words and by syllables. date: the part of the times asked about that it speaks of,
    see `rank.spoken_of`. elsewhere: whether it speaks of other places. closest: how near its
    closest parts come, for those that are looked at part by part. evidence: its best sentence, for those that
    are read. met: its tokens met with the question's.
    """

    passage: int
    met: TokenMatches
    maxsim: float
    pooled: float
    bm25: float
    spelling: float
    date: float
    elsewhere: bool
    closest: Closest | None = None
    evidence: Evidence | None = None
    score: float = 0.0

    @property
    def answers(self) -> float:
        """The reader's log-odds that it answers; 0 where it was not read."""
        return self.evidence.answers if self.evidence else 0.0

    @property
    def sure(self) -> float:
        """These as far as they count, see `Evidence.sure`."""
        return self.evidence.sure if self.evidence else 0.0


def parts_of(candidate: Ranked, weights: Weights) -> dict[str, float]:
    """What each sign of a candidate adds to its score, by name.

    One that was not looked at has what it would have at most unread: no part is closer than its passage.
    """
    maxsim = candidate.maxsim
    closest = candidate.closest or Closest(maxsim, maxsim, maxsim)
    return {
        "maxsim": weights.maxsim * maxsim,
        "pooled": weights.pooled * candidate.pooled,
        "bm25": weights.lexical * candidate.bm25,
        "spelling": weights.spelling * candidate.spelling,
        "date": weights.date * candidate.date,
        "elsewhere": -ELSEWHERE if candidate.elsewhere else 0.0,
        "closest": sum(weights.closest[part] * near for part, near in closest._asdict().items()),
        "read": weights.read * candidate.sure,
    }


def score_of(candidate: Ranked, weights: Weights) -> float:
    """The score of a candidate: its parts together."""
    return sum(parts_of(candidate, weights).values())
