"""Compose the statistics for administrators: questions, latency, unanswered questions and votes."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from statistics import median

from bot.botapi.message import MAX_UNITS, one_line
from bot.botapi.utf16 import units
from bot.i18n.wording import Wording
from bot.storage.metrics import Timing

DAYS = 7
MIN_SIMILARITY = 0.5
"""From this Jaccard similarity of their character bigrams on, two questions count as the same."""

_QUESTION_UNITS = 120
_MAX_EXAMPLES = 2


def stats(timings: Sequence[Timing], wording: Wording) -> str:
    """Describe the latest days: questions, the share answered, the latency, and the slowest step."""
    if not timings:
        return wording.stats_none
    by_day: dict[str, list[Timing]] = defaultdict(list)
    for timing in timings:
        by_day[datetime.fromtimestamp(timing.at).date().isoformat()].append(timing)
    lines = [wording.stats]
    latest = sorted(by_day)[-DAYS:]
    for day in reversed(latest):
        of_day = by_day[day]
        whole = sorted(one.waiting + one.searching + one.sending for one in of_day)
        lines.append(
            wording.stats_day.format(
                day=day,
                count=len(of_day),
                share=round(100 * sum(one.answered for one in of_day) / len(of_day)),
                p50=_seconds(median(whole)),
                p95=_seconds(whole[min(len(whole) - 1, int(0.95 * len(whole)))]),
            )
        )
    shown = [one for day in latest for one in by_day[day]]
    steps = {
        wording.step_waiting: median(one.waiting for one in shown),
        wording.step_searching: median(one.searching for one in shown),
        wording.step_sending: median(one.sending for one in shown),
    }
    slowest = max(steps, key=lambda step: steps[step])
    each = wording.joined.join(f"{step} {_seconds(took)}" for step, took in steps.items())
    lines.append(wording.stats_steps.format(slowest=slowest, steps=each))
    return "\n".join(lines)


def gaps(kept: Sequence[tuple[str, str, str, int, str]], wording: Wording) -> str:
    """List the unanswered questions, similar ones together, the most frequent first."""
    if not kept:
        return wording.gaps_none
    groups: list[tuple[set[str], list[tuple[str, int, str]]]] = []
    for folded, question, _, times, last in kept:
        bigrams = _bigrams(folded)
        group = next((g for g in groups if _are_similar(bigrams, g[0])), None)
        if group is None:
            group = (bigrams, [])
            groups.append(group)
        group[1].append((question, times, last))
    groups.sort(key=lambda group: -sum(times for _, times, _ in group[1]))
    lines = [wording.gaps]
    left = MAX_UNITS - units(wording.gaps) - 200
    for number, (_, asked) in enumerate(groups):
        examples = " / ".join(one_line(question, _QUESTION_UNITS) for question, *_ in asked[:_MAX_EXAMPLES])
        times = sum(times for _, times, _ in asked)
        line = wording.gap_item.format(times=times, question=examples, day=max(last for *_, last in asked))
        if units(line) + 1 > left:
            lines.append(wording.gap_more.format(count=len(groups) - number))
            break
        left -= units(line) + 1
        lines.append(line)
    return "\n".join(lines)


def questions(votes: Sequence[tuple[int, bool, str, str | None, str | None]]) -> str:
    """Convert votes to questions for `python -m retrieval evaluate`, one JSON object a line.

    An answer that was liked becomes the right answer of its question. A question whose answer was disliked
    has no right answer, so that a refusal counts as right until an editor fills one in; `given` is the answer
    that was disliked.
    """
    counted: dict[tuple[str, str | None, str | None], int] = defaultdict(int)
    for _, good, question, answer, report in votes:
        counted[question, answer, report] += 1 if good else -1
    lines = []
    for number, ((question, answer, report), balance) in enumerate(counted.items(), start=1):
        liked = balance > 0
        record = {
            "id": f"v{number:04}",
            "type": "liked" if liked else "disliked",
            "question": question,
            "answers": [answer] if liked and answer else [],
        }
        if liked and report:
            record["report"] = report
        if not liked and answer:
            record["given"] = answer
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return "".join(lines)


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1_000:.2f} s"


def _bigrams(folded: str) -> set[str]:
    return {folded[i : i + 2] for i in range(len(folded) - 1)} or {folded}


def _are_similar(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= MIN_SIMILARITY * len(one | other)
