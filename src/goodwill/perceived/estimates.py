"""Weighted means and shares with intervals, and what differs between groups: by respondents' influence."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

F = npt.NDArray[np.float64]
_ROUNDING = 1e-9


def weighted_means(values: pd.DataFrame, weights: npt.ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Return the mean of each column with a t interval, respondents counting by their weights.

    Parameters
    ----------
    values : (n, k) of float; NaN where not answered.
    weights : (n,) of float, none negative.
    level : coverage of the intervals.

    Returns
    -------
    A row per column: `n` answers, `n_effective` (Kish 1965: what the weights leave of n), `mean`,
    `sd`, `se`, `low`, `high`. With fewer than two answers `se` and the interval are NaN.

    Notes
    -----
    The variance is that of the ratio of weighted sums, linearised (Särndal, Swensson and Wretman 1992, sec.
    5.7), times n / (n − 1); with equal weights it is s² / n.

    Examples
    --------
    >>> answers = pd.DataFrame({"seat": [1.0, 3.0, np.nan, 5.0]})
    >>> weighted_means(answers, [1, 1, 1, 1]).round(3).loc["seat"].tolist()
    [3.0, 3.0, 3.0, 2.0, 1.155, -1.968, 7.968]
    """
    w = np.asarray(weights, dtype=float)
    rows = [_moments_of(values[name].to_numpy(dtype=float), w) for name in values]
    n, n_effective, mean, sd, se = np.array(rows).reshape(-1, 5).T
    half = se * _t_quantile(n_effective, level)
    return pd.DataFrame(
        {
            "n": n.astype(int),
            "n_effective": n_effective,
            "mean": mean,
            "sd": sd,
            "se": se,
            "low": mean - half,
            "high": mean + half,
        },
        index=values.columns,
    )


def weighted_shares(hits: pd.DataFrame, weights: npt.ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Return the share of ones in each column with Wilson's interval (1927), NaN being no answer.

    With weights the number of answers is the effective one.

    Examples
    --------
    >>> table = weighted_shares(pd.DataFrame({"top": [1.0, 1.0, 0.0, np.nan]}), np.ones(4))
    >>> table.round(3).loc["top", ["n", "share", "low", "high"]].tolist()
    [3.0, 0.667, 0.208, 0.939]
    """
    table = weighted_means(hits, weights, level).rename(columns={"mean": "share"})
    low, high = wilson(table["share"], table["n_effective"], level)
    return table[["n", "n_effective", "share"]].assign(low=low, high=high)


def wilson(share: pd.Series, n: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """Return the limits of a share of n answers (Wilson 1927; Brown, Cai and DasGupta 2001)."""
    z = stats.norm.ppf((1 + level) / 2)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (centre - half).clip(0, 1), (centre + half).clip(0, 1)


def t_quantile(n: pd.Series, level: float = 0.95) -> pd.Series:
    """Return Student's t that holds the middle `level`, with n − 1 degrees of freedom, at least one."""
    return pd.Series(_t_quantile(n.to_numpy(float), level), index=n.index)


def _t_quantile(n: F, level: float) -> F:
    return np.asarray(stats.t.ppf((1 + level) / 2, np.maximum(n - 1, 1)))


def p_values(estimate: pd.Series, se: pd.Series, n: pd.Series) -> pd.Series:
    """Return the two-sided p-value of "the true value is 0"; NaN where nothing varies."""
    t = (estimate / se.where(se > 0)).abs()
    return pd.Series(2 * stats.t.sf(t, np.maximum(n - 1, 1)), index=estimate.index)


def influence(values: F, weights: F) -> F:
    """Return (n, k) how far each respondent moves each column's weighted mean.

    Sums of squares over respondents are variances of the means, cross-products their covariances; silence
    has no influence.

    Examples
    --------
    >>> moved = influence(np.array([[1.0], [3.0], [np.nan]]), np.ones(3))
    >>> moved.ravel().round(3).tolist()
    [-0.707, 0.707, -0.0]
    """
    is_given = np.isfinite(values)
    w = np.where(is_given, weights[:, None], 0.0)
    total = np.maximum(w.sum(axis=0), np.finfo(float).tiny)
    filled = np.where(is_given, values, 0.0)
    mean = (w * filled).sum(axis=0) / total
    n = is_given.sum(axis=0)
    return w * deviations(filled, mean) / total * np.sqrt(n / np.maximum(n - 1, 1))


def deviations(values: F, mean: F | float) -> F:
    """Return how far values lie from their mean; 0 where only rounding tells them apart.

    Examples
    --------
    >>> deviations(np.array([0.1 + 0.2, 0.5]), 0.3).round(3).tolist()
    [0.0, 0.2]
    """
    apart = values - mean
    return np.where(np.abs(apart) > _ROUNDING * np.maximum(1.0, np.abs(mean)), apart, 0.0)


def difference(
    before: pd.DataFrame,
    after: pd.DataFrame,
    weights: tuple[npt.ArrayLike, npt.ArrayLike],
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how the means of two occasions differ; who answered both times is counted as one person.

    Parameters
    ----------
    before, after : (n, k); the same respondents and columns, NaN where not answered on that occasion.
    weights : (n,) of each occasion.

    Returns
    -------
    A row per column: `before`, `after`, `change`, `se`, `low`, `high`, `p_value`.
    """
    earlier, later = (np.asarray(own, dtype=float) for own in weights)
    first, second = weighted_means(before, earlier, level), weighted_means(after, later, level)
    moved = influence(after.to_numpy(dtype=float), later) - influence(before.to_numpy(dtype=float), earlier)
    change = second["mean"] - first["mean"]
    is_known = (first["n"] > 1) & (second["n"] > 1)
    se = pd.Series(np.sqrt((moved**2).sum(axis=0)), index=change.index).where(is_known)
    n = first["n_effective"].clip(upper=second["n_effective"])
    half = se * t_quantile(n, level)
    return pd.DataFrame({
        "before": first["mean"], "after": second["mean"], "change": change, "se": se,
        "low": change - half, "high": change + half, "p_value": p_values(change, se, n),
    })  # fmt: skip


def _moments_of(x: F, weights: F) -> tuple[float, float, float, float, float]:
    is_counted = np.isfinite(x) & (weights > 0)
    x, w = x[is_counted], weights[is_counted]
    n = len(x)
    if n == 0:
        return 0.0, 0.0, np.nan, np.nan, np.nan
    share = w / w.sum()
    mean = float(share @ x)
    n_effective = float(1 / (share @ share))
    if n == 1:
        return 1.0, n_effective, mean, np.nan, np.nan
    squares = deviations(x, mean) ** 2
    widen = n / (n - 1)
    return (
        float(n),
        n_effective,
        mean,
        float(np.sqrt(share @ squares * widen)),
        float(np.sqrt(share**2 @ squares * widen)),
    )
