"""Restores runs of characters that were decoded one byte off.

In GBK a Chinese character is a pair of bytes. A converter that searches the bytes for patterns, without
regard to where pairs begin, also finds patterns that span two characters, and breaks both:

- *fold*: a full-width sign is folded to half width where one byte of `A3 A1` (！) ends a character and the
  other begins the next. `。”馬` is `A1 A3 | A1 B1 | F1 52`; its `A3 A1` becomes `!`, the `A1` in front of
  it is lost, and what follows is decoded as `B1 F1 | 52`: `!瘪R`.
- *note*: a reading is written behind a character found across two. `當地` is `AE 94 | B5 D8`; its `94 B5`
  is 數, whose note makes it `AE 94 | B5 (shù) D8 ..`; the `B5` and the bracket become `?`.
- *byte*: a byte is lost for unknown reasons.

From there all pairs are decoded one byte off, until a character of one byte ends the run. A run is restored
by putting its bytes behind each byte that may have been lost, and decoding them again. The language model
(`corpus.repair.language_model`) decides which result is language, and whether it is so much better than the
text received that it must be right. The last byte of the run has no partner: either the character that ends
the run is its second byte (`52` above), or that byte was lost too, and the note behind it may show which
it was.
"""

from collections.abc import Iterator, Sequence

from corpus.repair.gbk import (
    LEADS,
    NO_LEAD,
    TRAILS,
    characters_between,
    decode_pair,
    decode_pairs,
    encode_character,
    is_ascii_trail,
    join_model_text,
    until_ascii_trail,
    with_reading,
)
from corpus.repair.language_model import LanguageModel, PageStatistics
from corpus.repair.pinyin_notes import AnnotatedCharacter, has_reading
from corpus.repair.restoration import MARGINS, Budget, LineRestorer, RestoredRun, Shift
from corpus.repair.spans import FOLDED, candidate_runs, is_cut
from corpus.text.normalize import is_traditional

_FULL_WIDTH = 0xA3  # the first byte of every full-width sign; the second is the half-width sign + 80
_MAX_RESTORATIONS = 2_000  # that are computed in full for a page; a damaged report takes far fewer


def restore_runs(
    lines: Sequence[Sequence[AnnotatedCharacter]], language: LanguageModel, page: PageStatistics
) -> list[list[RestoredRun]]:
    """Restore the runs of a page that were decoded one byte off.

    Returns:
        The restored runs of each line, in order.
    """
    budget = Budget(_MAX_RESTORATIONS)
    return [_restore_line(LineRestorer(characters, language, page, budget)) for characters in lines]


def _restore_line(line: LineRestorer) -> list[RestoredRun]:
    found = []
    for start, end in candidate_runs(line.characters):
        if line.budget.left <= 0:
            break
        best = max(_candidates(line, start, end), key=lambda restored: restored.gain, default=None)
        if best is not None and best.gain >= 0:
            found.append(best)
    return found


def _candidates(line: LineRestorer, start: int, end: int) -> Iterator[RestoredRun]:
    """List what a run may have been, by each kind of damage."""
    codes = b"".join(encode_character(character.text) for character in line.characters[start:end])
    before = line.characters[start - 1] if start else None
    whole = until_ascii_trail(codes)
    if before is not None and before.reading is None and before.text in FOLDED:
        rest = bytes([ord(before.text) + 0x80]) + whole
        heads = characters_between(LEADS, (_FULL_WIDTH,))
        yield from line.restore(Shift("fold", start - 1, start, start + len(whole) // 2, heads, rest))
    elif before is not None and is_cut(before):
        yield from _cut_character(line, start - 1, start, whole[:1])
    if before is not None and is_cut(before) and whole:
        heads = characters_between(_lead_bytes(line, start - 1), (codes[0],))
        shift = Shift("note", start - 1, start, start + len(whole) // 2, heads, whole[1:])
        yield from line.restore(shift)
    while codes:
        part = until_ascii_trail(codes)
        yield from _lost_byte(line, start, part)
        start += len(part) // 2
        codes = codes[len(part) :]


def _cut_character(line: LineRestorer, index: int, end: int, codes: bytes) -> Iterator[RestoredRun]:
    """List what a cut character was, if its second byte is the character behind the cut, or was lost."""
    following = line.characters[end] if end < len(line.characters) else AnnotatedCharacter("", "")
    leads, note = _lead_bytes(line, index), following.reading
    if codes:
        yield from line.replace(index, end, characters_between(leads, (NO_LEAD,)))
    elif not following.text and note is not None:
        yield from line.replace(index, end + 1, with_reading(characters_between(leads, TRAILS), note))
    elif is_ascii_trail(following.text):
        known = characters_between(leads, (ord(following.text),))
        yield from line.replace(index, end + 1, with_reading(known, note) or known)
    else:
        yield from line.replace(index, end, characters_between(leads, TRAILS))


def _lead_bytes(line: LineRestorer, index: int) -> Sequence[int]:
    """List the first bytes that a note may have cut off; the note belongs to a character across two."""
    codes = encode_character(line.characters[index - 1].text) if index else b""
    note = line.characters[index].reading
    if not codes or note is None:
        return LEADS
    fitting = [lead for lead in LEADS if has_reading(decode_pair(codes[1], lead).written, note)]
    converted = [lead for lead in fitting if is_traditional(decode_pair(codes[1], lead).written)]
    return tuple(converted or fitting) or LEADS


def _lost_byte(line: LineRestorer, start: int, codes: bytes) -> Iterator[RestoredRun]:
    """List what a run was, if a byte was lost where the text received becomes worse than the shifted text."""
    pairs = decode_pairs(codes[1:])
    end = start + len(codes) // 2
    received = line.received_costs(start, end)
    shifted = line.language.costs(join_model_text(pairs), "\n\n")
    best, most, gain = len(pairs), 0.0, 0.0  # the pair from which on shifting gains most, and how much
    for index in reversed(range(len(pairs))):
        gain += received[index + 1] - shifted[index]
        if gain > most:
            best, most = index, gain
    letter = is_ascii_trail(line.text[end : end + 1])
    if most < MARGINS["byte"] and not letter:
        return
    for index in range(max(0, best - 1), min(best + 2, len(pairs) + 1)):
        lead, rest = codes[2 * index], codes[2 * index + 1 :]
        if rest[0] < 0x80:  # no pair would be shifted
            continue
        begin = start + index
        for heads in (characters_between(LEADS, (lead,)), characters_between((lead,), TRAILS)):
            yield from line.restore(Shift("byte", begin, begin, end, heads, rest))
