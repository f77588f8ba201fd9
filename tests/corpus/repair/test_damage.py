"""Clean text is damaged the way report 002 was, and comes back."""

import random
import re

from benchmarks.inputs.damage import (
    AS_FOUND,
    PREAMBLE,
    annotate,
    clean,
    damage,
    distance,
    repaired_text,
    to_page,
)
from corpus import Article
from corpus.repair.repair import repair_text

CASES = 500
SEED = 11


def _pages(reports: dict[str, Article]) -> list[str]:
    texts = [report.text for number, report in reports.items() if number != "002"]
    return [to_page(text) for text in texts]


def _cases(reports: dict[str, Article]) -> list[tuple[str, str]]:
    """Lines as they were and as they would have been received, each damaged once."""
    rng = random.Random(SEED)
    lines = [line for page in _pages(reports) for line in page.split("\n")]
    cases: list[tuple[str, str]] = []
    while len(cases) < CASES:
        [kind] = rng.choices(list(AS_FOUND), list(AS_FOUND.values()))
        line = rng.choice(lines)
        line = _quoting(line, rng) if kind == "quote" else line
        received = damage(line, kind, rng)
        if received is not None:
            cases.append((clean(line), received))
    return cases


def _quoting(line: str, rng: random.Random) -> str:
    """The line with one of its sentences as speech, for there is little speech in the reports."""
    sentences = re.findall("[^。“”]+。", line)
    if not sentences:
        return line
    sentence = rng.choice(sentences)
    return line.replace(sentence, f"“{sentence}”", 1)


def test_damaged_lines_come_back_to_the_letter_and_the_others_are_no_worse(
    reports: dict[str, Article],
) -> None:
    cases = [(was, received, repaired_text(received)) for was, received in _cases(reports)]
    failed = [case for case in cases if case[0] != case[2]]
    assert len(failed) <= 0.05 * len(cases)
    assert [case for case in failed if distance(case[0], case[2]) > distance(case[0], case[1])] == []


def test_every_change_to_a_damaged_line_is_listed(reports: dict[str, Article]) -> None:
    for _, received in _cases(reports)[:100]:
        lines = (PREAMBLE + received).split("\n")
        mended_ = repair_text("\n".join(lines))
        for repair in mended_.repairs:
            assert repair.before in lines[repair.number - 1] or repair.rule == "folded closing mark"
        changed = {
            number
            for number, (line, after) in enumerate(zip(lines, mended_.text.split("\n"), strict=True), start=1)
            if line != after
        }
        assert changed == {repair.number for repair in mended_.repairs}


def test_an_annotated_page_without_damage_only_loses_its_readings(reports: dict[str, Article]) -> None:
    for page in _pages(reports):
        mended_ = repair_text(annotate(page))
        assert mended_.text == clean(page)
        assert {repair.rule for repair in mended_.repairs} <= {"reading"}
