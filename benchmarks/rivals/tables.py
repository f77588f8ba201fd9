"""Render the records of a run as tables."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.record import Rows, plain
from benchmarks.rivals.measure import ANSWERING, OURS, Record

PARTS = ("encoding", "search", "total")


def read_records(path: Path) -> list[Record]:
    """Read the records of a run, one JSON object per line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def first_of_all(records: Iterable[Record], row: str = "all") -> tuple[float, float]:
    """Return the share of right first passages in a row, of this project and of the best rival."""
    found = {r["system"]: float(r["first"]) for r in records if r["kind"] == "right" and r["row"] == row}
    return found[OURS], max(found[name] for name in ANSWERING if name != OURS)


def tables(records: Sequence[Record]) -> str:
    """Render a table for each measured part, and the settings of each system."""
    (machine,) = (record for record in records if record["kind"] == "machine")
    parts = [f"{machine['cores']} cores of {machine['cpu']}, Python {machine['python']}"]
    kinds = {record["kind"] for record in records}
    for kind, draw in (("question", time_rows), ("indexing", indexing_rows), ("right", right_rows)):
        if kind in kinds:
            parts.append(plain(draw(records)))
    return "\n\n".join([*parts, "\n".join(used(records))])


def time_rows(records: Sequence[Record]) -> Rows:
    asked = _by_system(records, "question")
    ours = asked[OURS]
    vectors = "" if ours["embedded"] else " with synthetic vectors"
    title = f"a warm question, {ours['passages']:,} passages{vectors}, p50 / p95 ms"
    rows = [[title, *PARTS, "× ours"]]
    for name, each in asked.items():
        times = f"{each['total'][0] / ours['total'][0]:.1f}"
        rows.append([name, *(_pair(each[part]) for part in PARTS), times])
    return rows


def indexing_rows(records: Sequence[Record]) -> Rows:
    built = _by_system(records, "indexing")
    rates = {name: each["passages"] / each["seconds"] for name, each in built.items()}
    rows = [[f"first indexing of {built[OURS]['passages']:,} passages", "passages a second", "ours ×"]]
    rows += [[name, f"{rate:.1f}", f"{rates[OURS] / rate:.2f}"] for name, rate in rates.items()]
    return rows


def right_rows(records: Sequence[Record]) -> Rows:
    found = {(r["system"], r["row"]): r for r in records if r["kind"] == "right"}
    columns = list(dict.fromkeys(row for _, row in found))
    heads = [f"{row} ({found[OURS, row]['questions']:,})" for row in columns]
    rows = [["right passage first / in three", *heads]]
    for name in ANSWERING:
        of_name = [found[name, row] for row in columns]
        rows.append([name, *(f"{each['first']:.3f} / {each['three']:.3f}" for each in of_name)])
    best = [max(found[name, row]["first"] for name in ANSWERING if name != OURS) for row in columns]
    ahead = [100 * (found[OURS, row]["first"] - value) for row, value in zip(columns, best, strict=True)]
    rows.append(["points ahead of the best rival", *(f"{points:+.1f}" for points in ahead)])
    return rows


def used(records: Iterable[Record]) -> list[str]:
    """Return a line of settings and versions for each system."""
    lines = []
    for record in records:
        if record["kind"] == "system":
            versions = ", ".join(f"{package} {version}" for package, version in record["versions"].items())
            lines.append(f"{record['system']}: {record['settings']} ({versions})")
    return lines


def _by_system(records: Iterable[Record], kind: str) -> dict[str, Record]:
    return {record["system"]: record for record in records if record["kind"] == kind}


def _pair(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.0f}" for value in values)
