"""Intervals of totals: what groups of customers will bring together.

The customers of a group err apart and together. Apart: each realises one draw of an own distribution, and the
variances add up. Together: a season or a trend that the features do not tell moves everybody; how much was
read off whole windows of training (`ValueIntervals.drift_share_`). The larger the group, the more the second
part counts, and no number of customers averages it away.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from goodwill.errors import UsageError
from goodwill.modeling.value_distribution import ValueDistribution

F = NDArray[np.float64]


def total_intervals(
    clv: F, variance: F, groups: pd.Series, *, drift_share: float, level: float = 0.9
) -> pd.DataFrame:
    """Return the expected total of each group with its prediction interval.

    A total above zero is taken for lognormal, which keeps the interval of a small group above zero, and
    another one for normal.

    Parameters
    ----------
    clv : (n_customers,) expected values, money.
    variance : (n_customers,) of the values realised around them, as `value_variance` returns it.
    groups : (n_customers,) the group of each customer; missing ones are left out.
    drift_share : standard deviation of the logarithm of what moves all customers together.
    level : probability that an interval holds its total, above 0 and below 1.

    Returns
    -------
    A row per group, in order: `group, n_customers, clv_total, low, high`.

    Raises
    ------
    UsageError
        If the level does not lie between 0 and 1.

    Examples
    --------
    >>> clv, variance = np.full(100, 10.0), np.full(100, 100.0)
    >>> everyone = pd.Series(["all"] * 100)
    >>> total_intervals(clv, variance, everyone, drift_share=0.0).round(0).to_numpy().tolist()
    [['all', 100, 1000.0, 844.0, 1172.0]]
    >>> total_intervals(clv, variance, everyone, drift_share=0.3).round(0).to_numpy().tolist()
    [['all', 100, 1000.0, 566.0, 1600.0]]
    """
    if not 0 < level < 1:
        raise UsageError(f"level: {level} must lie between 0 and 1. Choose for example 0.9.")
    rows = pd.DataFrame({"clv": clv, "variance": variance})
    sums = rows.groupby(groups.to_numpy()).agg(
        n_customers=("clv", "size"), clv_total=("clv", "sum"), variance=("variance", "sum")
    )
    low, high = _bounds(sums["clv_total"].to_numpy(), sums.pop("variance").to_numpy(), drift_share, level)
    return sums.assign(low=low, high=high).rename_axis("group").reset_index()


def value_variance(values: ValueDistribution) -> F:
    """Return the variance of each customer's realised value (n,), in money squared."""
    mean, square = values.ratio.moments
    stays = 1 - values.p_churn
    return values.scale**2 * (stays * square - (stays * mean) ** 2)


def _bounds(total: F, variance: F, drift_share: float, level: float) -> tuple[F, F]:
    z = float(-ndtri((1 - level) / 2))
    is_positive = total > 0
    safe = np.where(is_positive, total, 1.0)
    log_variance = np.log1p(variance / safe**2) + drift_share**2
    middle, reach = safe * np.exp(-log_variance / 2), np.exp(z * np.sqrt(log_variance))
    spread = z * np.sqrt(variance + (drift_share * total) ** 2)
    low = np.where(is_positive, middle / reach, total - spread)
    return low, np.where(is_positive, middle * reach, total + spread)
