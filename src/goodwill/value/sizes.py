"""Classes in figures: how many customers each holds, what they are worth, and how firm their limits are."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from goodwill.value.classify import classify
from goodwill.value.fitting import ClassLimits, fit_classes
from goodwill.value.rules import DIMENSIONS, NOT_COMPUTABLE

_RESAMPLES, _MOST_ROWS = 10, 20_000
Sizes = dict[str, dict[str, int]]


def class_sizes(classes: pd.DataFrame) -> Sizes:
    """Return the number of customers by dimension and class; what nobody has is left out.

    Examples
    --------
    >>> class_sizes(pd.DataFrame({"tier": ["gold", "lead", "gold"]}))
    {'tier': {'gold': 2, 'lead': 1}}
    """
    names = [name for name in DIMENSIONS if name in classes]
    counts = {name: classes[name].value_counts() for name in names}
    return {name: {str(code): int(n) for code, n in found.items() if n} for name, found in counts.items()}


def class_profiles(scores: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return a row per class (or segment) of a scores frame, the most valuable first.

    Parameters
    ----------
    scores : (n, ...) with `by`, and `p_churn` and `clv` where they are known.
    by : a dimension, or `segment`.

    Returns
    -------
    frame with `by`, customers, share (of all customers), clv_total, value_share (of the total clv), clv_mean,
    p_churn_mean; money and probability where the scores have them, over the customers who have one.

    Examples
    --------
    >>> scores = pd.DataFrame({"tier": ["gold", "lead", "lead"], "clv": [6.0, 1.0, 1.0]})
    >>> class_profiles(scores, "tier")[["tier", "customers", "value_share"]].to_numpy().tolist()
    [['gold', 1, 0.75], ['lead', 2, 0.25]]
    """
    groups = scores.groupby(scores[by].astype(object))
    found = pd.DataFrame({"customers": groups.size(), "share": groups.size() / max(len(scores), 1)})
    if "clv" in scores:
        total = scores["clv"].sum()
        found["clv_total"] = groups["clv"].sum()
        found["value_share"] = found["clv_total"] / total if total else np.nan
        found["clv_mean"] = groups["clv"].mean()
    if "p_churn" in scores:
        found["p_churn_mean"] = groups["p_churn"].mean()
    order = ["clv_total"] if "clv" in scores else ["customers"]
    return found.rename_axis(by).reset_index().sort_values(order, ascending=False, ignore_index=True)


def class_stability(
    X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits, seed: int = 0
) -> Mapping[str, float]:
    """Return, per dimension, the share of customers whose class stays where limits are fitted to a resample.

    The mean over ten bootstrap resamples of at most 20,000 customers. Dimensions that cannot be computed
    are left out; absolute limits do not move, so that they score 1.
    """
    rng = np.random.default_rng(seed)
    if len(X) > _MOST_ROWS:
        drawn = np.sort(rng.choice(len(X), _MOST_ROWS, replace=False))
        X, scores = X.iloc[drawn], scores.iloc[drawn]
    own = classify(X, scores, limits)
    names = [name for name in DIMENSIONS if (own[name] != NOT_COMPUTABLE).any()]
    kept: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(_RESAMPLES):
        rows = rng.integers(0, len(X), len(X))
        again = classify(X, scores, fit_classes(X.iloc[rows], scores.iloc[rows], limits.rules))
        for name in names:
            kept[name].append(float((own[name].astype(object) == again[name].astype(object)).mean()))
    return {name: float(np.mean(shares)) for name, shares in kept.items()}
