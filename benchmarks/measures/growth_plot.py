"""Plot the costs of an index by its number of articles, with matplotlib of the `bench` extra."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.ticker import FuncFormatter

PANELS = (
    (
        "a warm question, ms",
        (("question_ms", 0, "p50"), ("question_ms", 1, "p95"), ("search_ms", 0, "search, p50")),
    ),
    ("a refresh, s", (("idle_s", None, "without news"), ("one_more_s", None, "one more article"))),
    ("index on disk, KB a passage", (("kb", None, "with token vectors"), ("kb_without", None, "without"))),
)


def draw(lines: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Plot the lines of `benchmarks.growth` to a file, in the format of its suffix."""
    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(12, 3.4), layout="constrained")
    across = [line["articles"] for line in lines]
    for axis, (title, curves) in zip(axes, PANELS, strict=True):
        for name, part, label in curves:
            values = [line[name] if part is None else line[name][part] for line in lines]
            axis.plot(across, values, marker="o", label=label)
        axis.set_title(title)
        axis.set_xscale("log")
        axis.set_ylim(bottom=0)
        axis.set_xlabel("articles")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axis.grid(alpha=0.3)
        axis.legend()
    figure.savefig(file)
    pyplot.close(figure)
