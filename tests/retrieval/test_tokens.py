import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.encoder import Embedding
from retrieval.tokens import StoredTokens, TokenStore, TokenWriter, segment_maxsim, stored


def unit(rows, dimension, seed):
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def embedding(rows, seed, dimension=16):
    offsets = np.stack([np.arange(rows), np.arange(1, rows + 1)], axis=1).astype(np.int32)
    return Embedding(unit(1, dimension, seed)[0], unit(rows, dimension, seed), offsets)


def store(folder, embeddings, dimension=16):
    writer = TokenWriter(folder)
    for one in embeddings:
        writer.append(one if isinstance(one, StoredTokens) else stored(one))
    writer.close()
    return TokenStore(folder, dimension)


def test_token_vectors_come_back_within_the_precision_of_int8(tmp_path):
    written = [embedding(5, 1), embedding(9, 2)]
    opened = store(tmp_path, written)
    for number, one in enumerate(written):
        tokens, offsets = opened.tokens(number)
        assert np.abs(tokens - one.tokens).max() < 0.005
        assert (offsets == one.offsets).all()


def test_what_was_stored_can_be_stored_again_without_loss(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    once = store(first, [embedding(50, seed) for seed in range(20)])
    twice = store(second, [once.stored(number) for number in range(20)])
    assert (once.vectors == twice.vectors).all()
    assert (once.scales == twice.scales).all()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(1, 4))
def test_maxsim_is_the_mean_of_the_best_cosines(lengths, question_tokens):
    question, tokens = unit(question_tokens, 8, 7), unit(sum(lengths), 8, 8)
    scores = segment_maxsim(question, tokens, np.asarray(lengths))
    at = 0
    for score, length in zip(scores, lengths, strict=True):
        run = tokens[at : at + length]
        wanted = np.mean([max(float(t @ q) for t in run) for q in question]) if length else 0.0
        assert score == pytest.approx(wanted, abs=1e-5)
        at += length


def test_maxsim_of_numbered_passages_is_that_of_their_own_tokens(tmp_path):
    written = [embedding(rows, rows) for rows in (3, 7, 5)]
    opened = store(tmp_path, written)
    question = unit(4, 16, 99)
    wanted = float((written[2].tokens @ question.T).max(axis=0).mean())
    assert opened.maxsim(question, [2, 0])[0] == pytest.approx(wanted, abs=0.01)


def test_a_store_without_passages_can_be_opened(tmp_path):
    assert len(store(tmp_path, []).maxsim(unit(2, 16, 0), [])) == 0
