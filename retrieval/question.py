"""A question as ranking reads it: its vectors, its terms, and what it asks for."""

from dataclasses import dataclass

from corpus import places_named
from retrieval.dates import DateMention, dates_in
from retrieval.encoder import Embedding, Encoder
from retrieval.fold import is_han
from retrieval.kinds import Asked, asked
from retrieval.pinyin import spelled
from retrieval.terms import terms


@dataclass(frozen=True, slots=True)
class Question:
    """One question, understood as far as no index is needed.

    terms: with repetitions, as `terms.terms` cuts them. syllables: the pairs in its Latin words, which may be
    pinyin. places: of Chongqing, folded, without 区 or 街道. han: whether it is in Chinese.
    """

    text: str
    embedding: Embedding
    terms: tuple[str, ...]
    syllables: tuple[str, ...]
    asked: Asked
    dates: tuple[DateMention, ...]
    places: tuple[str, ...]
    han: bool


def understand(text: str, encoder: Encoder) -> Question:
    """Read a question and encode it."""
    latin = "".join(char if not is_han(char) else "，" for char in text)
    return Question(
        text,
        encoder.encode_question(text),
        tuple(terms(text)),
        tuple(spelled(latin)),
        asked(text),
        dates_in(text),
        places_named(text),
        any(map(is_han, text)),
    )
