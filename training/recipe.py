"""The recipe: everything that decides what a run learns, apart from the data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The defaults are what is known to work best in one run; the adapter that ships is a mean of several.

    rank: of the low-rank weights. steps: batches learned from. shortest, longest: characters of a passage.
    characters: of all right passages of a batch, which has the fewer questions the longer they are. near,
    mined: hard negatives a question. rate: of AdamW, falling linearly to 0. temperature, pooled_temperature:
    what scores are divided by.
    backward, sentence, pooled, anchor: what the other direction, the sentence that answers before the others
    of its passage, the pooled vectors, and their nearness to the untaught model's count beside late
    interaction.
    english: how often an English question is drawn beside a Chinese one. translated: how often a sentence
    of the English side. glossed: how often a Chinese question is put into English word by word. articles:
    news articles that a sentence is drawn from as a question; glossed_articles: the same, put into English,
    of at most `clip` characters. manual: paragraphs of manuals in English (see `questions.parallel_texts`).
    memory: right passages
    of earlier batches that are wrong ones for the next.
    """

    seed: int = 1
    rank: int = 16
    steps: int = 300
    shortest: int = 100
    longest: int = 500
    characters: int = 2_400
    near: int = 1
    mined: int = 1
    rate: float = 4e-4
    temperature: float = 0.03
    backward: float = 0.5
    sentence: float = 0.5
    pooled: float = 1.0
    pooled_temperature: float = 0.01
    anchor: float = 40.0
    english: int = 3
    translated: int = 1
    glossed: int = 1
    articles: int = 0
    glossed_articles: int = 3_000
    clip: int = 36
    manual: int = 0
    memory: int = 0
