import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.late_interaction import match_tokens, max_per_run


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(1, 4))
def test_maxima_are_the_best_of_each_run(unit_vectors, lengths, columns):
    cosines = unit_vectors(sum(lengths), columns, 8)
    found, at = max_per_run(cosines, np.asarray(lengths)), 0
    for best, length in zip(found, lengths, strict=True):
        wanted = cosines[at : at + length].max(axis=0) if length else np.zeros(columns)
        assert (best == wanted).all()
        at += length


def test_matches_keep_the_offsets_of_the_tokens_of_each_passage(make_quantizer, make_embedding, unit_vectors):
    written, quantizer = [make_embedding(5, 1), make_embedding(9, 2)], make_quantizer(4)
    matches = match_tokens(quantizer, unit_vectors(2, 384, 3), [quantizer.encode(one) for one in written])
    for one, match in zip(written, matches, strict=True):
        assert (match.offsets == one.offsets).all()
