"""`python -m training --data FOLDER… --out FOLDER`: train an adapter of the bundled model, and measure it.

The folders hold `cmrc2018-dev.jsonl.gz`, `xquad-en-zh.jsonl.gz` and `news-20k.jsonl.gz`. An interrupted
run continues from its last checkpoint when it is started again.
"""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from training.recipe import Recipe
from training.run import run


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="public data")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="what is written")
    parser.add_argument("--threads", type=int, help="threads of the processor (all)")
    for field in fields(Recipe):
        parser.add_argument(
            f"--{field.name}", type=get_type_hints(Recipe)[field.name], default=field.default, metavar="N",
            help=f"({field.default})",
        )  # fmt: skip
    options = parser.parse_args()
    recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
    print(run(recipe, options.data, options.out, options.threads))


main()
