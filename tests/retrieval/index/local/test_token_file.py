import numpy as np
import pytest

from retrieval.index.local.token_file import TokenStore, TokenWriter
from retrieval.index.quantization import StoredTokens


def store(folder, passages, quantizer):
    writer = TokenWriter(folder)
    for one in passages:
        writer.append(one if isinstance(one, StoredTokens) else quantizer.encode(one))
    writer.close(quantizer)
    return TokenStore(folder, quantizer.bits)


@pytest.mark.parametrize(("bits", "off"), [(4, 0.03), (2, 0.1)])
def test_cosines_and_offsets_are_those_of_the_written_tokens(
    tmp_path, make_quantizer, make_embedding, unit_vectors, bits, off
):
    written = [make_embedding(5, 1), make_embedding(9, 2)]
    opened = store(tmp_path, written, make_quantizer(bits))
    question = np.concatenate([written[1].tokens[:3], unit_vectors(2, 384, 3)])
    for one, match in zip(written, opened.match_tokens(question, [0, 1]), strict=True):
        assert np.abs(match.cosines - one.tokens @ question.T).max() < off
        assert (match.offsets == one.offsets).all()


def test_stored_tokens_can_be_stored_again_without_loss(tmp_path, make_quantizer, make_embedding):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    once = store(first, [make_embedding(50, seed) for seed in range(20)], make_quantizer(4))
    twice = store(second, [once.stored(number) for number in range(20)], once.quantizer)
    for name in ("codes", "scales", "places", "lengths"):
        assert (getattr(once, name) == getattr(twice, name)).all()


def test_with_0_bits_no_token_vectors_are_stored(tmp_path, make_quantizer, make_embedding):
    opened = store(tmp_path, [make_embedding(5, 1), make_embedding(9, 2)], make_quantizer(0))
    assert sum(path.stat().st_size for path in tmp_path.iterdir() if path.name.startswith("tokens")) == 0
    assert opened.starts.tolist() == [0, 0, 0]


def test_maxsim_of_numbered_passages_is_that_of_their_own_tokens(
    tmp_path, make_quantizer, make_embedding, unit_vectors
):
    written = [make_embedding(rows, rows) for rows in (3, 7, 5)]
    opened = store(tmp_path, written, make_quantizer(4))
    question = unit_vectors(4, 384, 99)
    wanted = float((written[2].tokens @ question.T).max(axis=0).mean())
    assert opened.match_tokens(question, [2, 0])[0].best.mean() == pytest.approx(wanted, abs=0.02)


def test_files_without_passages_can_be_opened(tmp_path, make_quantizer, unit_vectors):
    assert store(tmp_path, [], make_quantizer(4)).match_tokens(unit_vectors(2, 384, 0), []) == []
