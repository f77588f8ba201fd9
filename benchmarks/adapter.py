"""`python -m benchmarks.adapter`: print how much the adapter improves ranking, and compare recipes.

With `--data FOLDER…` (holding `cmrc2018-dev.jsonl.gz`, `xquad-en-zh.jsonl.gz`, `news-20k.jsonl.gz`) the
bundled model is measured without and with the adapter that ships, or with those named. `--record FILE`
adds the measurements to a record. Without data the tables are printed from such a record, by default from
the one in the repository.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from safetensors import safe_open

from benchmarks.inputs.datasets import RECORDS
from benchmarks.measures.encoder import measure
from benchmarks.record import Rows, plain
from retrieval.research import (
    SentenceEncoder,
    bundled,
    lora,
)

RECORD = RECORDS / "adapter.jsonl"

RECIPES = RECORDS / "recipes.jsonl"
"""The record of runs whose recipes differ from the first one in one hyperparameter each."""

BARE = "none"
"""The name in a record of the model without an adapter."""

SHOWN = ("pooled", "MaxSim", "fused", "sentence")

ABLATED = ("CMRC, zh", "XQuAD, en", "XQuAD, zh", "reports, all")
"""The rows by which recipes are compared."""

MEAN = "mean of"
"""The key in the recipe of a mean of adapters that lists their recipes."""

Recipe = Mapping[str, Any]
Measured = dict[tuple[str, str], float]
"""The measured value of each row and order."""


def main() -> None:
    """Measure if data is given, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.adapter", description="What the adapter is worth."
    )
    parser.add_argument("--data", type=Path, nargs="+", default=[], metavar="FOLDER", help="public data")
    parser.add_argument("--adapters", type=Path, nargs="*", default=[lora.ADAPTER_FILE], metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="without passages of other lengths")
    parser.add_argument("--distractors", type=int, default=0, metavar="N", help="news articles to hide among")
    parser.add_argument("--record", type=Path, metavar="FILE", help="what was measured; is added to")
    options = parser.parse_args()
    record = options.record or (None if options.data else RECORD)
    lines = read_record(record) if record and record.exists() else []
    if options.data:
        for weights in (None, *options.adapters):
            name = lora.fingerprint(weights) if weights else BARE
            if not any(line["adapter"] == name for line in lines):
                lines.append(
                    measured(weights, options.data, quick=options.quick, distractors=options.distractors)
                )
                if record:
                    write_record(record, lines)
    print(tables(lines))
    if record == RECORD:
        bare, groups = by_recipe(read_record(RECIPES))
        print("", "One thing changed at a time, the first one being:", next(iter(groups)), sep="\n")
        print(plain(ablation(bare, groups, next(iter(groups)))))


def measured(
    weights: Path | None, data: Sequence[Path], *, quick: bool = False, distractors: int = 0
) -> dict[str, Any]:
    """Measure the bundled model with an adapter, or without any (None); return a line of a record."""
    with TemporaryDirectory() as scratch:
        folder = bundled.prepare(Path(scratch), weights=weights)
        name = bundled.adapted_name(weights) if weights else bundled.BASE_NAME
        encoder = SentenceEncoder(name, str(folder), local=True)
        figures = measure(encoder, data, quick=quick, distractors=distractors)
    return {
        "adapter": lora.fingerprint(weights) if weights else BARE,
        "recipe": recipe_of(weights) if weights else None,
        "figures": [asdict(figure) for figure in figures],
    }


def recipe_of(weights: Path) -> Recipe:
    """Read the recipe in the metadata of an adapter."""
    with safe_open(weights, "numpy") as file:
        recipe: Recipe = json.loads(file.metadata()["recipe"])
    return recipe


def read_record(record: Path) -> list[dict[str, Any]]:
    """Read a record, which has a line for each adapter."""
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]


def write_record(record: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write a record, a line for each adapter."""
    record.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def tables(lines: Sequence[dict[str, Any]]) -> str:
    """Render a record: a table before and after the adapter of `shipped`, and one row for each recipe."""
    bare, groups = by_recipe(lines)
    if not groups:
        return plain(before_after(bare, []))
    ships = lora.fingerprint(lora.ADAPTER_FILE)
    kept = shipped(groups)
    name = "The adapter that ships" if _has(groups[kept], ships) else f"{len(groups[kept])} runs"
    runs = json.loads(kept).get(MEAN)
    description = f"the mean of {len(runs)} runs" if runs else kept
    parts = [
        f"{name}: {description}",
        plain(before_after(bare, [values_by_row(line) for line in groups[kept]])),
    ]
    if len(groups) > 1:
        parts += ["", "All that was tried, by what differs from the first run of it:"]
        parts.append(plain(ablation(bare, groups, kept)))
    return "\n".join(parts)


def shipped(groups: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return the recipe of the adapter that ships, or of most runs if that one was not measured."""
    ships = lora.fingerprint(lora.ADAPTER_FILE)
    return max(groups, key=lambda recipe: (_has(groups[recipe], ships), len(groups[recipe])))


def by_recipe(lines: Iterable[dict[str, Any]]) -> tuple[Measured, dict[str, list[dict[str, Any]]]]:
    """Return the values without an adapter, and the lines of each recipe over all seeds."""
    bare: Measured = {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["recipe"] is None:
            bare = values_by_row(line)
        else:
            recipe = {name: value for name, value in line["recipe"].items() if name != "seed"}
            groups.setdefault(json.dumps(recipe), []).append(line)
    return bare, groups


def _has(lines: Iterable[dict[str, Any]], name: str) -> bool:
    return any(line["adapter"] == name for line in lines)


def values_by_row(line: dict[str, Any]) -> Measured:
    return {(figure["row"], figure["order"]): figure["value"] for figure in line["figures"]}


def before_after(bare: Measured, after: Sequence[Measured]) -> Rows:
    rows = [["right passage first: before → after", *SHOWN]]
    for row in dict.fromkeys(row for row, _ in bare):
        rows.append([row, *(_change(bare, after, (row, order)) for order in SHOWN)])
    return rows


def _change(bare: Measured, after: Sequence[Measured], key: tuple[str, str]) -> str:
    if key not in bare:
        return ""
    values = [found[key] for found in after if key in found]
    if not values:
        return f"{bare[key]:.3f}"
    return f"{bare[key]:.3f} → {_mean(values)}"


def _mean(values: Sequence[float]) -> str:
    """Render the mean of several runs and half of their range."""
    spread = f" ± {(max(values) - min(values)) / 2:.3f}" if len(values) > 1 else ""
    return f"{fmean(values):.3f}{spread}"


def ablation(bare: Measured, groups: Mapping[str, Sequence[dict[str, Any]]], kept: str) -> Rows:
    usual = _first(json.loads(kept))
    shown = [key for key in bare if key[1] in ("pooled", "MaxSim") and key[0] in ABLATED]
    rows = [["", *(f"{row} {order}" for row, order in shown)]]
    rows.append(["no adapter", *(f"{bare[key]:.3f}" for key in shown)])
    for recipe, lines in groups.items():
        tried = json.loads(recipe)
        differs = {name: value for name, value in _first(tried).items() if value != usual.get(name)}
        name = ", ".join(f"{name} {value}" for name, value in differs.items() if name != "seed")
        if MEAN in tried:
            name = f"mean of {len(tried[MEAN])} runs"
        name = name or ("its first run alone" if MEAN in json.loads(kept) else "the first")
        values = [values_by_row(line) for line in lines]
        cells = [[found[key] for found in values if key in found] for key in shown]
        rows.append([f"{name} (×{len(lines)})", *(_mean(cell) if cell else "" for cell in cells)])
    return rows


def _first(recipe: Recipe) -> Recipe:
    first: Recipe = recipe[MEAN][0] if MEAN in recipe else recipe
    return first


if __name__ == "__main__":
    main()
