"""Intervals of totals: what groups of customers will bring together.

The customers of a group err apart and together. Apart: each realises one draw of an own distribution, and the
variances add up. Together: a season or a trend that the features do not tell moves everybody, and the level
was learned from a sample of customers that happened to buy as they did. The larger the group, the more the
second part counts, and no number of customers averages it away.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.modeling.value_distribution import ValueDistribution

F = NDArray[np.float64]
_FEWEST_WINDOWS = 4
_SMALLEST, _FEW = 1e-12, 1e-8


@dataclass(frozen=True)
class Spread:
    """How what n customers realise is spread, as far as totals need it.

    Parameters
    ----------
    variance : (n,) of each value, money squared. p_nothing : (n,) the chance to bring nothing (or less, where
        contacts cost money). costs : (n,) what each may cost beside; nothing when None.
    """

    variance: F
    p_nothing: F
    costs: F | None = None

    @property
    def log_nothing(self) -> F:
        """The logarithm of the chance to bring nothing, which adds up over customers (n,)."""
        return np.log(np.maximum(self.p_nothing, _SMALLEST))

    @property
    def loss(self) -> F:
        """The `costs`, 0 where there are none (n,)."""
        return np.zeros(len(self.variance)) if self.costs is None else self.costs


def total_intervals(  # noqa: PLR0913 - what is told of customers has four parts
    clv: F,
    variance: F,
    groups: pd.Series,
    *,
    common_share: float,
    level: float = 0.9,
    log_nothing: F | None = None,
    loss: F | None = None,
) -> pd.DataFrame:
    """Return the expected total of each group with its prediction interval.

    A total above zero is taken for lognormal, and another one for normal. Of a small group, of whom it may be
    that nobody brings anything, the total is 0 with that chance and else of a gamma distribution: a compound
    Poisson sum of gammas is near to that (Jørgensen 1987, J. R. Stat. Soc. B 49, on Tweedie models).

    Parameters
    ----------
    clv : (n_customers,) expected values, money.
    variance : (n_customers,) of the values realised around them, as `value_variance` returns it.
    groups : (n_customers,) the group of each customer; missing ones are left out.
    common_share : standard deviation of the logarithm of what moves all customers together.
    level : probability that an interval holds its total, above 0 and below 1.
    log_nothing, loss : (n_customers,) as `Spread` has them; nobody is taken to bring nothing, or to cost
        anything then, when None.

    Returns
    -------
    A row per group, in order: `group, n_customers, clv_total, low, high`.

    Raises
    ------
    UsageError
        If the level does not lie between 0 and 1, or a variance is missing where a value is expected.

    Examples
    --------
    >>> clv, variance = np.full(100, 10.0), np.full(100, 100.0)
    >>> everyone = pd.Series(["all"] * 100)
    >>> total_intervals(clv, variance, everyone, common_share=0.0).round(0).to_numpy().tolist()
    [['all', 100, 1000.0, 844.0, 1172.0]]
    >>> total_intervals(clv, variance, everyone, common_share=0.3).round(0).to_numpy().tolist()
    [['all', 100, 1000.0, 566.0, 1600.0]]
    """
    ensure_level(level)
    n_unknown = int(np.sum(np.isnan(variance) & ~np.isnan(clv)))
    if n_unknown:
        raise UsageError(f"variance: missing for {n_unknown} of {len(clv)} customers with a clv. Give all.")
    nothing = np.full(len(clv), np.log(_SMALLEST)) if log_nothing is None else log_nothing
    rows = pd.DataFrame({"clv": clv, "variance": variance, "log_nothing": nothing})
    rows["loss"] = 0.0 if loss is None else loss
    sums = rows.groupby(groups.to_numpy()).agg(
        n_customers=("clv", "size"),
        clv_total=("clv", "sum"),
        variance=("variance", "sum"),
        log_nothing=("log_nothing", "sum"),
        loss=("loss", "sum"),
    )
    total, apart = sums["clv_total"].to_numpy(), sums.pop("variance").to_numpy()
    p_nothing, losses = np.exp(sums.pop("log_nothing").to_numpy()), sums.pop("loss").to_numpy()
    low, high = _bounds(total, apart, common_share, level)
    is_small = (p_nothing > _FEW) & (total > 0)
    few = partial(_of_few, total[is_small], apart[is_small], p_nothing[is_small], common_share)
    low[is_small] = few(np.full(is_small.sum(), (1 - level) / 2))
    # Nothing lies below nothing: what is left out lies above.
    high[is_small] = few(np.where(low[is_small] == 0, level, (1 + level) / 2))
    # Where it may be that nobody brings anything, contacts cost all the same.
    costs_alone = (losses > 0) & (p_nothing > (1 - level) / 2)
    low = np.where(costs_alone, np.minimum(low, -losses), low)
    high = np.where(costs_alone, np.maximum(high, 0.0), high)
    return sums.assign(low=low, high=high).rename_axis("group").reset_index()


def value_variance(values: ValueDistribution) -> F:
    """Return the variance of each customer's realised value (n,), in money squared."""
    mean, square = values.ratio.moments
    stays = 1 - values.p_churn
    return values.scale**2 * (stays * square - (stays * mean) ** 2)


def drift_share(X: pd.DataFrame, value: F, clv: F) -> float:
    """Return how far whole windows lay from what was predicted, beyond chance: season and trend untold.

    Few windows vary by chance alone, and their variance by chance too: what they do within a standard error
    of that is not taken for drift.

    Parameters
    ----------
    X : (n, ...) past windows: `as_of`, `horizon_days`; without them, or of fewer than 4 windows, 0.
    value, clv : (n,) what came and what was expected, by models that did not know the customers.

    Returns
    -------
    The standard deviation over windows of log(actual total / predicted total).
    """
    if "as_of" not in X:
        return 0.0
    rows = pd.DataFrame({"value": value, "clv": clv, "squares": (value - clv) ** 2})
    totals = rows.groupby([X["as_of"].to_numpy(), X["horizon_days"].to_numpy()]).sum()
    totals = totals[(totals["value"] > 0) & (totals["clv"] > 0)]
    if len(totals) < _FEWEST_WINDOWS:
        return 0.0
    gaps = np.log(totals["value"] / totals["clv"])
    chance = float((totals["squares"] / totals["clv"] ** 2).mean())
    # Horizons that begin about the same day vary together: there are as many draws as one of them has days.
    n_days = len(totals) / totals.index.get_level_values(1).nunique()
    surprise = float(np.sqrt(2 / max(n_days - 1, 1)))
    return float(np.sqrt(max((gaps - gaps.mean()).var() - chance * (1 + surprise), 0.0)))


def missed_share(value: float, clv: float, variance: float, common_share: float) -> float:
    """Return how far all customers of a later window moved together, more than had been said of them.

    Windows learned from tell less of drift than one that no model knew, and one alone tells little: what lies
    within the 90 % interval that was said of its total is taken for chance. Beyond a fourfold, intervals of
    totals do not reach, and no more is made of it; a window that brought nothing lies there.

    Parameters
    ----------
    value, clv, variance : totals of what came, of what was expected, and of `value_variance`.
    common_share : as in `total_intervals`, as it was said.

    Returns
    -------
    The standard deviation beside `common_share` that puts `value` on the edge of its interval; 0 within it.

    Examples
    --------
    >>> [round(missed_share(value, 1000.0, 10_000.0, 0.1), 3) for value in (1000.0, 500.0)]
    [0.0, 0.351]
    """
    if clv <= 0:
        return 0.0
    z = float(ndtri(0.95))
    gap = np.log(value / clv) if value > 0 else -np.inf
    # The deviation of the logarithm with which `_bounds` puts an end there.
    needed = np.sqrt(z**2 - 2 * gap) - z if gap < 0 else z - np.sqrt(max(z**2 - 2 * gap, 0.0))
    said = np.log1p(variance / clv**2) + common_share**2
    return float(np.sqrt(max(min(needed, z) ** 2 - said, 0.0)))


def level_share(customer_id: pd.Series, value: F, clv: F) -> float:
    """Return how far the level of predictions may lie from the truth because few customers were seen.

    Parameters
    ----------
    customer_id : (n,) whose past windows these are; customers are drawn, not rows.
    value, clv : (n,) what came and what was expected.

    Returns
    -------
    The standard error of the logarithm of the total that came.

    Examples
    --------
    >>> customers, value = pd.Series(np.arange(400)), np.tile([0.0, 10.0], 200)
    >>> round(level_share(customers, value, np.full(400, 5.0)), 3)
    0.05
    """
    total = value.sum()
    if total <= 0:
        return 0.0
    residuals = pd.Series(value - clv).groupby(customer_id.to_numpy()).sum()
    return float(np.sqrt(np.sum(residuals**2)) / total)


def _bounds(total: F, variance: F, common_share: float, level: float) -> tuple[F, F]:
    z = float(-ndtri((1 - level) / 2))
    is_positive = total > 0
    safe = np.where(is_positive, total, 1.0)
    log_variance = np.log1p(variance / safe**2) + common_share**2
    middle, reach = safe * np.exp(-log_variance / 2), np.exp(z * np.sqrt(log_variance))
    spread = z * np.sqrt(variance + (common_share * total) ** 2)
    low = np.where(is_positive, middle / reach, total - spread)
    return low, np.where(is_positive, middle * reach, total + spread)


def _of_few(total: F, variance: F, p_nothing: F, common_share: float, p: F) -> F:
    """Return the quantiles of totals that are 0 with a chance, and else of a gamma distribution (n,)."""
    comes = np.maximum(1 - p_nothing, _SMALLEST)
    mean = total / comes
    square = (variance + total**2) * np.exp(common_share**2) / comes
    shape = 1 / np.maximum(square / mean**2 - 1, _SMALLEST)
    share = np.clip((p - p_nothing) / comes, 0.0, 1.0)
    return np.asarray(mean * gammaincinv(shape, share) / shape)
