"""A question as ranking reads it: its vectors, its terms, and what it asks for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus import far_places_named, places_named
from corpus.text.normalize import compact, fold, is_han
from retrieval.models.encoder import Embedding, Encoder, Offsets
from retrieval.query.answer_type import ExpectedAnswer, expected_answer
from retrieval.query.focus import focus
from retrieval.text.dates import DateMention, dates_in
from retrieval.text.lexicon import lexicon
from retrieval.text.pinyin import syllable_pairs
from retrieval.text.tokenize import terms

ASKING = frozenset(terms(" ".join(lexicon().words("stop_words"))))
"""Terms of words that ask, or only join others; an answer does not repeat them."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, understood as far as no index is needed.

    terms: with repetitions, as `terms.terms` cuts them. says: (Q,), which tokens are of words that do not
    ask; named: (Q,), which are of what it asks about by name (see `focus`). syllables: the pairs in its
    Latin words, which may be pinyin. places: of Chongqing, folded, without 区 or 街道. far_places: well-known
    others, each by all its names, the one it is called by first. han: whether it is in
    Chinese.
    """

    text: str
    embedding: Embedding
    terms: tuple[str, ...]
    says: npt.NDArray[np.bool_]
    syllables: tuple[str, ...]
    asked: ExpectedAnswer
    named: npt.NDArray[np.bool_]
    dates: tuple[DateMention, ...]
    places: tuple[str, ...]
    far_places: tuple[tuple[str, ...], ...]
    han: bool


def understand(text: str, encoder: Encoder) -> Question:
    """Read a question and encode it."""
    latin = "".join(char if not is_han(char) else "，" for char in text)
    embedding = encoder.encode_question(text)
    start, end = focus(text) or (0, 0)
    return Question(
        text,
        embedding,
        tuple(terms(text)),
        _says(fold(text), embedding.offsets),
        tuple(syllable_pairs(latin)),
        expected_answer(text),
        (embedding.offsets[:, 0] < end) & (embedding.offsets[:, 1] > start),
        dates_in(text),
        places_named(text),
        far_places_named(text),
        any(map(is_han, text)),
    )


def _says(folded: str, offsets: Offsets) -> npt.NDArray[np.bool_]:
    """Which tokens are no part of a word that asks, nor punctuation: (Q,); all where none would be left."""
    words = [compact(folded[start:end]) for start, end in offsets.tolist()]
    found = np.asarray([bool(word) and not _asks(word) for word in words], np.bool_)
    return found if found.any() else np.ones(len(words), np.bool_)


def _asks(word: str) -> bool:
    if is_han(word[0]):
        return any(word in term for term in ASKING)  # a token may be a part of a term
    return word in ASKING
