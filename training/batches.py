"""Draw the batches of a run before it begins, so that a seed always gives the same batches."""

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from corpus import sentences, simplify
from training.examples import Example, TextPosition
from training.recipe import Recipe

QUERY, PASSAGE = "query: ", "passage: "
"""The prompts of the E5 models."""

MAX_QUESTIONS = 20
"""The most questions in a batch."""


def batches(
    examples: Sequence[Example], texts: dict[str, str], recipe: Recipe
) -> Iterator[list[dict[str, Any]]]:
    """Draw the batches of a recipe.

    The questions of a batch are about different texts. All passages of a batch have about the same length,
    drawn from a log-uniform distribution. All text but `twin` is simplified and begins with its prompt, as
    the model reads it.

    Returns:
        Rows of `question`; `passage_0`, the right passage; `passage_1` and so on, wrong passages; `twin`, the
        question in Chinese; `answer`, the code point of the answer in `passage_0` without its prompt, -1 if
        unknown; and `source`, the number of the text.
    """
    draw = random.Random(recipe.seed)
    spans = {id: list(sentences(text)) for id, text in texts.items()}
    every = sorted({example.right.source for example in examples})
    numbers = {source: number for number, source in enumerate(every)}
    queue: list[Example] = []

    def right(example: Example, length: int) -> tuple[str, int]:
        text, place = texts[example.right.source], example.right
        first, last = example.cut or (place.at, place.at)
        start, end = window(spans[place.source], place.at, length + last - first, draw)
        answer = place.at - start if example.exact and not example.cut else -1
        return simplify(text[start:first] + text[last:end]), answer

    def wrong(place: TextPosition, example: Example, length: int) -> str:
        avoided = example.right.at if place.source == example.right.source else None
        start, end = window(spans[place.source], place.at, length, draw, avoided)
        return simplify(texts[place.source][start:end])

    def anywhere(example: Example) -> TextPosition:
        other = draw.choice([id for id in draw.sample(every, 2) if id != example.right.source])
        return TextPosition(other, draw.randrange(len(texts[other])))

    def row(example: Example, length: int) -> dict[str, Any]:
        near = [draw.choice(example.near or [anywhere(example)]) for _ in range(recipe.near)]
        mined = [draw.choice(example.mined or [anywhere(example)]) for _ in range(recipe.mined)]
        passage, answer = right(example, length)
        passages = [passage, *(wrong(place, example, length) for place in [*near, *mined])]
        return (
            {"question": QUERY + simplify(example.question)}
            | {f"passage_{i}": PASSAGE + text for i, text in enumerate(passages)}
            | {"twin": example.twin, "answer": answer, "source": numbers[example.right.source]}
        )

    for _ in range(recipe.steps):
        low, high = math.log(recipe.shortest), math.log(recipe.longest)
        length = round(math.exp(draw.uniform(low, high)))
        chosen: list[Example] = []
        put_off: list[Example] = []
        while len(chosen) < min(MAX_QUESTIONS, len(every), max(1, recipe.characters // length)):
            if not queue:
                queue = draw.sample(examples, len(examples))
            example = queue.pop()
            taken = {other.right.source for other in chosen}
            (put_off if example.right.source in taken else chosen).append(example)
        queue += put_off
        yield [row(example, length) for example in chosen]


def window(
    spans: Sequence[tuple[int, int]], at: int, length: int, draw: random.Random, avoided: int | None = None
) -> tuple[int, int]:
    """Return the span of whole sentences around a code point, randomly extended to about `length` characters.

    The sentence of the code point `avoided` is left out, unless it is the sentence of `at`.
    """

    def number(point: int) -> int:
        return next((i for i, (_, end) in enumerate(spans) if point < end), len(spans) - 1)

    first = last = number(at)
    low, high = 0, len(spans) - 1
    if avoided is not None:
        excluded = number(avoided)
        if excluded < first:
            low = excluded + 1
        elif excluded > first:
            high = excluded - 1
    while spans[last][1] - spans[first][0] < length and (first > low or last < high):
        if last == high or (first > low and draw.random() < 0.5):
            first -= 1
        else:
            last += 1
    return spans[first][0], spans[last][1]
