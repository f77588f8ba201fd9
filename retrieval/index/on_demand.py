"""Token vectors of an index that stores none: computed for the passages that come near, and remembered."""

from collections import OrderedDict
from collections.abc import Sequence

from retrieval.index.late_interaction import Met, met
from retrieval.models.encoder import Embedding, Encoder, Floats

REMEMBERED = 500
"""Passages whose token vectors are kept in memory, some 300 KB each."""


class Unstored:
    """Meets questions with passages by encoding these; safe for one thread at a time."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: OrderedDict[str, Embedding] = OrderedDict()

    def meet(self, question: Floats, texts: Sequence[str]) -> list[Met]:
        """A question's tokens, (Q, D), with those of passages."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode_passages(new), strict=True))
        found = [met(question, self._known[text]) for text in texts]
        for text in texts:
            self._known.move_to_end(text)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found
