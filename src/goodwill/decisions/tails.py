"""Intervals for money whose few large amounts make the t interval lean the wrong way."""

import numpy as np
from scipy import stats

from goodwill.decisions.campaign import B, F
from goodwill.decisions.difference import Difference

# The one-sided error of a t interval, to first order, from which on it is replaced.
TOLERATED_ERROR = 0.005
REPLICATES = 999


def lean(found: Difference, level: float) -> float:
    """Return by how much one side of the t interval misses its nominal error, to first order.

    Hall (1992), The Bootstrap and Edgeworth Expansion, eq. 2.80: |skewness| (2 z² + 1) φ(z) / 6, the skewness
    being that of the studentised estimate.

    Examples
    --------
    >>> evenly = Difference(1.0, np.array([0.1, -0.1] * 50), 0.0, np.zeros(100), 98.0, "by hand")
    >>> lean(evenly, 0.95)
    0.0
    """
    if found.error == 0:
        return 0.0
    skewness = float(np.sum(found.influence**3)) / found.error**3
    z = float(stats.norm.ppf((1 + level) / 2))
    return abs(skewness) * (2 * z**2 + 1) * float(stats.norm.pdf(z)) / 6


def bootstrap_t(found: Difference, is_treated: B, level: float, seed: int) -> tuple[float, float]:
    """Return the bootstrap-t interval of a difference (Efron and Tibshirani 1993, §12.5).

    Customers are drawn within their group, and each replicate is measured in its own standard error.

    Parameters
    ----------
    found : the difference, whose influences stand for the customers.
    is_treated : (n,) of bool.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> lot = np.arange(400) % 8 == 0
    >>> spend = rng.exponential(size=400) ** 2
    >>> influence = np.where(lot, spend - spend[lot].mean(), 0.0) / lot.sum()
    >>> low, high = bootstrap_t(Difference(0.0, influence, 1.0, influence, 398.0, "by hand"), lot, 0.95, 0)
    >>> bool(high > -low > 0)
    True
    """
    rng = np.random.default_rng(seed)
    parts = [found.influence[group] - found.influence[group].mean() for group in (~is_treated, is_treated)]
    drawn = np.array([_studentised(parts, rng) for _ in range(REPLICATES)])
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return found.estimate - float(high) * found.error, found.estimate - float(low) * found.error


def _studentised(parts: list[F], rng: np.random.Generator) -> float:
    total, variance = 0.0, 0.0
    for part in parts:
        some = part[rng.integers(0, len(part), len(part), dtype=np.int32)]
        total += float(some.sum())
        variance += float(some.var()) * len(part)
    return total / np.sqrt(variance) if variance > 0 else 0.0
