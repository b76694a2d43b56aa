"""Lift and gain by equal-count groups of a score; ties are divided pro rata."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.arguments import ensure_whole
from goodwill.evaluation.ranking import binned
from goodwill.evaluation.samples import checked, clv_sample


def lift_table(outcome: npt.ArrayLike, score: npt.ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Return what each group of customers by score holds of the outcome, the highest scores first.

    Parameters
    ----------
    outcome : (n_customers,) churned (0/1), or realised value.
    score : (n_customers,) p_churn, or clv.
    bins : number of equal-count groups; fewer where there are fewer customers.

    Returns
    -------
    A row per group: `group` (1 holds the highest scores), `n_customers` (all groups alike, and so a fraction
    where the customers do not divide evenly), `outcome_total`, `outcome_mean`, `lift` (the group's mean over
    the overall mean), `customers_share` and `captured_share` (of all groups so far) and `cumulative_lift`.
    Shares and lifts are missing where the outcome adds up to 0.

    Raises
    ------
    UsageError
        If outcomes and scores differ in length or are missing, or `bins` is no whole number from 1.

    Examples
    --------
    >>> table = lift_table([1, 0, 0, 1], [0.9, 0.1, 0.5, 0.4], bins=2)
    >>> table[["outcome_mean", "lift", "captured_share", "cumulative_lift"]].to_numpy().tolist()
    [[0.5, 1.0, 0.5, 1.0], [0.5, 1.0, 1.0, 1.0]]
    """
    ensure_whole(1, bins=bins)
    came, said = checked(outcome=outcome, score=score)
    sample = clv_sample(came, said)
    n = len(sample)
    bins = min(bins, max(n, 1))
    seen = sample.by_clv.cumulated(np.ones(n))
    total = binned(seen, sample.by_clv.cumulated(sample.value), bins)
    size, whole = n / bins, total.sum() if total.sum() > 0 else np.nan
    share = np.arange(1, bins + 1) / bins
    captured = np.cumsum(total) / whole
    return pd.DataFrame({
        "group": np.arange(1, bins + 1), "n_customers": size, "outcome_total": total,
        "outcome_mean": total / max(size, 1e-12), "lift": total / whole * bins,
        "customers_share": share, "captured_share": captured, "cumulative_lift": captured / share,
    })  # fmt: skip
