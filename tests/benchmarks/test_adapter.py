import json

from benchmarks.adapter import RECORD, tables
from retrieval.models import lora


def line(name, recipe, **values):
    figures = [
        {"row": "CMRC, zh", "order": order, "questions": 10, "value": value}
        for order, value in values.items()
    ]
    return {"adapter": name, "recipe": recipe, "figures": figures}


BARE = line("none", None, pooled=0.5, MaxSim=0.6)


def test_the_recipe_with_most_runs_is_told_before_and_after_with_its_spread():
    runs = [line(f"a{seed}", {"seed": seed, "rank": 16}, pooled=0.7 + seed / 10) for seed in (0, 1, 2)]
    told = tables([BARE, line("b", {"seed": 1, "rank": 8}, pooled=0.1, MaxSim=0.1), *runs])
    assert "0.500 → 0.800 ± 0.100" in told
    assert "3 runs" in told


def test_what_differs_from_it_is_named_with_its_figures():
    runs = [line(f"a{seed}", {"seed": seed, "rank": 16}, pooled=0.7, MaxSim=0.7) for seed in (1, 2)]
    told = tables([BARE, *runs, line("b", {"seed": 1, "rank": 8}, pooled=0.123, MaxSim=0.456)])
    (row,) = [row for row in told.splitlines() if row.startswith("rank 8")]
    assert "0.123" in row
    assert "0.456" in row


def test_the_adapter_that_ships_comes_before_one_with_more_runs():
    ships = line(lora.fingerprint(lora.ADAPTER_FILE), {"mean of": [{"seed": 1, "rank": 16}]}, pooled=0.75)
    told = tables(
        [BARE, *(line(f"a{seed}", {"seed": seed, "rank": 8}, pooled=0.7) for seed in (1, 2)), ships]
    )
    assert told.startswith("The adapter that ships")
    assert "0.500 → 0.750" in told
    assert "mean of 1 runs" in told


def test_without_an_adapter_the_model_is_told_alone():
    assert "0.600" in tables([BARE])


def test_the_adapter_that_ships_is_among_those_measured():
    lines = [json.loads(text) for text in RECORD.read_text(encoding="utf-8").splitlines()]
    assert lora.fingerprint(lora.ADAPTER_FILE) in {line["adapter"] for line in lines}
