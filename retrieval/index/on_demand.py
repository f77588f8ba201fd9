"""Compute the token vectors of passages when they are needed, for an index that stores none."""

from collections.abc import Sequence

from cachetools import LRUCache

from retrieval.index.late_interaction import TokenMatches, match_embedding
from retrieval.models.encoder import Embedding, Encoder, Floats

CACHED_PASSAGES = 500
"""The number of passages whose token vectors are kept in memory."""


class OnDemandTokens:
    """Encodes passages to compare them with questions; threads must not share it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._cache: LRUCache[str, Embedding] = LRUCache(CACHED_PASSAGES)

    def match_tokens(self, question: Floats, texts: Sequence[str]) -> list[TokenMatches]:
        """Compare a question's tokens, (Q, D), with those of passages, given by their texts."""
        cached = {text: self._cache[text] for text in texts if text in self._cache}
        missing = [text for text in dict.fromkeys(texts) if text not in cached]
        encoded = dict(zip(missing, self._encoder.encode_passages(missing), strict=True)) if missing else {}
        self._cache.update(encoded)
        embeddings = cached | encoded
        return [match_embedding(question, embeddings[text]) for text in texts]
