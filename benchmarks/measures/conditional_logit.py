"""Fit the weights of features by a conditional logit (McFadden 1974) or a logistic regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

FOLDS = 5
"""The number of folds of the cross-validation."""

PENALTY = 1e-4
"""The L2 penalty on standardised weights, which leaves a feature that never varies without weight."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates for one question: their features, (N, features), and which are right, (N,).

    `fold` is the fold of the cross-validation, `weight` the weight of the whole group in the loss.
    """

    features: Floats
    right: npt.NDArray[np.bool_]
    fold: int
    weight: float = 1.0


def conditional_logit(groups: Sequence[Group], *, non_negative: bool = False) -> Floats:
    """Fit weights, (features,), that rank right candidates before the others of their group.

    Groups without a right or without a wrong candidate are ignored.

    Args:
        groups: the candidates of each question.
        non_negative: bound every weight below by zero.
    """
    groups = [group for group in groups if group.right.any() and not group.right.all()]
    group_weights = np.asarray([group.weight for group in groups])
    group_weights /= group_weights.mean()
    scale = _scale(np.concatenate([group.features for group in groups]))
    most = max(len(group.right) for group in groups)
    features = np.zeros((len(groups), most, len(scale)))  # (G, N, features)
    there, right = np.zeros((2, len(groups), most), np.bool_)  # (G, N) each
    for i, group in enumerate(groups):
        features[i, : len(group.right)] = group.features / scale
        there[i, : len(group.right)] = True
        right[i, : len(group.right)] = group.right

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = features @ weights  # (G, N)
        total = PENALTY * float(weights @ weights) * len(groups)
        slope = 2 * PENALTY * weights * len(groups)
        for mask, sign in ((there, 1), (right, -1)):
            masked = np.where(mask, scores, -np.inf)
            normal = logsumexp(masked, axis=1)  # (G,)
            total += sign * float(group_weights @ normal)
            shares = np.exp(masked - normal[:, None])
            slope += sign * np.einsum("g,gn,gnf->f", group_weights, shares, features)
        return total, slope

    bounds = [(0 if non_negative else None, None)] * len(scale)
    start = np.zeros(len(scale))
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x / scale
    return found


def cross_validated_accuracy(groups: Sequence[Group], *, non_negative: bool = False) -> float:
    """Return the share of groups whose first candidate, by weights of the other folds, is right."""
    weights = [
        conditional_logit([group for group in groups if group.fold != fold], non_negative=non_negative)
        for fold in range(FOLDS)
    ]
    firsts = [group.right[int(np.argmax(group.features @ weights[group.fold]))] for group in groups]
    return float(np.mean(firsts))


def fit_logistic(features: Floats, answers: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """Fit a logistic regression: its slopes, (features,), and its intercept."""
    scale = _scale(features)
    fitted = LogisticRegression(C=10.0, max_iter=10_000).fit(features / scale, answers)
    return fitted.coef_[0] / scale, float(fitted.intercept_[0])


def _scale(features: Floats) -> Floats:
    """Return the standard deviation of each feature, (features,), and 1 for a constant one."""
    varies = features.std(axis=0)
    scale: Floats = np.where(varies > 1e-6, varies, 1.0)
    return scale
