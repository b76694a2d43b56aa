"""Natural breaks: limits that leave the least squared distance within levels, found exactly."""

import numpy as np

from goodwill.evaluation.ranking import FloatArray

_MOST_POINTS, _MOST_MOVES = 1_000, 50


def natural_breaks(values: FloatArray, n_limits: int) -> list[float]:
    """Return the limits between natural levels, each the least value of the level above it.

    Fisher (1958), "On grouping for maximum homogeneity", J. Am. Stat. Assoc. 53; known from maps as Jenks
    breaks. Exact by dynamic programming on up to 1,000 different values; more are first gathered into 1,000
    groups of neighbours, and the limits between groups then moved to halfway between the levels' means.

    Parameters
    ----------
    values : (n,) of float without missing ones, at least `n_limits` + 1 different ones.

    Examples
    --------
    >>> natural_breaks(np.array([1.0, 2.0, 9.0, 10.0, 30.0]), n_limits=2)
    [9.0, 30.0]
    """
    ordered = np.sort(values)
    points, weights, starts = _points(ordered)
    costs = _costs(points - points.mean(), weights)
    n = len(points)
    best, firsts = costs[0], []
    for _ in range(n_limits):
        # From here on: the least cost of points 0 to j with one more level, which begins at point i <= j.
        before = np.concatenate(([np.inf], best[:-1]))
        totals = before[:, None] + costs
        firsts.append(totals.argmin(axis=0))
        best = totals[firsts[-1], np.arange(n)]
    limits, last = [], n - 1
    for first in reversed(firsts):
        start = int(first[last])
        limits.append(float(starts[start]))
        last = start - 1
    return limits[::-1] if n < _MOST_POINTS else _moved(ordered, limits[::-1])


def _moved(ordered: FloatArray, limits: list[float]) -> list[float]:
    """Return limits moved until none lies elsewhere than halfway between the means of its levels."""
    running = np.concatenate(([0.0], np.cumsum(ordered)))
    for _ in range(_MOST_MOVES):
        borders = np.concatenate(([0], np.searchsorted(ordered, limits), [len(ordered)]))
        means = np.diff(running[borders]) / np.diff(borders)
        places = np.searchsorted(ordered, (means[:-1] + means[1:]) / 2)
        moved = [float(ordered[place]) for place in places]
        if moved == limits:
            break
        limits = moved
    return limits


def _points(ordered: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return places, weights and least values of at most so many groups of equal or neighbouring values."""
    different, counts = np.unique(ordered, return_counts=True)
    n_groups = min(len(different), _MOST_POINTS)
    group = np.arange(len(different)) * n_groups // len(different)
    weights = np.bincount(group, counts).astype(float)
    places = np.bincount(group, counts * different) / weights
    return places, weights, different[np.searchsorted(group, np.arange(n_groups))]


def _costs(points: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted squared distance to their mean of points i to j; infinite where i is beyond j."""
    sums = [np.concatenate(([0.0], np.cumsum(weights * points**power))) for power in range(3)]
    weight, total, squares = (s[None, 1:] - s[:-1, None] for s in sums)
    is_span = np.triu(np.ones(weight.shape, dtype=bool))
    means = np.divide(total**2, weight, out=np.zeros_like(total), where=is_span)
    return np.where(is_span, squares - means, np.inf)
