"""The recipe: the hyperparameters of a training run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyperparameters of a run; the defaults are the best known for a single run.

    Attributes:
        seed: the seed of all draws.
        rank: the rank of the low-rank weights.
        steps: the number of batches.
        shortest, longest: the range of the length of passages, in characters.
        characters: all right passages of a batch together; longer passages mean fewer questions.
        near, mined: hard negatives of each question, of the same topic and mined ones.
        rate: the first learning rate of AdamW, which falls linearly to 0.
        temperature, pooled_temperature: divisors of MaxSim and of cosines in the loss.
        backward, sentence, pooled, anchor: weights of the terms of `training.loss.JointLoss`.
        english: how many times an English question occurs for each occurrence of a Chinese one.
        translated: how many times each sentence of the English texts occurs as a question.
        glossed: how many times each Chinese question occurs translated word by word.
        articles: news articles of which a sentence becomes a question.
        glossed_articles: news articles of which a sentence, translated word by word, becomes a question.
        clip: the most characters of such a sentence.
        manual: paragraphs of English manuals, see `training.questions.parallel_texts`.
        memory: right passages of earlier batches that are further wrong ones.
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
