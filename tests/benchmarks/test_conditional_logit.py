import numpy as np

from benchmarks.measures.conditional_logit import Group, conditional_logit


def groups(weights, seed=1, count=300):
    draw = np.random.default_rng(seed)
    for fold in range(count):
        features = draw.normal(size=(draw.integers(2, 6), len(weights)))
        right = np.zeros(len(features), bool)
        right[int(np.argmax(features @ weights + draw.gumbel(size=len(features))))] = True
        yield Group(features, right, fold % 5)


def test_the_weights_that_generated_the_choices_are_recovered():
    weights = np.asarray([3.0, -1.0, 0.0])
    assert np.allclose(conditional_logit(list(groups(weights, count=3_000))), weights, atol=0.4)


def test_a_non_negative_weight_is_never_below_zero():
    found = conditional_logit(list(groups(np.asarray([3.0, -1.0]))), non_negative=True)
    assert found[0] > 1
    assert found[1] == 0


def test_a_feature_that_never_varies_gets_no_weight():
    constant = [
        Group(np.c_[g.features, np.ones(len(g.features))], g.right, g.fold) for g in groups(np.asarray([2.0]))
    ]
    assert abs(conditional_logit(constant)[1]) < 1e-6
