"""Median and spreads of the ratio of value to what was expected, boosted on what they may depend on."""

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import logit

from goodwill.features.columns import Table, numbers
from goodwill.modeling.out_of_sample import Predictions
from goodwill.modeling.small_trees import small_trees

F = NDArray[np.float64]
Rows = NDArray[np.intp]
_N_TREES = 40
_TREES = {"max_depth": 2, "eta": 0.2, "min_child_weight": 50}
_QUANTILES = (0.1, 0.5, 0.9)
_NARROWEST, _EDGE, _CENT = 0.02, 1e-5, 0.01


def design_of(X: Table, predicted: Predictions) -> NDArray[np.float32]:
    """Return what the spread around an expected value may depend on (n, 7); missing where X does not say.

    Ratios alone: dates, ages and amounts are others in a later window, and spreads learned on them carry over
    worse. In order: logit of p_churn, orders that the value if active is worth, days with orders, the
    variation of the gaps between them, the largest and the last spend over the mean, the spread of the logs.
    """
    mean = _log(numbers(X, "spend_mean")) if "spend_mean" in X else np.zeros(len(X))
    columns = (
        logit(np.clip(predicted.p_churn, _EDGE, 1 - _EDGE)),
        _log(predicted.clv_if_active) - mean,
        _log(numbers(X, "n_order_days")),
        numbers(X, "gap_cv"),
        _log(numbers(X, "spend_max")) - mean,
        _log(numbers(X, "spend_last")) - mean,
        numbers(X, "spend_log_std"),
    )
    return np.stack(columns, axis=1).astype(np.float32)


def boosted(design: NDArray[np.float32], ratio: F, seed: int) -> xgb.Booster:
    """Return quantiles of squeezed ratios (n,) by what they depend on (n, 7)."""
    own = {"objective": "reg:quantileerror", "quantile_alpha": _QUANTILES, **_TREES}
    return small_trees(design, ratio, own, n=_N_TREES, seed=seed)


def asked(quantiles: xgb.Booster, design: NDArray[np.float32]) -> tuple[F, F, F]:
    """Return median, distance to the 10 % and distance to the 90 % quantile, of each row."""
    low, median, high = np.sort(quantiles.inplace_predict(design).astype(float), axis=1).T
    return median, np.maximum(median - low, _NARROWEST), np.maximum(high - median, _NARROWEST)


def asked_apart(design: NDArray[np.float32], ratio: F, fold: Rows, seed: int) -> tuple[F, F, F]:
    """Return what `asked` does, by quantiles that had not seen the customers."""
    median, down, up = np.empty((3, len(ratio)))
    for held in (0, 1):
        seen, rows = fold != held if (fold != held).any() else fold == held, fold == held
        median[rows], down[rows], up[rows] = asked(boosted(design[seen], ratio[seen], seed), design[rows])
    return median, down, up


def residuals_of(ratio: F, median: F, down: F, up: F) -> F:
    """Return standardised residuals of squeezed ratios (n,), beside what was told of each."""
    distance = ratio - median
    return np.asarray(distance / np.where(distance > 0, up, down), dtype=float)


def _log(amount: F) -> F:
    return np.log(np.maximum(amount, _CENT))
