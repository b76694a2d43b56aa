"""What labels of past windows say as a whole, where a row may stand for more customers than another."""

from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError, UsageError
from goodwill.features.columns import numbers
from goodwill.modeling.given_values import check_lengths, flags, weights
from goodwill.modeling.whales import without_whales

F = NDArray[np.float64]
_KEYS = ("customer_id", "horizon_days")
_CENT = 0.01


def check_labels(X: pd.DataFrame, y: pd.DataFrame) -> None:
    """Raise where labels are missing or none, or where nobody churned, or everybody did."""
    absent = [name for name in _KEYS if name not in X] + [
        name for name in ("churned", "value") if name not in y
    ]
    if absent:
        raise UsageError(f"{', '.join(absent)}: no such column. Give X and y as a snapshot has them.")
    check_lengths(X=X, y=y)
    churned = flags("churned", y["churned"])
    weights("weight", y.get("weight"), len(y))
    n_bad = int((~np.isfinite(numbers(y, "value"))).sum())
    if n_bad:
        raise UsageError(f"value: {n_bad} of {len(y)} values are missing or infinite. Leave such rows out.")
    if not 0 < churned.sum() < len(churned):
        found = "nobody" if not churned.any() else "everybody"
        raise FitError(
            f"churned: {found} of {X['customer_id'].nunique():,} customers in the training windows churned, "
            "so there is nothing to learn from. Choose another horizon_days, or check the labels."
        )


def weights_of(y: pd.DataFrame) -> F | None:
    """Return how much each row counts (n,), 1 on average; None where all count the same.

    Examples
    --------
    >>> weights_of(pd.DataFrame({"churned": [True, False], "weight": [3.0, 1.0]}))
    array([1.5, 0.5])
    """
    return y["weight"].to_numpy(float) / y["weight"].mean() if "weight" in y else None


def chosen(values: F | None, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> F | None:
    """Return the weights or starts of some rows; None where there are none."""
    return None if values is None else values[rows]


def horizon_sign(X: pd.DataFrame, y: pd.DataFrame) -> int:
    """Return 1 where a longer horizon makes activity likelier (orders), -1 where it does not (contracts)."""
    weight = y.get("weight", pd.Series(1.0, y.index))
    active, everyone = (
        each.groupby(X["horizon_days"]).sum() for each in (weight * ~y["churned"].astype(bool), weight)
    )
    share = active / everyone
    return 1 if share.iloc[-1] >= share.iloc[0] else -1


def capped_value(y: pd.DataFrame) -> F:
    """Return the value of the active, at least a cent and at most the .999 quantile, and 0 of the others.

    Examples
    --------
    >>> capped_value(pd.DataFrame({"churned": [False, False, True], "value": [5.0, -1.0, -2.0]})).round(2)
    array([5.  , 0.01, 0.  ])
    """
    is_active, value = ~y["churned"].to_numpy(bool), money_of(y)
    return without_whales(value, value[is_active], chosen(weights_of(y), is_active))


def money_of(y: pd.DataFrame) -> F:
    """Return the value of the active, at least a cent, and 0 of the others."""
    return np.where(y["churned"].to_numpy(bool), 0.0, np.maximum(y["value"].to_numpy(float), _CENT))


def mean_if_churned(X: pd.DataFrame, y: pd.DataFrame) -> tuple[float, float]:
    """Return the mean value of those who churned, and the mean horizon it accrued in."""
    gone = np.flatnonzero(y["churned"].to_numpy(bool))
    weight = chosen(weights_of(y), gone)
    value, days = (
        float(np.average(column.to_numpy(float)[gone], weights=weight))
        for column in (y["value"], X["horizon_days"])
    )
    return value, days


class Said(Protocol):
    """What a model says of each row (n,), as `blend.Predicted`."""

    @property
    def p_churn(self) -> F:
        """Probability of churn."""

    @property
    def clv(self) -> F:
        """Expected value."""

    @property
    def clv_if_churned(self) -> F:
        """Expected value if churned."""


def if_churned_beside(p_churn: F, said: Said) -> F:
    """Return what the churned are worth beside another probability than the one that value was said with.

    The active are worth what was said of them: the value divided by a much smaller chance to be active would
    be a fortune. What the two do not agree on counts for the churned.
    """
    p_own = np.minimum(p_churn, said.p_churn)
    active = (said.clv - p_own * said.clv_if_churned) / (1 - p_own)
    return np.asarray((said.clv - (1 - p_churn) * active) / p_churn)


def mean_log_loss(logit: F, is_active: NDArray[np.bool_], weight: F | None) -> float:
    """Return the log-loss of logits (n,) of being active."""
    return float(np.average(np.logaddexp(0.0, logit) - is_active * logit, weights=weight))
