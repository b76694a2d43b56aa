"""From a snapshot's features to the histories that buy-till-you-die models read."""

import numpy as np
import pandas as pd

from goodwill.modeling.design import window_total

DAYS_PER_WEEK = 7.0
_SMALL = 1e-6


def repeat_histories(X: pd.DataFrame) -> pd.DataFrame:
    """Return frequency, recency, T (weeks) and monetary_value of each row, with Fader and Hardie's meaning.

    Parameters
    ----------
    X : (n, ...) features; a customer without a purchase has a history of length 0. Needs `n_order_days`,
        `days_since_first_order`, `days_since_last_order`, `n_orders`, `spend_mean` and `spend_first`.

    Returns
    -------
    (n, 4) frame with the index of X. `monetary_value` is the mean of repeat purchases, 0 where there is none.

    Examples
    --------
    >>> repeat_histories(
    ...     pd.DataFrame(
    ...         {
    ...             "n_order_days": [3],
    ...             "n_orders": [3],
    ...             "days_since_first_order": [70],
    ...             "days_since_last_order": [14],
    ...             "spend_mean": [20.0],
    ...             "spend_first": [10.0],
    ...         }
    ...     )
    ... )
       frequency  recency     T  monetary_value
    0        2.0      8.0  10.0            25.0
    """
    n_repeats = X["n_orders"].to_numpy(float) - 1
    repeat_spend = X["spend_mean"].to_numpy(float) * X["n_orders"].to_numpy(float) - X[
        "spend_first"
    ].to_numpy(float)
    age, idle = (
        X[f"days_since_{which}_order"].to_numpy(float) / DAYS_PER_WEEK for which in ("first", "last")
    )
    histories = pd.DataFrame(
        {
            "frequency": np.maximum(X["n_order_days"].to_numpy(float) - 1, 0),
            "recency": age - idle,
            "T": age,
            "monetary_value": np.where(n_repeats > 0, repeat_spend / np.maximum(n_repeats, 1), 0.0),
        },
        index=X.index,
    )
    return histories.fillna(0.0)


def margin_rate(X: pd.DataFrame) -> float:
    """Return the money of the past window as labels count it, over what was spent in it; 1 if nothing was.

    Parameters
    ----------
    X : (n, ...) features with `horizon_days`, `value_past_window` and the windows of spend.
    """
    spend = float(window_total(X, "spend", X["horizon_days"].to_numpy(float)).sum())
    return max(float(X["value_past_window"].sum()) / spend, _SMALL) if spend > 0 else 1.0
