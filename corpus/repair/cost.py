"""Computes the cost of a restored text: how unlike language, and unlike the rest of its page, it is."""

from dataclasses import dataclass

from corpus.repair.gbk import GbkCharacter, is_simplified
from corpus.repair.language_model import LanguageModel, PageStatistics

_FAMILIAR = 1.5  # the most that a character costs if it follows the same two characters elsewhere on the page
_STOPS = frozenset("。,、;:!?")
_STOP_AGAIN = 8.0  # the cost of one of these right behind another
_NATIVE = 0.1  # the bonus if the page writes the character elsewhere
_FOREIGN = 4.0  # the malus if the character is of the other script


@dataclass(frozen=True, slots=True)
class TextCost:
    """Computes costs in nats by a language model and the statistics of the page."""

    language: LanguageModel
    page: PageStatistics

    def character_cost(self, one: GbkCharacter, context: str, follows: str) -> float:
        """Compute the cost of one of several characters in its context."""
        return self.cost(one.model_text + follows, context) - self.page_bonus(one)

    def page_bonus(self, one: GbkCharacter) -> float:
        """Compute what the script and the characters of the page add to the likelihood of a character."""
        if one.written in self.page.characters:
            return _NATIVE
        return -_FOREIGN if self.page.annotated and is_simplified(one.written) else 0.0

    def cost(self, text: str, context: str) -> float:
        """Compute the cost of a restored text; words that the page has elsewhere cost little."""
        return sum(self._costs(text, context))

    def _costs(self, text: str, context: str) -> list[float]:
        costs = self.language.costs(text, context)
        whole = context[-2:] + text
        for index, cost in enumerate(costs):
            if whole[index : index + 3] in self.page.triples:
                costs[index] = min(cost, _FAMILIAR)
            elif _STOPS.issuperset(whole[index + 1 : index + 3]):
                costs[index] += _STOP_AGAIN
        return costs
