"""`python -m benchmarks.tables [--write]`: write the tables of README and docs from the records.

A page holds a table between `<!-- table: NAME -->` and `<!-- end -->`. Without `--write` it only compares
the pages with the records, and exits with status 1 if one differs.
"""

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import adapter, growth
from benchmarks.inputs.datasets import RECORDS
from benchmarks.record import Record, Rows, markdown, read
from benchmarks.rivals import tables as rivals
from benchmarks.rivals.measure import Record as RivalRecord

REPOSITORY = RECORDS.parents[1]
_TABLE = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    """Write the tables into the pages, or print which pages differ from the records."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables")
    parser.add_argument("--write", action="store_true", help="write the tables into the pages")
    write = parser.parse_args().write
    differs = False
    for page in pages():
        text = page.read_text(encoding="utf-8")
        filled = fill(text, TABLES)
        if filled == text:
            continue
        name = page.relative_to(REPOSITORY)
        if write:
            page.write_text(filled, encoding="utf-8")
            print(f"{name}: written")
        else:
            differs = True
            print(f"{name}: differs from the records; `python -m benchmarks.tables --write` writes it")
    return int(differs)


def pages() -> list[Path]:
    """List the pages that may hold tables."""
    return sorted([*REPOSITORY.glob("README*.md"), *REPOSITORY.glob("docs/**/*.md")])


def fill(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """Replace the text between the marks of each table.

    Raises:
        KeyError: no table has the name.
    """
    return _TABLE.sub(lambda found: f"{found[1]}{tables[found[2]]()}\n{found[3]}", text)


def _kept(record: Record) -> str:
    return f"{markdown(record.rows)}\n\n`{record.command}`, {record.processor}, {record.day}"


def _adapter() -> str:
    bare, groups = adapter.by_recipe(adapter.read_record(adapter.RECORD))
    kept = adapter.shipped(groups)
    rows = adapter.before_after(bare, [adapter.values_by_row(line) for line in groups[kept]])
    return f"{markdown(rows)}\n\n`python -m benchmarks.adapter`"


def _recipes() -> str:
    bare, groups = adapter.by_recipe(adapter.read_record(adapter.RECIPES))
    return f"{markdown(adapter.ablation(bare, groups, next(iter(groups))))}\n\n`python -m benchmarks.adapter`"


def _growth() -> str:
    lines = growth.read_record()
    return f"{markdown(growth.growth_rows(list(lines.values())))}\n\n{_by_growth(lines)}"


def _projection() -> str:
    lines = growth.read_record()
    return f"{markdown(growth.projection_rows(lines[max(lines)]))}\n\n{_by_growth(lines)}"


def _by_growth(lines: Mapping[int, Mapping[str, object]]) -> str:
    return f"`python -m benchmarks.growth`, {growth.processors(lines)}"


def _rivals(rows: Callable[[Sequence[RivalRecord]], Rows]) -> Callable[[], str]:
    def drawn() -> str:
        records = rivals.read_records(RECORDS / "rivals.jsonl")
        (machine,) = (record for record in records if record["kind"] == "machine")
        processor = f"{machine['cores']} cores of {machine['cpu']}"
        return f"{markdown(rows(records))}\n\n`python -m benchmarks.rivals`, {processor}"

    return drawn


def _versions() -> str:
    return "\n".join(f"- {line}" for line in rivals.used(rivals.read_records(RECORDS / "rivals.jsonl")))


def _summary(labels: Sequence[str]) -> Callable[[], str]:
    """Return a function that renders the summary in four rows, whose texts are `labels`."""

    def drawn() -> str:
        heads, *questions = read("questions").rows
        unseen = dict(zip(heads, next(row for row in questions if "unseen" in row[0]), strict=True))
        latency = read("latency")
        times = {row[0]: row[1] for row in latency.rows}
        records = rivals.read_records(RECORDS / "rivals.jsonl")
        ours, best = rivals.first_of_all(records)
        head, first, refused, beside, time = labels
        rows = [
            [head, ""],
            [first.format(unseen["asked"]), f"{unseen['right passage first']} / {unseen['among three']}"],
            [refused, f"{unseen['far questions refused']} / {unseen['near misses refused']}"],
            [beside, f"{ours:.3f} / {best:.3f}"],
            [time.format(latency.processor), times["a warm question, p50 / p95 ms"]],
        ]
        return markdown(rows)

    return drawn


KEPT = (
    "questions", "risk", "unseen-before", "ablation", "orders", "weights", "declined", "seeds", "token-bits",
    "latency", "crowd", "webhooks",
)  # fmt: skip
"""The tables that show a record unchanged."""

TABLES: Mapping[str, Callable[[], str]] = {
    **{name: lambda name=name: _kept(read(name)) for name in KEPT},  # type: ignore[misc]
    "adapter": _adapter,
    "recipes": _recipes,
    "growth": _growth,
    "projection": _projection,
    "rivals-times": _rivals(rivals.time_rows),
    "rivals-indexing": _rivals(rivals.indexing_rows),
    "rivals-right": _rivals(rivals.right_rows),
    "rivals-versions": _versions,
    "summary-zh": _summary(
        (
            "实测",
            "没见过的 {} 个问题：对的段落排第一 / 进前三",
            "报道答不上的：毫不相干的拒答 / 相近的拒答",
            "全部问题排第一：本项目 / 四个同类里最好的",
            "一个问题，毫秒，中位数 / 95%（处理器：{}）",
        )
    ),
    "summary-en": _summary(
        (
            "measured",
            "{} unseen questions: the right passage first / among three",
            "not in the reports: far questions refused / near misses refused",
            "all questions, the right passage first: this project / the best of four rivals",
            "a question, ms: median / 95th percentile ({})",
        )
    ),
}


if __name__ == "__main__":
    sys.exit(main())
