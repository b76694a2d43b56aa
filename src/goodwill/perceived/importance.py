"""Which dimensions drive an outcome: parts of its R² that no order of entry can change."""

from dataclasses import dataclass
from math import factorial

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.moments import F, moments

MAX_DIMENSIONS = 16
_BATCH = 2**21
_NOTHING_LEFT = 1e-9


@dataclass(frozen=True)
class Importance:
    """How much of an outcome's variance each dimension accounts for.

    Parameters
    ----------
    table : a row per dimension: `importance` (they add up to R²) with `low` and `high`, `share` of R² with
        `share_low` and `share_high`, and `beta`, the standardised coefficient: its sign is the direction.
    r_squared : of all dimensions together, with `r_squared_low` and `r_squared_high`.
    n_respondents, n_left_out : who answered everything, and who did not.
    """

    table: pd.DataFrame
    r_squared: float
    r_squared_low: float
    r_squared_high: float
    n_respondents: int
    n_left_out: int


def relative_importance(
    X: pd.DataFrame,
    y: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Importance:
    """Return each dimension's part of R², averaged over all orders of entry, with bootstrap intervals.

    Parameters
    ----------
    X : (n, p) of float; a column per dimension, at most 16, NaN where not answered.
    y : (n,) of float; overall value, satisfaction, or 0 and 1.
    weights : (n,) of float; how much each respondent counts.
    level : coverage of the intervals.

    Notes
    -----
    The Shapley value of R² (Lindeman, Merenda and Gold 1980, p. 119, "LMG"; Grömping 2007, Am. Stat. 61,
    eq. 8), exact over all 2^p subsets. With correlated dimensions it shares what they explain together.

    Raises
    ------
    UsageError : more than 16 columns.
    FitError : too few complete respondents, or a column that never varies.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(400, 2)), columns=["quality", "price"])
    >>> found = relative_importance(X, 2 * X["quality"] + X["price"])
    >>> found.table["share"].round(1).to_dict(), round(found.r_squared, 6)
    ({'quality': 0.8, 'price': 0.2}, 1.0)
    """
    ensure_level(level)
    if X.shape[1] > MAX_DIMENSIONS:
        raise UsageError(
            f"{X.shape[1]} columns have 2^{X.shape[1]} subsets; at most {MAX_DIMENSIONS} are taken exactly. "
            "Give the scores of dimensions instead of single items."
        )
    found = moments(X, y, weights, seed=seed)
    whole, drawn = _lmg(found.whole[None])[0], _lmg(found.drawn)
    table = pd.DataFrame({"importance": whole}, index=pd.Index(found.names, name="dimension"))
    table["low"], table["high"] = interval(drawn, level)
    explained = drawn.sum(axis=1)
    # A resample that explains nothing has no shares.
    shares = drawn / np.where(explained > _NOTHING_LEFT, explained, np.nan)[:, None]
    table["share"] = whole / whole.sum()
    table["share_low"], table["share_high"] = interval(shares, level)
    table["beta"] = _standardised(found.whole)
    low, high = interval(explained, level)
    n = found.n_respondents
    return Importance(table, float(whole.sum()), float(low), float(high), n, found.n_left_out)


def interval(drawn: F, level: float) -> F:
    """Return the limits that hold the middle `level` of each column's known resamples.

    Examples
    --------
    >>> interval(np.arange(101.0)[:, None], 0.5).ravel().tolist()
    [25.0, 75.0]
    """
    return np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)


def _lmg(covariance: F) -> F:
    """Return (batch, p) Shapley values of R²."""
    # The variance of a resample of equal answers may be rounded to below 0.
    spread = np.sqrt(np.einsum("bii->bi", covariance).clip(0.0))
    spread = np.where(spread > 0, spread, 1.0)
    correlation = covariance / spread[:, :, None] / spread[:, None, :]
    p = covariance.shape[1] - 1
    effects = _shapley(p)
    rows = max(1, _BATCH // 2**p)
    parts = [correlation[start : start + rows] for start in range(0, len(correlation), rows)]
    return np.concatenate([(1 - _unexplained(part)) @ effects for part in parts])


def _unexplained(correlation: F) -> F:
    """Return (batch, 2^p) variance of the last column that each subset of the others leaves.

    Columns are taken one by one: half of the branches forget the first column, half condition on it (its
    Schur complement), so the matrices shrink as their number doubles. Bit j of a subset's place (from the
    most significant) tells whether column j is in it.
    """
    left = correlation[:, None]
    for _ in range(correlation.shape[1] - 1):
        own, across, rest = left[..., :1, :1], left[..., :1, 1:], left[..., 1:, 1:]
        useful = own > _NOTHING_LEFT
        given = rest - np.where(useful, across / np.where(useful, own, 1.0), 0.0).swapaxes(-1, -2) * across
        left = np.stack([rest, given], axis=2).reshape(len(left), -1, *rest.shape[-2:])
    return left[..., 0, 0]


def _shapley(p: int) -> F:
    """Return (2^p, p): how each subset's worth enters each column's Shapley value."""
    member = (np.arange(2**p)[:, None] >> np.arange(p)[::-1]) & 1
    size = member.sum(axis=1)
    odds = np.array([factorial(s) * factorial(p - 1 - s) / factorial(p) for s in range(p)])
    with_it, without = odds[np.maximum(size - 1, 0)], odds[np.minimum(size, p - 1)]
    return np.where(member == 1, with_it[:, None], -without[:, None])


def _standardised(covariance: F) -> F:
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(spread, spread)
    return np.linalg.lstsq(correlation[:-1, :-1], correlation[:-1, -1], rcond=None)[0]
