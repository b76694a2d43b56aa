"""Weighted second moments of a table and of its bootstrap resamples: all that a linear question needs.

A resample changes only how often each respondent counts, so the cross-products are added up once and every
resample is a matrix product.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import DataError, FitError

F = npt.NDArray[np.float64]
MAX_GROUPS = 2_000


@dataclass(frozen=True)
class Moments:
    """Covariances of the columns of a table, the outcome last.

    Parameters
    ----------
    names : of the columns but the outcome.
    whole : (k, k) covariance of all respondents; drawn : (replicates, k, k), of the resamples.
    n_respondents : who answered every column. n_left_out : who did not.
    """

    names: tuple[str, ...]
    whole: F
    drawn: F
    n_respondents: int
    n_left_out: int


def moments(
    X: pd.DataFrame,
    y: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    replicates: int = 500,
    seed: int = 0,
) -> Moments:
    """Return the covariances of the columns of X and of y, and those of bootstrap resamples.

    Parameters
    ----------
    X : (n, p) of float; scores, NaN where not answered. Only complete respondents count.
    y : (n,) of float; the outcome.
    weights : (n,) of float; how much each respondent counts, equal by default.
    replicates, seed : of the bootstrap.

    Notes
    -----
    Above 2,000 respondents the resampled unit is one of 2,000 random groups of nearly equal size, which
    leaves the variance of a mean what it was.

    Raises
    ------
    DataError : X, y and weights differ in length.
    FitError : fewer complete respondents than the regression has parameters, or a column that never varies.

    Examples
    --------
    >>> X = pd.DataFrame({"price": [1.0, 2.0, 3.0, 4.0, np.nan]})
    >>> found = moments(X, [2.0, 4.0, 6.0, 8.0, 1.0], replicates=10)
    >>> found.whole.round(4).tolist(), found.drawn.shape, found.n_left_out
    ([[1.25, 2.5], [2.5, 5.0]], (10, 2, 2), 1)
    """
    table, counts, n_left_out = _complete(X, y, weights)
    table = np.column_stack([np.ones(len(table)), table - np.average(table, axis=0, weights=counts)])
    rng = np.random.default_rng(seed)
    groups = _crossproducts(table, counts, rng)
    times = rng.multinomial(len(groups), np.full(len(groups), 1 / len(groups)), size=replicates).astype(float)
    drawn = (times @ groups.reshape(len(groups), -1)).reshape(-1, *groups.shape[1:])
    whole = _covariance(groups.sum(axis=0))
    return Moments(tuple(map(str, X.columns)), whole, _covariance(drawn), len(table), n_left_out)


def by_respondent(X: pd.DataFrame, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[F, F]:
    """Return outcome (n,) and weight (n,) of each row of X (n, p); every weight is 1 when None.

    Raises
    ------
    DataError : X, y and weights differ in length.

    Examples
    --------
    >>> by_respondent(pd.DataFrame({"a": [1, 2]}), [0, 5], None)
    (array([0., 5.]), array([1., 1.]))
    """
    outcome = np.asarray(y, dtype=float)
    counts = np.ones(len(X)) if weights is None else np.asarray(weights, dtype=float)
    if not len(X) == len(outcome) == len(counts):
        raise DataError(
            f"X has {len(X)} rows, y {len(outcome)} and weights {len(counts)}. "
            "Give one of each per respondent."
        )
    return outcome, counts


def _complete(X: pd.DataFrame, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> tuple[F, F, int]:
    outcome, counts = by_respondent(X, y, weights)
    table = np.column_stack([X.to_numpy(dtype=float), outcome])
    is_complete = np.isfinite(table).all(axis=1) & (counts > 0)
    table, counts = table[is_complete], counts[is_complete]
    _check(table, [*map(str, X.columns), "the outcome"])
    return table, counts, int((~is_complete).sum())


def _check(table: F, names: list[str]) -> None:
    n, k = table.shape
    if n < k + 1:
        raise FitError(
            f"{n} respondents answered all of {k - 1} columns and the outcome; at least {k + 1} are needed. "
            "Leave out columns that few answered, or ask more people."
        )
    still = [name for name, spread in zip(names, np.ptp(table, axis=0), strict=True) if not spread]
    if still:
        raise FitError(
            f"{', '.join(still)}: everybody gave the same answer, so nothing varies with it. Leave it out."
        )


def _crossproducts(table: F, weights: F, rng: np.random.Generator) -> F:
    """Return (groups, k, k) weighted cross-products."""
    if len(table) <= MAX_GROUPS:
        return weights[:, None, None] * table[:, :, None] * table[:, None, :]
    order = rng.permutation(len(table))
    parts = np.array_split(order, MAX_GROUPS)
    return np.stack([(table[part] * weights[part, None]).T @ table[part] for part in parts])


def _covariance(products: F) -> F:
    """Turn cross-products with the constant first, (..., k + 1, k + 1), into covariances (..., k, k)."""
    scaled = products / products[..., :1, :1]
    means = scaled[..., 0, 1:]
    return scaled[..., 1:, 1:] - means[..., :, None] * means[..., None, :]
