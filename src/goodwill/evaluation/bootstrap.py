"""How far chance alone moves a metric: bootstrap over customers.

A resample is a count per customer, so everything is sorted once and every replicate is a weighted metric.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from goodwill.errors import UsageError
from goodwill.evaluation.ranking import FloatArray, dot
from goodwill.evaluation.samples import (
    ChurnSample,
    ClvSample,
    bounds_of,
    checked,
    churn_sample,
    clv_sample,
    log_losses,
)

Intervals = dict[str, list[float] | None]
Sample = ChurnSample | ClvSample
_LOST_SHARE = 0.1


@dataclass(frozen=True)
class Resampling:
    """How to resample: how often, how sure, how many customers at most, from which seed.

    Above `max_customers` a random part of that size is resampled and the interval is narrowed by the square
    root of the share taken, as the error of these metrics falls with the root of the number of customers.
    """

    replicates: int = 200
    level: float = 0.9
    max_customers: int = 25_000
    seed: int = 0


@dataclass(frozen=True)
class PairedDifference:
    """Mean difference of two losses over the same customers (a - b; below 0: a is better), with its interval.

    `relative` is the difference as a share of the mean of b, None where that mean is 0.
    """

    mean: float
    low: float
    high: float
    relative: float | None
    n_customers: int


def churn_intervals(
    churned: npt.ArrayLike, p_churn: npt.ArrayLike, resampling: Resampling | None = None
) -> Intervals:
    """Return [low, high] for each of `churn_metrics`, None where the metric itself is undefined.

    Parameters
    ----------
    churned, p_churn : as in `churn_metrics`.
    resampling : how to resample; 200 replicates, 90 % by default.

    Examples
    --------
    >>> low, high = churn_intervals([True, False] * 50, [0.7, 0.4, 0.3, 0.2] * 25)["roc_auc"]
    >>> bool(0.6 < low < 0.75 < high < 0.9)
    True
    """
    plan = resampling or Resampling()
    everyone = churn_sample(churned, p_churn)
    chosen = _chosen(len(everyone), plan)
    return _intervals(everyone, churn_sample(everyone.churned[chosen], everyone.p_churn[chosen]), plan)


def clv_intervals(
    value: npt.ArrayLike,
    clv: npt.ArrayLike,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    level: float = 0.8,
    resampling: Resampling | None = None,
) -> Intervals:
    """Return [low, high] for each of `clv_metrics`, None where the metric itself is undefined.

    Parameters
    ----------
    value, clv, low, high, level : as in `clv_metrics`.
    resampling : how to resample; 200 replicates, 90 % by default.

    Examples
    --------
    >>> ci = clv_intervals(np.arange(100.0), np.arange(100.0) + 5)
    >>> ci["ngini"], ci["mae"]
    ([1.0, 1.0], [5.0, 5.0])
    """
    plan = resampling or Resampling()
    bounds = bounds_of(low, high)
    everyone = clv_sample(value, clv, bounds, level)
    chosen = _chosen(len(everyone), plan)
    part_bounds = bounds and (np.asarray(bounds[0])[chosen], np.asarray(bounds[1])[chosen])
    part = clv_sample(everyone.value[chosen], everyone.clv[chosen], part_bounds, level)
    return _intervals(everyone, part, plan)


def paired_bootstrap(
    loss_a: npt.ArrayLike, loss_b: npt.ArrayLike, level: float = 0.9, seed: int = 0, replicates: int = 1000
) -> PairedDifference:
    """Return the mean of loss_a - loss_b with its bootstrap interval over customers.

    Parameters
    ----------
    loss_a, loss_b : (n_customers,) of float; loss of each customer under two models, in the same order.
    level : coverage of the interval.

    Notes
    -----
    Above 20,000 customers the differences are first added up in 20,000 random groups of nearly equal size:
    the variance of the mean stays what it was and the time stays bounded.

    Examples
    --------
    >>> paired_bootstrap([1.0, 1.0, 1.0], [2.0, 2.0, 2.0])
    PairedDifference(mean=-1.0, low=-1.0, high=-1.0, relative=-0.5, n_customers=3)
    """
    a, b = checked(loss_a=loss_a, loss_b=loss_b)
    if not len(a):
        message = (
            "loss_a and loss_b hold no customers. Compare models on a window in which customers were judged."
        )
        raise UsageError(message)
    rng = np.random.default_rng(seed)
    n_groups = min(len(a), 20_000)
    group = rng.permutation(len(a)) % n_groups if len(a) > n_groups else np.arange(len(a))
    sums = np.bincount(group, weights=a - b, minlength=n_groups).astype(float)
    sizes = np.bincount(group, minlength=n_groups).astype(float)
    counts = _counts(n_groups, Resampling(replicates, seed=seed))
    means = [dot(drawn, sums) / dot(drawn, sizes) for drawn in counts]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    mean, base = float(np.mean(a - b)), float(np.mean(b))
    return PairedDifference(mean, float(low), float(high), mean / base if base else None, len(a))


def log_loss_per_customer(churned: npt.ArrayLike, p_churn: npt.ArrayLike) -> FloatArray:
    """Return each customer's log-loss, probabilities kept 1e-6 away from 0 and 1.

    Examples
    --------
    >>> log_loss_per_customer([True, False], [0.5, 0.5]).round(4).tolist()
    [0.6931, 0.6931]
    """
    return log_losses(*checked(churned=churned, p_churn=p_churn))


def tweedie_deviance_per_customer(value: npt.ArrayLike, clv: npt.ArrayLike) -> FloatArray:
    """Return each customer's Tweedie deviance of power 1.5: 4 (sqrt(value) - sqrt(clv))² / sqrt(clv).

    Parameters
    ----------
    value : (n_customers,) of float; realised value; below zero, where no deviance exists, it counts as 0.
    clv : (n_customers,) of float; predicted value, raised to at least a thousandth of the mean value, as a
        prediction of exactly 0 would cost an infinite amount at the first purchase.

    Notes
    -----
    The unit deviance of Jørgensen (1987), J. R. Stat. Soc. B 49, with p = 1.5, as a square.

    Examples
    --------
    >>> tweedie_deviance_per_customer([0.0, 4.0, 9.0], [4.0, 4.0, 4.0]).tolist()
    [8.0, 0.0, 2.0]
    """
    y, predicted = checked(value=value, clv=clv)
    y = np.maximum(y, 0.0)
    floor = 1e-3 * float(np.mean(y)) if len(y) and y.any() else 1e-9
    root = np.sqrt(np.maximum(predicted, floor))
    return 4 * (np.sqrt(y) - root) ** 2 / root


def value_loss_name(value: npt.ArrayLike) -> Literal["tweedie_deviance", "squared_error"]:
    """Return which proper score judges predictions of these values: Tweedie deviance where money comes in.

    A deviance knows no money below zero. Refunds beyond a purchase may be read as nothing; where what is lost
    is more than a tenth of all money that moves, squared errors judge.

    Examples
    --------
    >>> value_loss_name([20.0, 0.0, -1.0]), value_loss_name([20.0, 0.0, -9.0])
    ('tweedie_deviance', 'squared_error')
    """
    y = np.asarray(value, dtype=float)
    lost, moved = float(np.maximum(-y, 0).sum()), float(np.abs(y).sum())
    return "squared_error" if lost > _LOST_SHARE * moved else "tweedie_deviance"


def value_loss_per_customer(value: npt.ArrayLike, clv: npt.ArrayLike) -> FloatArray:
    """Return each customer's loss (n_customers,), as `value_loss_name` names it.

    Examples
    --------
    >>> value_loss_per_customer([20.0, 0.0, -9.0], [20.0, 0.0, -6.0]).tolist()
    [0.0, 0.0, 9.0]
    """
    if value_loss_name(value) == "tweedie_deviance":
        return tweedie_deviance_per_customer(value, clv)
    y, predicted = checked(value=value, clv=clv)
    return (y - predicted) ** 2


def _chosen(n: int, plan: Resampling) -> npt.NDArray[np.intp]:
    if n <= plan.max_customers:
        return np.arange(n)
    return np.random.default_rng(plan.seed).choice(n, plan.max_customers, replace=False, shuffle=False)


def _counts(n: int, plan: Resampling) -> Iterator[FloatArray]:
    rng = np.random.default_rng(plan.seed + 1)
    for _ in range(plan.replicates if n else 0):
        yield np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n).astype(float)


def _intervals(everyone: Sample, part: Sample, plan: Resampling) -> Intervals:
    n, m = len(everyone), len(part)
    drawn = [part.metrics(counts) for counts in _counts(m, plan)]
    centre, seen = part.metrics(np.ones(m)), everyone.metrics(np.ones(n))
    shrink = math.sqrt(m / n) if n else 1.0
    found: Intervals = {}
    for name in seen:
        defined = np.array([metrics[name] for metrics in drawn if not math.isnan(metrics[name])])
        found[name] = _interval((seen[name], centre[name]), defined, shrink, plan.level)
    return found


def _interval(
    points: tuple[float, float], drawn: FloatArray, shrink: float, level: float
) -> list[float] | None:
    everyone, part = points
    if math.isnan(everyone) or math.isnan(part) or not len(drawn):
        return None
    tails = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    low, high = (everyone + (tails - part) * shrink).tolist()
    # Metrics of a gap (ece) only grow under resampling: the interval is widened to hold what was measured.
    return [min(low, everyone), max(high, everyone)]
