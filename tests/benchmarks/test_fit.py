import numpy as np

from benchmarks.fit import Group, conditional_logit


def groups(worth, seed=1, count=300):
    draw = np.random.default_rng(seed)
    for fold in range(count):
        signs = draw.normal(size=(draw.integers(2, 6), len(worth)))
        right = np.zeros(len(signs), bool)
        right[int(np.argmax(signs @ worth + draw.gumbel(size=len(signs))))] = True
        yield Group(signs, right, fold % 5)


def test_what_signs_are_worth_is_found_again():
    worth = np.asarray([3.0, -1.0, 0.0])
    assert np.allclose(conditional_logit(list(groups(worth, count=3_000))), worth, atol=0.4)


def test_a_sign_that_must_help_is_never_worth_less_than_nothing():
    found = conditional_logit(list(groups(np.asarray([3.0, -1.0]))), helps=True)
    assert found[0] > 1
    assert found[1] == 0


def test_a_sign_that_never_varies_is_worth_nothing():
    constant = [
        Group(np.c_[g.signs, np.ones(len(g.signs))], g.right, g.fold) for g in groups(np.asarray([2.0]))
    ]
    assert abs(conditional_logit(constant)[1]) < 1e-6
