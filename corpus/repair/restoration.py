"""Computes the likeliest text of a run that was decoded one byte off, given where its bytes were shifted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from corpus.repair.cost import TextCost
from corpus.repair.gbk import (
    NO_LEAD,
    TRAILS,
    GbkCharacter,
    characters_between,
    decode_pair,
    decode_pairs,
    is_ascii_trail,
    join_model_text,
    with_reading,
)
from corpus.repair.language_model import LanguageModel, PageStatistics, model_text
from corpus.repair.pinyin_notes import AnnotatedCharacter, has_reading

MARGINS = {"fold": 7.0, "note": 4.0, "byte": 16.0}
"""How much better than the text received a restored run must be, in nats, by the kind of damage."""

# All in nats.
_MAX_MEAN_COST = 9.5  # of the characters of a restored run
_RARE_CHARACTER = 7.0  # what one of them may cost more
_READING_AGREES = 8.0  # gained if a note agrees with the character in front of it, lost if it does not
_MAX_LOSS = 20.0  # by which shifted pairs may be worse than the text received, if the shift fills its run
_MAX_LOSS_EARLY = 5.0  # and if the shift ends before its run
_MAX_HEADS = 8  # first characters of a short run that are tried
_MAX_TAILS = 24  # last characters that are tried with each of them


@dataclass(frozen=True, slots=True)
class RestoredRun:
    """What `characters[start:end]` of a line were before they were damaged.

    Attributes:
        text: the original text.
        gain: how much better it is than the text received, in nats beyond the margin.
        rule: the kind of damage: fold, note or byte.
    """

    start: int
    end: int
    text: str
    gain: float
    rule: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A hypothesis on where the bytes of a run were shifted.

    Attributes:
        rule: the kind of damage: fold, note or byte.
        start: the first character that is replaced.
        run, end: `characters[run:end]` were decoded one byte off.
        heads: the characters that the damaged one may have been.
        rest: the bytes behind it; the last one has no partner.
    """

    rule: str
    start: int
    run: int
    end: int
    heads: tuple[GbkCharacter, ...]
    rest: bytes


@dataclass(slots=True)
class Budget:
    """The number of restorations that may still be computed for a page."""

    left: int


class LineRestorer:
    """Restores runs of one line."""

    def __init__(
        self,
        characters: Sequence[AnnotatedCharacter],
        language: LanguageModel,
        page: PageStatistics,
        budget: Budget,
    ) -> None:
        self.characters = characters
        self.language = language
        self.budget = budget
        # One character for the language model for each character of the line.
        self.text = "".join(model_text(character.text) or " " for character in characters)
        self._cost = TextCost(language, page)

    def received_costs(self, start: int, end: int) -> list[float]:
        """Compute the costs of `characters[start:end]` as received, in nats."""
        return self.language.costs(self.text[start:end], self._before(start))

    def restore(self, shift: Shift) -> Iterator[RestoredRun]:
        """Compute the best text of a shift that ends with its run, and of one that may have ended before."""
        pairs = decode_pairs(shift.rest)
        received = self.received_costs(shift.run, shift.end)
        middle = self.language.costs(join_model_text(pairs), "\n\n")
        won = list(accumulate(map(sub, received[len(received) - len(pairs) :], middle)))
        if not won or won[-1] > -_MAX_LOSS:
            yield from self._restore_until(shift, shift.end, pairs)
        if len(won) > 1:
            early = max(range(1, len(won)), key=lambda count: won[count - 1])
            if won[early - 1] > -_MAX_LOSS_EARLY:
                yield from self._restore_until(shift, shift.end - (len(pairs) - early), pairs[:early])

    def replace(self, start: int, end: int, known: tuple[GbkCharacter, ...]) -> Iterator[RestoredRun]:
        """Replace `characters[start:end]` by the likeliest of some known characters."""
        if not known:
            return
        context, follows = self._before(start), self._after(end)
        best = min(known, key=lambda one: self._cost.character_cost(one, context, follows))
        was = sum(self.language.costs(self.text[start:end] + follows, context))
        gain = was - self._cost.character_cost(best, context, follows) + _READING_AGREES - MARGINS["note"]
        yield RestoredRun(start, end, best.written, gain, "note")

    def _restore_until(
        self, shift: Shift, end: int, pairs: tuple[GbkCharacter, ...]
    ) -> Iterator[RestoredRun]:
        """Compute the best text of a shift that ends before `characters[end]`.

        The byte behind `pairs` has no partner.
        """
        tails, after, evidence = self._last_characters(shift, end, shift.rest[2 * len(pairs)])
        if not shift.heads or not tails:
            return
        self.budget.left -= 1
        context, middle = self._before(shift.start), join_model_text(pairs)
        follows, cost_of, bonus_of = self._after(after), self._cost.character_cost, self._cost.page_bonus
        first = sorted(shift.heads, key=lambda head: cost_of(head, context, middle[:2]))[:_MAX_HEADS]
        if len(middle) >= 2:
            del first[1:]
            tails = (min(tails, key=lambda tail: cost_of(tail, middle, follows)),)
        else:
            ending = sorted(tails, key=lambda tail: cost_of(tail, "\n\n" + middle, follows))
            tails = tuple(ending[:_MAX_TAILS])
        cost, head, tail = min(
            (
                (cost_of(head, context, middle + tail.model_text + follows) - bonus_of(tail), head, tail)
                for head in first
                for tail in tails
            ),
            key=lambda found: found[0],
        )
        restored = head.model_text + middle + tail.model_text
        if self._cost.cost(restored, context) > _MAX_MEAN_COST * len(restored) + _RARE_CHARACTER:
            return
        was = self.language.costs(self.text[shift.start : after] + follows, context)
        text = head.written + "".join(pair.written for pair in pairs) + tail.written
        yield RestoredRun(
            shift.start, after, text, sum(was) - cost + evidence - MARGINS[shift.rule], shift.rule
        )

    def _last_characters(
        self, shift: Shift, end: int, last: int
    ) -> tuple[tuple[GbkCharacter, ...], int, float]:
        """Find which character the last byte, which has no partner, may have begun.

        Returns:
            The characters it may be, the index behind it, and what a note adds to the gain.
        """
        if end < shift.end:  # behind a byte that begins no pair, and is dropped, pairs are right again
            return characters_between((last,), (NO_LEAD,)), end, 0.0
        if last < 0x80:
            return (GbkCharacter(chr(last), model_text(chr(last))),), end, 0.0
        closing = self.characters[end - 1] if end > shift.run else None
        following = self.characters[end] if end < len(self.characters) else None
        anything = characters_between((last,), TRAILS)
        if closing is not None and closing.reading is not None:
            if has_reading(closing.text, closing.reading):
                return anything, end, -_READING_AGREES
            fitting = with_reading(anything, closing.reading)
            return fitting or anything, end, _READING_AGREES if fitting else 0.0
        if following is not None and is_ascii_trail(following.text):
            tail = decode_pair(last, ord(following.text))
            if following.reading is None:
                return (tail,), end + 1, 0.0
            return (
                (tail,),
                end + 1,
                _READING_AGREES * (1 if has_reading(tail.written, following.reading) else -1),
            )
        return anything, end, 0.0

    def _before(self, index: int) -> str:
        return ("\n\n" + self.text[max(0, index - 2) : index])[-2:]

    def _after(self, index: int) -> str:
        return (self.text[index : index + 2] + "\n\n")[:2]
