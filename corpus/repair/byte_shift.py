"""Restoring runs that were read one byte off, from the bytes they were made of.

In GBK a Chinese character is a pair of bytes. A converter that looks for patterns in the bytes without
heeding where pairs begin finds some across two characters and breaks both:

- a *fold* of full-width signs, where one byte of `A3 A1` (！) ends a character and the other begins the
  next: `。”馬` is `A1 A3 | A1 B1 | F1 52`, in which `A3 A1` becomes `!`, the `A1` before it is lost, and
  what follows is read as `B1 F1 | 52`, `!瘪R`;
- a *note* behind a character found across two: `當地` is `AE 94 | B5 D8`, in which `94 B5` is 數, whose
  note makes it `AE 94 | B5 (shù) D8 ..`; the `B5` and the bracket become `?`;
- a byte lost for reasons unknown.

From there pairs are read shifted by one until a sign of one byte ends the run. To restore it the bytes
received are put behind each byte that may have been lost and read again; `corpus.repair.language_model` tells
which reading is language, and whether any is so much more than what was received that it must be right.
The byte that pairs with the sign at the end of a run is that sign, if it can be one (`52` above), or was
lost too, and the note behind it may tell which it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from corpus.repair.cost import TextCost
from corpus.repair.gbk import (
    LEADS,
    NO_LEAD,
    TRAILS,
    GbkCharacter,
    characters_between,
    decode_pair,
    decode_pairs,
    encode_character,
    is_ascii_trail,
    join_model_text,
    until_ascii_trail,
    with_reading,
)
from corpus.repair.language_model import LanguageModel, PageStatistics, model_text
from corpus.repair.pinyin_notes import AnnotatedCharacter, has_reading
from corpus.repair.spans import FOLDED, candidate_runs, is_cut
from corpus.text.normalize import is_traditional

_FULL_WIDTH = 0xA3  # the first byte of every full-width sign; the second is the half-width sign + 80
# In nats: how much better than what was received a restored run must read.
_MARGIN = {"fold": 7.0, "note": 4.0, "byte": 16.0}
_POOREST = 9.5  # the most that the characters of a restored run may cost on the average
_RARE = 7.0  # and one of them more
_READ_RIGHT = 8.0  # what a note is worth that agrees, or does not, with the character before it
_HOPELESS = 20.0  # how much worse the pairs of a shift may read than what was received
_HOPELESS_EARLY = 5.0  # and those of a shift that ends before its run
_MOST_TRIES = 2_000  # readings of a page that are tried to the end; a damaged report takes some hundreds
_HEADS = 8  # how many first characters of a short run are tried
_TAILS = 24  # with how many last ones


@dataclass(frozen=True, slots=True)
class RestoredRun:
    """`signs[start:end]` of a line read `text` before they were damaged.

    `gain` says in nats how surely, 0 being just enough.
    """

    start: int
    end: int
    text: str
    gain: float
    rule: str


@dataclass(frozen=True, slots=True)
class _Shift:
    """A run from where its bytes went astray: any of `heads`, then `rest`, whose last byte has no partner.

    It replaces signs from `start` on; `signs[run:end]` are those that were read shifted.
    """

    rule: str
    start: int
    run: int
    end: int
    heads: tuple[GbkCharacter, ...]
    rest: bytes


@dataclass(slots=True)
class _Budget:
    """How many readings of a page may still be tried to the end."""

    left: int


def restore_runs(
    lines: Sequence[Sequence[AnnotatedCharacter]], language: LanguageModel, page: PageStatistics
) -> list[list[RestoredRun]]:
    """The runs of each line that were read shifted, in order."""
    tries = _Budget(_MOST_TRIES)
    return [_restore(_Line(signs, language, page, tries), signs) for signs in lines]


def _restore(line: "_Line", signs: Sequence[AnnotatedCharacter]) -> list[RestoredRun]:
    found = []
    for start, end in candidate_runs(signs):
        if line.tries.left <= 0:
            break
        best = max(line.readings(start, end), key=lambda restored: restored.gain, default=None)
        if best is not None and best.gain >= 0:
            found.append(best)
    return found


class _Line:
    """A line whose runs are read again."""

    def __init__(
        self,
        signs: Sequence[AnnotatedCharacter],
        language: LanguageModel,
        page: PageStatistics,
        tries: _Budget,
    ) -> None:
        self._signs = signs
        self._language = language
        self._text_cost = TextCost(language, page)
        self.tries = tries
        # One character for each sign, with the line's ends as context around them.
        self._read = "".join(model_text(sign.character) or " " for sign in signs)

    def readings(self, start: int, end: int) -> Iterator[RestoredRun]:
        """What the run of signs may have been."""
        codes = b"".join(encode_character(sign.character) for sign in self._signs[start:end])
        before = self._signs[start - 1] if start else None
        whole = until_ascii_trail(codes)
        if before is not None and before.reading is None and before.character in FOLDED:
            rest = bytes([ord(before.character) + 0x80]) + whole
            heads = characters_between(LEADS, (_FULL_WIDTH,))
            yield from self._unshift(_Shift("fold", start - 1, start, start + len(whole) // 2, heads, rest))
        elif before is not None and is_cut(before):
            yield from self._cut_alone(start - 1, start, whole[:1])
        if before is not None and is_cut(before) and whole:
            heads = characters_between(self._leads(start - 1), (codes[0],))
            shift = _Shift("note", start - 1, start, start + len(whole) // 2, heads, whole[1:])
            yield from self._unshift(shift)
        while codes:
            part = until_ascii_trail(codes)
            yield from self._lost(start, part)
            start += len(part) // 2
            codes = codes[len(part) :]

    def _leads(self, index: int) -> Sequence[int]:
        """The first bytes that the note of the cut sign may have cut off: it is another character's."""
        codes = encode_character(self._signs[index - 1].character) if index else b""
        note = self._signs[index].reading
        if not codes or note is None:
            return LEADS
        fitting = [lead for lead in LEADS if has_reading(decode_pair(codes[1], lead).written, note)]
        converted = [lead for lead in fitting if is_traditional(decode_pair(codes[1], lead).written)]
        return tuple(converted or fitting) or LEADS

    def _cut_alone(self, index: int, end: int, codes: bytes) -> Iterator[RestoredRun]:
        """A character whose second byte is the letter behind the cut, or lost: all is well behind it."""
        following = self._signs[end] if end < len(self._signs) else AnnotatedCharacter("", "")
        leads, note = self._leads(index), following.reading
        if codes:
            yield from self._best(index, end, characters_between(leads, (NO_LEAD,)))
        elif not following.character and note is not None:
            yield from self._best(index, end + 1, with_reading(characters_between(leads, TRAILS), note))
        elif is_ascii_trail(following.character):
            known = characters_between(leads, (ord(following.character),))
            yield from self._best(index, end + 1, with_reading(known, note) or known)
        else:
            yield from self._best(index, end, characters_between(leads, TRAILS))

    def _best(self, start: int, end: int, known: tuple[GbkCharacter, ...]) -> Iterator[RestoredRun]:
        """The likeliest of some characters instead of the signs."""
        if not known:
            return
        context, follows = self._before(start), self._after(end)
        best = min(known, key=lambda one: self._text_cost.choice(one, context, follows))
        was = sum(self._language.costs(self._read[start:end] + follows, context))
        gain = was - self._text_cost.choice(best, context, follows) + _READ_RIGHT - _MARGIN["note"]
        yield RestoredRun(start, end, best.written, gain, "note")

    def _lost(self, start: int, codes: bytes) -> Iterator[RestoredRun]:
        """A byte lost where the reading received turns worse than the shifted one."""
        pairs = decode_pairs(codes[1:])
        end = start + len(codes) // 2
        received = self._language.costs(self._read[start:end], self._before(start))
        shifted = self._language.costs(join_model_text(pairs), "\n\n")
        best, most, gain = len(pairs), 0.0, 0.0  # from which pair on how much is won by reading them
        for index in reversed(range(len(pairs))):
            gain += received[index + 1] - shifted[index]
            if gain > most:
                best, most = index, gain
        letter = is_ascii_trail(self._read[end : end + 1])
        if most < _MARGIN["byte"] and not letter:
            return
        for index in range(max(0, best - 1), min(best + 2, len(pairs) + 1)):
            lead, rest = codes[2 * index], codes[2 * index + 1 :]
            if rest[0] < 0x80:  # nothing would be read shifted
                continue
            begin = start + index
            for heads in (characters_between(LEADS, (lead,)), characters_between((lead,), TRAILS)):
                yield from self._unshift(_Shift("byte", begin, begin, end, heads, rest))

    def _unshift(self, shift: _Shift) -> Iterator[RestoredRun]:
        """The best readings of the shift to its last byte, and to where else it may have ended."""
        pairs = decode_pairs(shift.rest)
        received = self._language.costs(self._read[shift.run : shift.end], self._before(shift.run))
        middle = self._language.costs(join_model_text(pairs), "\n\n")
        won = list(accumulate(map(sub, received[len(received) - len(pairs) :], middle)))
        if not won or won[-1] > -_HOPELESS:
            yield from self._ended(shift, shift.end, pairs)
        if len(won) > 1:
            early = max(range(1, len(won)), key=lambda count: won[count - 1])
            if won[early - 1] > -_HOPELESS_EARLY:
                yield from self._ended(shift, shift.end - (len(pairs) - early), pairs[:early])

    def _ended(self, shift: _Shift, end: int, pairs: tuple[GbkCharacter, ...]) -> Iterator[RestoredRun]:
        """The best reading of a shift that ends before `signs[end]`, the byte behind `pairs` left over."""
        tails, after, evidence = self._tails(shift, end, shift.rest[2 * len(pairs)])
        if not shift.heads or not tails:
            return
        self.tries.left -= 1
        context, middle = self._before(shift.start), join_model_text(pairs)
        follows, choice, native = self._after(after), self._text_cost.choice, self._text_cost.native
        first = sorted(shift.heads, key=lambda head: choice(head, context, middle[:2]))[:_HEADS]
        if len(middle) >= 2:
            del first[1:]
            tails = (min(tails, key=lambda tail: choice(tail, middle, follows)),)
        else:
            ending = sorted(tails, key=lambda tail: choice(tail, "\n\n" + middle, follows))
            tails = tuple(ending[:_TAILS])
        cost, head, tail = min(
            (
                (choice(head, context, middle + tail.read + follows) - native(tail), head, tail)
                for head in first
                for tail in tails
            ),
            key=lambda found: found[0],
        )
        restored = head.read + middle + tail.read
        if self._text_cost.cost(restored, context) > _POOREST * len(restored) + _RARE:
            return
        was = self._language.costs(self._read[shift.start : after] + follows, context)
        text = head.written + "".join(pair.written for pair in pairs) + tail.written
        yield RestoredRun(
            shift.start, after, text, sum(was) - cost + evidence - _MARGIN[shift.rule], shift.rule
        )

    def _tails(self, shift: _Shift, end: int, last: int) -> tuple[tuple[GbkCharacter, ...], int, float]:
        """What the left-over byte may have begun, where that ends, and what a note says for it."""
        if end < shift.end:  # pairs are right again behind a byte that begins none, and is dropped
            return characters_between((last,), (NO_LEAD,)), end, 0.0
        if last < 0x80:
            return (GbkCharacter(chr(last), model_text(chr(last))),), end, 0.0
        closing = self._signs[end - 1] if end > shift.run else None
        following = self._signs[end] if end < len(self._signs) else None
        anything = characters_between((last,), TRAILS)
        if closing is not None and closing.reading is not None:
            if has_reading(closing.character, closing.reading):
                return anything, end, -_READ_RIGHT
            fitting = with_reading(anything, closing.reading)
            return fitting or anything, end, _READ_RIGHT if fitting else 0.0
        if following is not None and is_ascii_trail(following.character):
            tail = decode_pair(last, ord(following.character))
            if following.reading is None:
                return (tail,), end + 1, 0.0
            return (tail,), end + 1, _READ_RIGHT * (1 if has_reading(tail.written, following.reading) else -1)
        return anything, end, 0.0

    def _before(self, index: int) -> str:
        return ("\n\n" + self._read[max(0, index - 2) : index])[-2:]

    def _after(self, index: int) -> str:
        return (self._read[index : index + 2] + "\n\n")[:2]
