"""The network of the reader: a small transformer over the token vectors of a question and a passage."""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

WIDTH, LAYERS, HEADS = 64, 2, 4
MAX_DISTANCE = 40
"""Tokens that are farther apart count as this far apart."""

MASKED_LOGIT = -1e4
"""The logit of padding."""


class ReaderNetwork(nn.Module):  # type: ignore[misc]
    """A transformer that gives each token of a passage the logit of being part of the answer.

    Args:
        dimension: The number of components of a token vector.
        drop: The share of activations that is dropped in training.
    """

    def __init__(self, dimension: int, drop: float = 0.0) -> None:
        super().__init__()
        self.register_buffer("token_mean", torch.zeros(dimension))
        self.question_projection = nn.Linear(dimension, WIDTH)
        self.passage_projection = nn.Linear(dimension, WIDTH)
        self.question_similarity = nn.Linear(3, WIDTH)
        self.passage_similarity = nn.Linear(4, WIDTH)
        self.input_norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(_Layer(drop) for _ in range(LAYERS))
        self.token_logit = nn.Linear(WIDTH, 1)
        self.no_answer_logit = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, 1))
        self.drop = nn.Dropout(drop)

    def forward(
        self,
        question: Tensor,
        passage: Tensor,
        question_mask: Tensor,
        passage_mask: Tensor,
        sentence_ids: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Read passages for questions.

        Args:
            question: Token vectors of unit length, (B, Q, D).
            passage: Token vectors of unit length, (B, T, D).
            question_mask: False for padding, (B, Q).
            passage_mask: False for padding, (B, T).
            sentence_ids: The number of the sentence that each token of the passage belongs to, (B, T).

        Returns:
            The logit of each token of the passage, (B, T), and that of there being no answer, (B,).
        """
        both_present = question_mask[:, :, None] & passage_mask[:, None, :]
        cosines = (question @ passage.mT).masked_fill(~both_present, -1)  # (B, Q, T)
        question_states = self._question_states(question, cosines)
        passage_states = self._passage_states(passage, cosines, question_mask)
        states = self.input_norm(torch.cat([question_states, passage_states], dim=1))  # (B, Q + T, WIDTH)
        features = _pair_features(cosines, question_mask, passage_mask, sentence_ids)
        for layer in self.layers:
            states = layer(states, features)
        length = question.shape[1]
        asked, padding = states[:, :length], ~question_mask[:, :, None]
        mean = asked.masked_fill(padding, 0).sum(1) / question_mask.sum(1, keepdim=True)
        highest = asked.masked_fill(padding, MASKED_LOGIT).max(1).values
        tokens = self.token_logit(states[:, length:])[:, :, 0].masked_fill(~passage_mask, MASKED_LOGIT)
        return tokens, self.no_answer_logit(torch.cat([mean, highest], dim=1))[:, 0]

    def _question_states(self, question: Tensor, cosines: Tensor) -> Tensor:
        best = cosines.topk(min(2, cosines.shape[2]), dim=2).values
        similarity = torch.stack([best[:, :, 0], best[:, :, -1], torch.ones_like(best[:, :, 0])], dim=2)
        projected = self.question_projection(self.drop(question - self.token_mean))
        return projected + self.question_similarity(4 * similarity - 3)

    def _passage_states(self, passage: Tensor, cosines: Tensor, question_mask: Tensor) -> Tensor:
        best = cosines.topk(min(2, cosines.shape[1]), dim=1).values
        total = cosines.masked_fill(~question_mask[:, :, None], 0).sum(1)
        mean = total / question_mask.sum(1, keepdim=True)
        similarity = torch.stack([best[:, 0], best[:, -1], mean, torch.ones_like(mean)], dim=2)
        projected = self.passage_projection(self.drop(passage - self.token_mean))
        return projected + self.passage_similarity(4 * similarity - 3)


class _Layer(nn.Module):  # type: ignore[misc]
    """A transformer layer whose attention has a bias by pairs of tokens."""

    def __init__(self, drop: float) -> None:
        super().__init__()
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention_input = nn.Linear(WIDTH, 3 * WIDTH)  # query, key and value
        self.attention_output = nn.Linear(WIDTH, WIDTH)
        self.feed_forward_input = nn.Linear(WIDTH, 2 * WIDTH)
        self.feed_forward_output = nn.Linear(2 * WIDTH, WIDTH)
        self.cosine_bias = nn.Parameter(torch.full((HEADS,), 4.0))
        self.same_sentence_bias = nn.Parameter(torch.zeros(HEADS))
        self.distance_bias = nn.Parameter(torch.tensor([0.0, 0.05, 0.1, 0.2]))
        self.drop = nn.Dropout(drop)

    def forward(self, states: Tensor, features: Tensor) -> Tensor:
        batch, length, _ = states.shape
        split = self.attention_input(self.attention_norm(states))
        split = split.view(batch, length, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)  # (B, HEADS, N, WIDTH / HEADS) each
        bias = (self._pair_weights() @ features.flatten(2)).view(batch, HEADS, length, length)
        attended = scaled_dot_product_attention(query, key, value, attn_mask=bias)
        attended = attended.transpose(1, 2).reshape(batch, length, WIDTH)
        states = states + self.drop(self.attention_output(attended))
        inner = gelu(self.feed_forward_input(self.feed_forward_norm(states)))
        return states + self.drop(self.feed_forward_output(inner))

    def _pair_weights(self) -> Tensor:
        """The weight of each of the pair features in each head, (HEADS, 4)."""
        padding = torch.ones_like(self.cosine_bias)
        return torch.stack(
            [self.cosine_bias, self.same_sentence_bias, -self.distance_bias.abs(), padding], dim=1
        )


def _pair_features(
    cosines: Tensor, question_mask: Tensor, passage_mask: Tensor, sentence_ids: Tensor
) -> Tensor:
    """Describe each pair of tokens to the attention.

    Returns:
        (B, 4, N, N): their scaled cosine, where one token is the question's and the other the passage's;
        whether they are in one sentence; their distance; and `MASKED_LOGIT` where the second is padding. The
        last one is a feature like the others because adding it by itself would copy all of the bias.
    """
    batch, width, length = cosines.shape
    both = width + length
    features = cosines.new_zeros(batch, 4, both, both)
    cosine, same_sentence, distance, padding = features.unbind(dim=1)
    cosine[:, :width, width:] = 2 * (cosines - 0.8).clamp(-1, 1)
    cosine[:, width:, :width] = cosine[:, :width, width:].mT
    same_sentence[:, width:, width:] = sentence_ids[:, :, None] == sentence_ids[:, None, :]
    distance[:, :width, :width] = _distances(width)
    distance[:, width:, width:] = _distances(length).clamp(max=MAX_DISTANCE)
    padding.masked_fill_(~torch.cat([question_mask, passage_mask], dim=1)[:, None, :], MASKED_LOGIT)
    return features


def _distances(length: int) -> Tensor:
    positions = torch.arange(length)
    return (positions[:, None] - positions).abs().float()  # (length, length)
