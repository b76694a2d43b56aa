"""What drives churn and value: over all customers, with its stability, and in each segment or tier."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.reasons import Contributions

F = NDArray[np.float64]
RESAMPLES = 200
_LOW, _HIGH = 0.05, 0.95


def importance(why: Contributions, *, resamples: int = RESAMPLES, seed: int = 0) -> pd.DataFrame:
    """Return how much each theme counts over all customers, and how stable that is.

    A theme's importance is its share of all contributions in size: the mean of its share of the points of
    churn and its share of the money. Customers are drawn again and again (bootstrap) to see what would change
    with other customers of the same kind; another training is not part of it.

    Returns
    -------
    A row per theme, the most important first: `theme, importance, low, high` (90 % interval), `points_share`,
    `money_share`, and `place_share`, how often the theme keeps its place over the resamples.

    Examples
    --------
    >>> zero, points = np.zeros(3), np.array([[0.2, -0.1], [-0.2, 0.1], [0.2, 0.1]])
    >>> found = importance(Contributions(("rhythm", "spend"), points, 10 * points, zero, zero))
    >>> found[["theme", "importance", "place_share"]].round(2).values.tolist()
    [['rhythm', 0.67, 1.0], ['spend', 0.33, 1.0]]
    """
    sizes = [np.abs(part) for part in (why.points, why.money)]
    points, money = (_shares(size.mean(axis=0)) for size in sizes)
    whole = (points + money) / 2
    order = np.argsort(-whole, kind="stable")
    drawn = _resampled(sizes, resamples, seed)
    places = np.argsort(-drawn, axis=1, kind="stable")
    return pd.DataFrame({
        "theme": np.array(why.themes, dtype=object)[order],
        "importance": whole[order],
        "low": np.quantile(drawn, _LOW, axis=0)[order],
        "high": np.quantile(drawn, _HIGH, axis=0)[order],
        "points_share": points[order],
        "money_share": money[order],
        "place_share": (places == order).mean(axis=0),
    })  # fmt: skip


def drivers(why: Contributions, groups: pd.Series) -> pd.DataFrame:
    """Return what sets each group of customers apart from the typical customer.

    Parameters
    ----------
    groups : (n,) segment, tier or any class of each row; missing ones are left out.

    Returns
    -------
    A row per group and theme, in each group the strongest first: `group, theme, customers`, and the mean
    `points` of p_churn and `money` of clv that the theme adds.

    Examples
    --------
    >>> zero, points = np.zeros(2), np.array([[0.2, -0.1], [-0.4, 0.1]])
    >>> why = Contributions(("rhythm", "spend"), points, -10 * points, zero, zero)
    >>> drivers(why, pd.Series(["iron", "gold"])).head(2).values.tolist()
    [['gold', 'rhythm', 1, -0.4, 4.0], ['gold', 'spend', 1, 0.1, -1.0]]
    """
    names = groups.astype("object").reset_index(drop=True)
    rows = []
    for name in sorted(names.dropna().unique()):
        is_member = (names == name).to_numpy(bool)
        points, money = why.points[is_member].mean(axis=0), why.money[is_member].mean(axis=0)
        order = np.argsort(-(_shares(np.abs(points)) + _shares(np.abs(money))), kind="stable")
        n = int(is_member.sum())
        rows += [(name, why.themes[one], n, float(points[one]), float(money[one])) for one in order]
    return pd.DataFrame(rows, columns=["group", "theme", "customers", "points", "money"])


def _resampled(sizes: Sequence[F], resamples: int, seed: int) -> F:
    """Return each resample's importances (resamples, k)."""
    rng, n = np.random.default_rng(seed), len(sizes[0])
    drawn = []
    for _ in range(resamples):
        weights = np.bincount(rng.integers(0, n, n), minlength=n).astype(float)
        drawn.append(sum(_shares(weights @ size) for size in sizes) / len(sizes))
    return np.array(drawn)


def _shares(sizes: F) -> F:
    total = float(sizes.sum())
    return sizes / total if total > 0 else np.zeros_like(sizes)
