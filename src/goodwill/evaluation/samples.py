"""Judged customers, sorted once, whose metrics can be taken again under any weights (the bootstrap's counts).

A metric that cannot be computed is NaN here; `metrics` turns it into null with a reason.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.arguments import ensure_numbers
from goodwill.errors import UsageError
from goodwill.evaluation.ranking import FloatArray, Ranking, area, binned, dot, ranked, up_to

# The loss of a certainty that turns out wrong is bounded at 13.8.
P_FLOOR = 1e-6
# Money summed in another order may miss a bound by rounding alone.
ROUNDING = 1e-9

Bounds = tuple[npt.ArrayLike, npt.ArrayLike]


@dataclass(frozen=True)
class ChurnSample:
    """Outcomes and predicted probabilities of churn, with the customers' order by probability."""

    churned: FloatArray
    p_churn: FloatArray
    losses: FloatArray
    order: Ranking

    def __len__(self) -> int:
        return len(self.churned)

    def metrics(self, weights: FloatArray) -> dict[str, float]:
        """Return the churn metrics where customer i counts `weights[i]` times."""
        total = weights.sum()
        hits = self.order.cumulated(weights * self.churned)
        seen = self.order.cumulated(weights)
        predicted = self.order.cumulated(weights * self.p_churn)
        gap = np.abs(binned(seen, predicted) - binned(seen, hits)).sum()
        return {
            "roc_auc": ratio(area(seen - hits, hits), (total - hits[-1]) * hits[-1]),
            "average_precision": _average_precision(hits, seen),
            "log_loss": _mean(self.losses, weights),
            "brier": _mean((self.p_churn - self.churned) ** 2, weights),
            "ece": ratio(gap, total),
            "lift_10": ratio(float(up_to(0.1, seen, hits)) / 0.1, hits[-1]),
        }


@dataclass(frozen=True)
class ClvSample:
    """Realised and predicted value, their absolute gap, the order by each, the interval if there is one."""

    value: FloatArray
    clv: FloatArray
    errors: FloatArray
    interval: "IntervalSample | None"
    by_clv: Ranking
    by_value: Ranking

    def __len__(self) -> int:
        return len(self.value)

    def metrics(self, weights: FloatArray) -> dict[str, float]:
        """Return the value metrics where customer i counts `weights[i]` times."""
        found = self._rank_metrics(weights) | {
            "mae": _mean(self.errors, weights),
            "rmse": math.sqrt(_mean(self.errors**2, weights)),
            "bias": ratio(dot(weights, self.clv), dot(weights, self.value)) - 1,
            "zero_share": _mean((self.value <= 0).astype(float), weights),
        }
        return found | (self.interval.metrics(weights) if self.interval else {})

    def _rank_metrics(self, weights: FloatArray) -> dict[str, float]:
        seen, best_seen = self.by_clv.cumulated(weights), self.by_value.cumulated(weights)
        actual = self.by_clv.cumulated(weights * self.value)
        predicted = self.by_clv.cumulated(weights * self.clv)
        best = self.by_value.cumulated(weights * self.value)
        half = seen[-1] * actual[-1] / 2
        gains, best_gains = area(seen, actual) - half, area(best_seen, best) - half
        # Rounding leaves a speck where all values are equal.
        is_flat = best_gains <= 1e-12 * abs(half) or len(best) <= 2  # noqa: PLR2004 (0 and the total)
        totals, predicted_totals = binned(seen, actual), binned(seen, predicted)
        return {
            "ngini": math.nan if is_flat else float(gains / best_gains),
            "spearman": _correlation(self.by_clv.midranks(weights), self.by_value.midranks(weights), weights),
            "decile_mape": _decile_mape(totals, predicted_totals),
            "top_1_share": ratio(float(up_to(0.01, best_seen, best)), best[-1]),
            "top_1_share_predicted": ratio(float(up_to(0.01, seen, predicted)), predicted[-1]),
        }


@dataclass(frozen=True)
class IntervalSample:
    """Per customer: was the value inside, the interval score, the width."""

    is_inside: FloatArray
    scores: FloatArray
    widths: FloatArray

    def metrics(self, weights: FloatArray) -> dict[str, float]:
        """Return the interval metrics where customer i counts `weights[i]` times."""
        return {
            "coverage": _mean(self.is_inside, weights),
            "interval_score": _mean(self.scores, weights),
            "interval_width": _mean(self.widths, weights),
        }


def churn_sample(churned: npt.ArrayLike, p_churn: npt.ArrayLike) -> ChurnSample:
    """Return the judged customers of a churn model, checked and sorted."""
    outcome, p = checked(churned=churned, p_churn=p_churn)
    n_odd = int(np.sum((outcome != 0) & (outcome != 1)))
    if n_odd:
        message = (
            f"churned: {n_odd} of {len(p)} values are neither true nor false. Pass the outcome, not a score."
        )
        raise UsageError(message)
    n_bad = int(np.sum((p < 0) | (p > 1)))
    if n_bad:
        message = f"p_churn: {n_bad} of {len(p)} values lie outside 0 to 1. Pass probabilities, not scores."
        raise UsageError(message)
    return ChurnSample(outcome, p, log_losses(outcome, p), ranked(p))


def clv_sample(
    value: npt.ArrayLike, clv: npt.ArrayLike, bounds: Bounds | None = None, level: float = 0.8
) -> ClvSample:
    """Return the judged customers of a value model, checked and sorted."""
    realised, predicted = checked(value=value, clv=clv)
    interval = None
    if bounds is not None:
        _, low, high = checked(value=value, clv_low=bounds[0], clv_high=bounds[1])
        interval = _interval_sample(realised, low, high, level)
    return ClvSample(
        realised, predicted, np.abs(predicted - realised), interval, ranked(predicted), ranked(realised)
    )


def bounds_of(low: npt.ArrayLike | None, high: npt.ArrayLike | None) -> Bounds | None:
    """Return both bounds, or None unless both are there."""
    return None if low is None or high is None else (low, high)


def log_losses(churned: FloatArray, p_churn: FloatArray) -> FloatArray:
    """Return the log-loss of each customer; probabilities are kept 1e-6 away from 0 and 1."""
    p = np.clip(p_churn, P_FLOOR, 1 - P_FLOOR)
    return -np.log(np.where(churned > 0, p, 1 - p))


def ratio(part: float, whole: float) -> float:
    """Return part / whole, NaN unless whole is above zero."""
    return float(part / whole) if whole > 0 else math.nan


def ensure_level(level: float, name: str = "level") -> None:
    """Raise UsageError where no interval can have such a level, or a share is nobody's or everybody's."""
    ensure_numbers(**{name: level})
    if not 0 < level < 1:
        raise UsageError(f"{name}: {level} must lie between 0 and 1. Choose for example 0.9.")


def as_numbers(name: str, column: npt.ArrayLike) -> FloatArray:
    """Return a column as floats, NaN where a value is missing.

    Examples
    --------
    >>> as_numbers("clv", ["a", "b"])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: clv holds text or times among its 2 values. Give numbers alone.
    """
    try:
        if np.asarray(column).dtype.kind not in "mM":
            return np.asarray(column, dtype=float)
    except (TypeError, ValueError) as error:
        raise _not_numbers(name, column) from error
    raise _not_numbers(name, column)


def _not_numbers(name: str, column: npt.ArrayLike) -> UsageError:
    return UsageError(f"{name} holds text or times among its {np.size(column)} values. Give numbers alone.")


def checked(**columns: npt.ArrayLike) -> tuple[FloatArray, ...]:
    """Return the columns as float arrays of one length without missing or infinite values."""
    arrays = {name: as_numbers(name, column).ravel() for name, column in columns.items()}
    lengths = {name: len(column) for name, column in arrays.items()}
    if len(set(lengths.values())) > 1:
        message = f"Arrays of different lengths: {lengths}. Pass one value per customer in each."
        raise UsageError(message)
    for name, column in arrays.items():
        n_bad = int(np.sum(~np.isfinite(column)))
        if n_bad:
            message = (
                f"{name}: {n_bad} of {len(column)} values are missing or infinite. "
                "Judge only customers whose status is 'scored'."
            )
            raise UsageError(message)
    return tuple(arrays.values())


def _mean(amounts: FloatArray, weights: FloatArray) -> float:
    return ratio(dot(weights, amounts), float(weights.sum()))


def _average_precision(hits: FloatArray, seen: FloatArray) -> float:
    precision = np.divide(hits[1:], seen[1:], out=np.zeros(len(hits) - 1), where=seen[1:] > 0)
    return ratio(float(np.diff(hits) @ precision), hits[-1])


def _correlation(x: FloatArray, y: FloatArray, weights: FloatArray) -> float:
    total = weights.sum()
    if total == 0:
        return math.nan
    x, y = x - dot(weights, x) / total, y - dot(weights, y) / total
    weighted = weights * x
    spread_x, spread_y = dot(weighted, x), dot(weights, y**2)
    # Ranks differ by half a place at least; what is smaller is rounding.
    if min(spread_x, spread_y) < 1e-6 * total:
        return math.nan
    return dot(weighted, y) / math.sqrt(spread_x * spread_y)


def _decile_mape(actual: FloatArray, predicted: FloatArray) -> float:
    # Differences of cumulated sums leave a speck where a decile brought nothing.
    is_known = np.all(actual > 1e-9 * np.abs(actual).sum())
    return float(np.mean(np.abs(predicted - actual) / actual)) if is_known else math.nan


def _interval_sample(value: FloatArray, low: FloatArray, high: FloatArray, level: float) -> IntervalSample:
    ensure_level(level)
    width = high - low
    n_bad = int(np.sum(width < 0))
    if n_bad:
        message = (
            f"clv_low lies above clv_high for {n_bad} of {len(low)} customers. Swap or repair the bounds."
        )
        raise UsageError(message)
    inside = (_outside(value, low, high) <= ROUNDING).astype(float)
    return IntervalSample(inside, interval_scores(value, low, high, level), width)


def interval_scores(value: FloatArray, low: FloatArray, high: FloatArray, level: float) -> FloatArray:
    """Return the interval score of each customer (n,), lower is better (Gneiting & Raftery 2007, eq. 43).

    Examples
    --------
    >>> interval_scores(np.array([5.0, 12.0]), np.zeros(2), np.full(2, 10.0), 0.5).tolist()
    [10.0, 18.0]
    """
    return high - low + 2 / (1 - level) * _outside(value, low, high)


def _outside(value: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(low - value, 0) + np.maximum(value - high, 0), dtype=float)
