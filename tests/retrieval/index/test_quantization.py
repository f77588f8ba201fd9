import numpy as np
import pytest

from retrieval.index.quantization import TokenQuantizer


def cosines(quantizer, question, embedding):
    stored = quantizer.encode(embedding)
    return quantizer.cosines(question, stored.codes, stored.scales)


@pytest.mark.parametrize(("bits", "off"), [(4, 0.03), (2, 0.1)])
def test_cosines_differ_from_exact_ones_by_the_precision_of_the_bits(
    make_quantizer, make_embedding, unit_vectors, bits, off
):
    written = [make_embedding(5, 1), make_embedding(9, 2)]
    question = np.concatenate([written[1].tokens[:3], unit_vectors(2, 384, 3)])
    for one in written:
        found = cosines(make_quantizer(bits), question, one)
        assert np.abs(found - one.tokens @ question.T).max() < off


@pytest.mark.parametrize("bits", [4, 2])
def test_a_vector_has_the_cosine_1_with_its_own_code(make_embedding, bits):
    written, quantizer = make_embedding(9, 2), TokenQuantizer(bits, np.zeros(384, np.float32))
    assert np.diag(cosines(quantizer, written.tokens, written)) == pytest.approx(1, abs=2e-3)


def test_a_dimension_that_fills_no_whole_byte_is_padded(make_quantizer, make_embedding):
    written = make_embedding(6, 1, dimension=7)
    found = cosines(make_quantizer(4, dimension=7), written.tokens, written)
    assert np.abs(found - written.tokens @ written.tokens.T).max() < 0.25
