import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.late_interaction import max_per_run
from retrieval.index.local.token_file import TokenStore, TokenWriter
from retrieval.index.quantization import StoredTokens, TokenQuantizer
from retrieval.models.encoder import Embedding


def unit(rows, dimension, seed):
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def embedding(rows, seed, dimension=384):
    offsets = np.stack([np.arange(rows), np.arange(1, rows + 1)], axis=1).astype(np.int32)
    return Embedding(unit(1, dimension, seed)[0], unit(rows, dimension, seed), offsets)


def trained(bits, dimension=384):
    return TokenQuantizer(bits, embedding(50, 50, dimension).tokens.mean(axis=0))


def store(folder, passages, quantizer):
    writer = TokenWriter(folder)
    for one in passages:
        writer.append(one if isinstance(one, StoredTokens) else quantizer.encode(one))
    writer.close(quantizer)
    return TokenStore(folder, quantizer.bits)


@pytest.mark.parametrize(("bits", "off"), [(4, 0.03), (2, 0.1)])
def test_cosines_come_back_within_the_precision_of_what_is_stored(tmp_path, bits, off):
    written = [embedding(5, 1), embedding(9, 2)]
    opened = store(tmp_path, written, trained(bits))
    question = np.concatenate([written[1].tokens[:3], unit(2, 384, 3)])
    for one, met in zip(written, opened.match_tokens(question, [0, 1]), strict=True):
        assert np.abs(met.cosines - one.tokens @ question.T).max() < off
        assert (met.offsets == one.offsets).all()


@pytest.mark.parametrize("bits", [4, 2])
def test_what_a_stored_vector_is_apart_from_the_mean_meets_itself_without_loss(tmp_path, bits):
    written, quantizer = embedding(9, 2), TokenQuantizer(bits, np.zeros(384, np.float32))
    opened = store(tmp_path, [written], quantizer)
    assert np.diag(opened.match_tokens(written.tokens, [0])[0].cosines) == pytest.approx(1, abs=2e-3)


def test_a_dimension_that_fills_no_whole_byte_is_padded(tmp_path):
    written = embedding(6, 1, dimension=7)
    opened = store(tmp_path, [written], trained(4, dimension=7))
    exact = written.tokens @ written.tokens.T
    assert np.abs(opened.match_tokens(written.tokens, [0])[0].cosines - exact).max() < 0.25


def test_what_was_stored_can_be_stored_again_without_loss(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    once = store(first, [embedding(50, seed) for seed in range(20)], trained(4))
    twice = store(second, [once.stored(number) for number in range(20)], once.quantizer)
    for name in ("codes", "scales", "places", "lengths"):
        assert (getattr(once, name) == getattr(twice, name)).all()


def test_with_no_bits_nothing_is_stored_of_any_token(tmp_path):
    opened = store(tmp_path, [embedding(5, 1), embedding(9, 2)], trained(0))
    assert sum(path.stat().st_size for path in tmp_path.iterdir() if path.name.startswith("tokens")) == 0
    assert opened.starts.tolist() == [0, 0, 0]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(1, 4))
def test_maxima_are_the_best_of_each_run(lengths, columns):
    cosines = unit(sum(lengths), columns, 8) if sum(lengths) else np.empty((0, columns), np.float32)
    found, at = max_per_run(cosines, np.asarray(lengths)), 0
    for best, length in zip(found, lengths, strict=True):
        wanted = cosines[at : at + length].max(axis=0) if length else np.zeros(columns)
        assert (best == wanted).all()
        at += length


def test_maxsim_of_numbered_passages_is_that_of_their_own_tokens(tmp_path):
    written = [embedding(rows, rows) for rows in (3, 7, 5)]
    opened = store(tmp_path, written, trained(4))
    question = unit(4, 384, 99)
    wanted = float((written[2].tokens @ question.T).max(axis=0).mean())
    assert opened.match_tokens(question, [2, 0])[0].best.mean() == pytest.approx(wanted, abs=0.02)


def test_a_store_without_passages_can_be_opened(tmp_path):
    assert store(tmp_path, [], trained(4)).match_tokens(unit(2, 384, 0), []) == []
