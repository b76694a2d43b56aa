"""What labels of past windows say as a whole, where a row may stand for more customers than another."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError

F = NDArray[np.float64]
_CENT, _WHALE = 0.01, 0.999
# How far a sum of predictions usually lies from what comes, as a standard deviation of its logarithm.
_LIKELY_LEVEL = 0.1


def check_labels(y: pd.DataFrame) -> None:
    """Raise where nobody churned, or everybody did."""
    churned = y["churned"].to_numpy(bool)
    if not 0 < churned.sum() < len(churned):
        found = "nobody" if not churned.any() else "everybody"
        raise FitError(
            f"churned: {found} of {len(churned)} customers in the training windows churned, so there is "
            "nothing to learn from. Choose another horizon_days, or check the labels."
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
    is_active = ~y["churned"].to_numpy(bool)
    value = np.where(is_active, np.maximum(y["value"].to_numpy(float), _CENT), 0.0)
    weight = chosen(weights_of(y), is_active)
    spent = value[is_active]
    if weight is None:
        return np.minimum(value, np.quantile(spent, _WHALE))
    return np.minimum(value, np.quantile(spent, _WHALE, weights=weight, method="inverted_cdf"))


def mean_if_churned(X: pd.DataFrame, y: pd.DataFrame) -> tuple[float, float]:
    """Return the mean value of those who churned, and the mean horizon it accrued in."""
    gone = np.flatnonzero(y["churned"].to_numpy(bool))
    weight = chosen(weights_of(y), gone)
    value, days = (
        float(np.average(column.to_numpy(float)[gone], weights=weight))
        for column in (y["value"], X["horizon_days"])
    )
    return value, days


def level_of(told: pd.DataFrame) -> float:
    """Return what predictions must be multiplied by to add up to what came, as far as that is no chance.

    Parameters
    ----------
    told : (n, 3) `customer_id`, `value` and what was `said`, each row weighed.

    Examples
    --------
    >>> told = pd.DataFrame({"customer_id": range(1000), "value": [0.0, 5.0] * 500, "said": 2.0})
    >>> round(level_of(told), 2), round(level_of(told.head(4)), 2)
    (1.22, 1.01)
    """
    sums = told.groupby("customer_id")[["value", "said"]].sum()
    value, said = sums.to_numpy(float).T
    if not min(value.sum(), said.sum()) > 0:
        return 1.0
    level = value.sum() / said.sum()
    # Of the ratio's logarithm; customers are drawn, not rows.
    chance = float(np.sum((value - level * said) ** 2)) / value.sum() ** 2
    return float(np.exp(np.log(level) * _LIKELY_LEVEL**2 / (_LIKELY_LEVEL**2 + chance)))


def mean_log_loss(logit: F, is_active: NDArray[np.bool_], weight: F | None) -> float:
    """Return the log-loss of logits (n,) of being active."""
    return float(np.average(np.logaddexp(0.0, logit) - is_active * logit, weights=weight))
