"""Parse a question: its terms, its vectors, what kind of answer it asks for, its dates and places."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus import far_places_named, places_named, units_named
from corpus.text.normalize import compact, fold, is_han
from retrieval.models.encoder import Embedding, Encoder, Offsets
from retrieval.query.answer_type import ExpectedAnswer, expected_answer
from retrieval.query.focus import focus
from retrieval.query.several import asks_of_several
from retrieval.text.dates import DateMention, dates_in
from retrieval.text.lexicon import lexicon
from retrieval.text.pinyin import syllable_pairs
from retrieval.text.tokenize import terms

ASKING = frozenset(terms(" ".join(lexicon().words("stop_words"))))
"""Terms of words that ask, or only join others; an answer does not repeat them."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question: all that can be known of it without an index.

    Attributes:
        text: The question as it was asked.
        folded: The same in simplified script, half-width and lower case, character for character.
        embedding: Its vector and its token vectors, (Q, D).
        terms: Its terms, with repetitions.
        content_tokens: (Q,), which tokens belong to words that do not ask.
        focus_tokens: (Q,), which tokens name what is counted or looked for (see `focus`).
        syllables: Pairs of syllables in its Latin words, which may be pinyin.
        expected: The answer it expects.
        dates: The dates it names.
        places: The districts, streets and towns of Chongqing it names, folded, without 区 or 街道.
        units: Those of them that are streets or towns.
        far_places: Other places it names, each by all its names.
        of_several: Whether it asks what several places or reports say.
        han: Whether it is written in Chinese.
    """

    text: str
    folded: str
    embedding: Embedding
    terms: tuple[str, ...]
    content_tokens: npt.NDArray[np.bool_]
    focus_tokens: npt.NDArray[np.bool_]
    syllables: tuple[str, ...]
    expected: ExpectedAnswer
    dates: tuple[DateMention, ...]
    places: tuple[str, ...]
    units: tuple[str, ...]
    far_places: tuple[tuple[str, ...], ...]
    of_several: bool
    han: bool

    @property
    def has_focus(self) -> bool:
        """Whether the question names what is counted or looked for."""
        return bool(self.focus_tokens.any())


def parse(text: str, encoder: Encoder) -> Query:
    """Parse a question and encode it."""
    folded = fold(text)
    embedding = encoder.encode_question(text)
    start, end = focus(text, folded) or (0, 0)
    latin = "".join(char if not is_han(char) else "，" for char in text)
    return Query(
        text,
        folded,
        embedding,
        tuple(terms(text)),
        _content_tokens(folded, embedding.offsets),
        (embedding.offsets[:, 0] < end) & (embedding.offsets[:, 1] > start),
        tuple(syllable_pairs(latin)),
        expected_answer(folded),
        dates_in(text),
        places_named(text),
        tuple(units_named(text)),
        far_places_named(text),
        asks_of_several(folded),
        any(map(is_han, text)),
    )


def _content_tokens(folded: str, offsets: Offsets) -> npt.NDArray[np.bool_]:
    """Mark the tokens that belong to no asking word and are no punctuation; all where none would be left."""
    words = [compact(folded[start:end]) for start, end in offsets.tolist()]
    found = np.asarray([bool(word) and not _asks(word) for word in words], np.bool_)
    return found if found.any() else np.ones(len(words), np.bool_)


def _asks(word: str) -> bool:
    if is_han(word[0]):
        return any(word in term for term in ASKING)  # a token may be a part of a term
    return word in ASKING
