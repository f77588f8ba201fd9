"""The records of a run as tables; nothing is measured here."""

from collections.abc import Iterable, Sequence

from benchmarks.peers.measure import ANSWERING, BARE, OURS, Record
from retrieval.show import table


def tables(records: Sequence[Record]) -> str:
    """A table of times, one of what is found, and how each system was used."""
    (machine,) = (record for record in records if record["kind"] == "machine")
    return "\n\n".join(
        [
            f"{machine['cores']} cores of {machine['cpu']}, Python {machine['python']}",
            _times(records),
            _right(records),
            _used(records),
        ]
    )


def _times(records: Sequence[Record]) -> str:
    asked = _by_system(records, "question")
    built = _by_system(records, "indexing")
    ours_asked, ours_built = asked[OURS], _rate(built[OURS])
    title = (
        f"A warm question at {ours_asked['passages']:,} passages, p50 / p95 in ms; "
        f"a first indexing of {built[OURS]['passages']:,}, passages a second"
    )
    rows = [["", "encoding", "search", "together", "× ours", "indexing", "ours ×"]]
    for name in (*ANSWERING, BARE):
        cells = [""] * 4
        if name in asked:
            cells = [_pair(asked[name][part]) for part in ("encoding", "search", "total")]
            cells.append(f"{asked[name]['total'][0] / ours_asked['total'][0]:.1f}")
        rate = _rate(built[name])
        rows.append([name, *cells, f"{rate:.1f}", f"{ours_built / rate:.2f}"])
    return f"{title}\n{table(rows)}"


def _right(records: Sequence[Record]) -> str:
    found = {(r["system"], r["row"]): r for r in records if r["kind"] == "right"}
    columns = list(dict.fromkeys(row for _, row in found))
    heads = [f"{row} ({found[OURS, row]['questions']:,})" for row in columns]
    rows = [["right passage first / in three", *heads]]
    for name in ANSWERING:
        of_name = [found[name, row] for row in columns]
        rows.append([name, *(f"{each['first']:.3f} / {each['three']:.3f}" for each in of_name)])
    best = [max(found[name, row]["first"] for name in ANSWERING if name != OURS) for row in columns]
    ahead = [100 * (found[OURS, row]["first"] - value) for row, value in zip(columns, best, strict=True)]
    rows.append(["points ahead of the best peer", *(f"{points:+.1f}" for points in ahead)])
    return table(rows)


def _used(records: Iterable[Record]) -> str:
    lines = []
    for record in records:
        if record["kind"] == "system":
            versions = ", ".join(f"{package} {version}" for package, version in record["versions"].items())
            lines.append(f"{record['system']}: {record['settings']} ({versions})")
    return "\n".join(lines)


def _by_system(records: Iterable[Record], kind: str) -> dict[str, Record]:
    return {record["system"]: record for record in records if record["kind"] == kind}


def _rate(record: Record) -> float:
    return float(record["passages"] / record["seconds"])


def _pair(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.0f}" for value in values)
