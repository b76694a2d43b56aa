"""Frames behind the pictures: calibration, gains and deciles; ties are divided pro rata."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from goodwill.evaluation.ranking import FloatArray, binned, up_to
from goodwill.evaluation.samples import bounds_of, churn_sample, clv_sample


def calibration_table(
    churned: npt.ArrayLike, p_churn: npt.ArrayLike, bins: int = 10, level: float = 0.9
) -> pd.DataFrame:
    """Return predicted and actual churn per equal-count bin of the probability, lowest first.

    Parameters
    ----------
    churned, p_churn : as in `metrics.churn_metrics`.
    bins : number of bins; fewer where there are fewer customers.
    level : coverage of the interval of the actual share (Wilson 1927, J. Am. Stat. Assoc. 22).

    Returns
    -------
    frame with a row per bin: bin, n_customers, p_mean, churned_share, churned_low, churned_high.

    Examples
    --------
    >>> found = calibration_table([0, 0, 0, 1], [0.1, 0.1, 0.6, 0.8], bins=2)
    >>> found[["p_mean", "churned_share"]].round(6).to_numpy().tolist()
    [[0.1, 0.0], [0.7, 0.5]]
    """
    sample = churn_sample(churned, p_churn)
    n, bins = len(sample), min(bins, max(len(sample), 1))
    if not n:
        return pd.DataFrame(
            columns=["bin", "n_customers", "p_mean", "churned_share", "churned_low", "churned_high"]
        )
    seen = sample.order.cumulated(np.ones(n))
    size = n / bins
    share = binned(seen, sample.order.cumulated(sample.churned), bins)[::-1] / size
    predicted = binned(seen, sample.order.cumulated(sample.p_churn), bins)[::-1] / size
    low, high = wilson(share, size, level)
    return pd.DataFrame(
        {
            "bin": np.arange(1, bins + 1),
            "n_customers": size,
            "p_mean": predicted,
            "churned_share": share,
            "churned_low": low,
            "churned_high": high,
        }
    )


def gains_table(outcome: npt.ArrayLike, score: npt.ArrayLike, points: int = 100) -> pd.DataFrame:
    """Return what share of the outcome the first customers by score hold.

    Parameters
    ----------
    outcome : (n_customers,) what is to be captured: churned (0/1) or realised value.
    score : (n_customers,) p_churn or clv; the highest are contacted first.
    points : number of steps from 0 to all customers.

    Returns
    -------
    frame with customers_share, captured_share, perfect_share (the best order possible), lift (NaN at 0);
    captured, perfect and lift are NaN where the outcome does not add up to more than zero.

    Examples
    --------
    >>> gains_table([1, 0, 0, 1], [0.9, 0.1, 0.5, 0.4], points=2)["captured_share"].tolist()
    [0.0, 0.5, 1.0]
    """
    sample = clv_sample(outcome, score)
    steps = np.linspace(0.0, 1.0, points + 1)
    everyone = np.ones(len(sample))
    total = sample.value.sum() if sample.value.sum() > 0 else np.nan
    curves = [
        up_to(steps, order.cumulated(everyone), order.cumulated(sample.value)) / total
        for order in (sample.by_clv, sample.by_value)
    ]
    lift = np.divide(curves[0], steps, out=np.full(len(steps), np.nan), where=steps > 0)
    return pd.DataFrame(
        {"customers_share": steps, "captured_share": curves[0], "perfect_share": curves[1], "lift": lift}
    )


def decile_table(
    value: npt.ArrayLike,
    clv: npt.ArrayLike,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    bins: int = 10,
) -> pd.DataFrame:
    """Return predicted and actual value per equal-count decile of clv, the highest first.

    Parameters
    ----------
    value, clv, low, high : as in `metrics.clv_metrics`.
    bins : number of groups; fewer where there are fewer customers.

    Returns
    -------
    frame with decile (1 holds the highest clv), n_customers, predicted_total, actual_total, zero_share
    (customers whose value is 0 or less) and, with an interval, coverage.

    Examples
    --------
    >>> found = decile_table([0, 10, 30, 0], [5, 10, 35, 5], bins=2)
    >>> found[["predicted_total", "actual_total"]].to_numpy().tolist()
    [[45.0, 40.0], [10.0, 0.0]]
    """
    sample = clv_sample(value, clv, bounds_of(low, high))
    n, bins = len(sample), min(bins, max(len(sample), 1))
    order = sample.by_clv
    seen = order.cumulated(np.ones(n))

    def per_decile(amounts: FloatArray) -> FloatArray:
        return binned(seen, order.cumulated(amounts), bins)

    columns = {
        "decile": np.arange(1, bins + 1),
        "n_customers": n / bins,
        "predicted_total": per_decile(sample.clv),
        "actual_total": per_decile(sample.value),
        "zero_share": per_decile((sample.value <= 0).astype(float)) / max(n / bins, 1),
    }
    if sample.interval is not None:
        columns["coverage"] = per_decile(sample.interval.is_inside) / max(n / bins, 1)
    return pd.DataFrame(columns)


def wilson(share: FloatArray, n: float, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
    """Return the Wilson score interval of a share seen among n customers.

    Examples
    --------
    >>> low, high = wilson(np.array([0.0, 0.5]), 10, level=0.95)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.237], [0.278, 0.763])
    """
    z = float(norm.ppf((1 + level) / 2))
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
