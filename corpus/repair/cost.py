"""What a restored text costs on its page: how unlike language it is, in nats, beside what the page writes."""

from dataclasses import dataclass

from corpus.repair.gbk import GbkCharacter, is_simplified
from corpus.repair.language_model import LanguageModel, PageStatistics

_FAMILIAR = 1.5  # the most that a character may cost which follows the two before it elsewhere on the page
_STOPS = frozenset("。,、;:!?")
_STOP_AGAIN = 8.0  # what it costs that one of these stands right behind another
_NATIVE = 0.1  # what it is worth that a character is written so elsewhere on the page
_FOREIGN = 4.0  # and what it costs that it is of the other script


@dataclass(frozen=True, slots=True)
class TextCost:
    """A language and a page of it."""

    language: LanguageModel
    page: PageStatistics

    def choice(self, one: GbkCharacter, context: str, follows: str) -> float:
        """What one of several characters costs where it stands."""
        return self.cost(one.read + follows, context) - self.native(one)

    def native(self, one: GbkCharacter) -> float:
        """What speaks for one of several ways to write a character: that the page writes it so."""
        if one.written in self.page.characters:
            return _NATIVE
        return -_FOREIGN if self.page.annotated and is_simplified(one.written) else 0.0

    def cost(self, read: str, context: str) -> float:
        """What a restored text costs, where what stands elsewhere on the page is no surprise."""
        return sum(self._costs(read, context))

    def _costs(self, read: str, context: str) -> list[float]:
        costs = self.language.costs(read, context)
        whole = context[-2:] + read
        for index, cost in enumerate(costs):
            if whole[index : index + 3] in self.page.triples:
                costs[index] = min(cost, _FAMILIAR)
            elif _STOPS.issuperset(whole[index + 1 : index + 3]):
                costs[index] += _STOP_AGAIN
        return costs
