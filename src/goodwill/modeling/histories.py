"""From a snapshot's features to the histories that buy-till-you-die models read."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Columns, Table, numbers
from goodwill.modeling.level import ratio_of_sums
from goodwill.modeling.whales import without_whales

F = NDArray[np.float64]
DAYS_PER_WEEK = 7.0
HISTORY_COLUMNS = (
    "n_order_days",
    "n_orders",
    "days_since_first_order",
    "days_since_last_order",
    "spend_mean",
    "spend_first",
)
_SMALL, _LEAST = 1e-6, 1e-9


def repeat_histories(X: pd.DataFrame) -> pd.DataFrame:
    """Return frequency, recency, T (weeks) and monetary_value of each row, with Fader and Hardie's meaning.

    Parameters
    ----------
    X : (n, ...) features with `HISTORY_COLUMNS`; a customer without a purchase has a history of length 0.

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
    return histories_of(X).frame().set_axis(X.index)


def histories_of(X: Table) -> Columns:
    """Return `repeat_histories` as plain arrays."""
    n_order_days, n_orders, first, last, mean, spend_first = (numbers(X, name) for name in HISTORY_COLUMNS)
    age, idle, n_repeats = first / DAYS_PER_WEEK, last / DAYS_PER_WEEK, n_orders - 1
    # Beside a first order of 1e12 the cents of later ones vanish in rounding, or below zero.
    repeat_mean = np.maximum((mean * n_orders - spend_first) / np.maximum(n_repeats, 1), _LEAST)
    histories = {
        "frequency": np.maximum(n_order_days - 1, 0),
        "recency": age - idle,
        "T": age,
        "monetary_value": np.where(n_repeats > 0, repeat_mean, 0.0),
    }
    known = {name: np.where(np.isnan(column), 0.0, column) for name, column in histories.items()}
    return Columns(known, len(X))


def spends_of(X: Table, later_over_first: float, largest: float = np.inf) -> Columns:
    """Return frequency and monetary_value of all orders, where first ones count as if they were later ones.

    A first order tells of a customer's purse as any other, and of most customers nothing else does.

    Parameters
    ----------
    X : (n, ...) features with `HISTORY_COLUMNS`, and `spend_max` where that is known.
    later_over_first : as the function of that name returns it.
    largest : what the largest order of a customer counts for at most: one that brings more than nearly all
        customers' orders do hardly tells what the next will.
    """
    n_orders, mean, first = (numbers(X, name) for name in ("n_orders", "spend_mean", "spend_first"))
    n_orders = np.floor(n_orders)  # a request may hold anything
    beyond = np.maximum(np.nan_to_num(numbers(X, "spend_max"), nan=0.0) - largest, 0.0)
    later = np.minimum(first, largest) * (later_over_first - 1)
    mean = mean + (later - beyond) / np.maximum(n_orders, 1)
    is_known = ~np.isnan(mean) & (n_orders > 0)
    spends = {"frequency": n_orders, "monetary_value": np.maximum(mean, _LEAST)}
    return Columns({name: np.where(is_known, column, 0.0) for name, column in spends.items()}, len(X))


def later_over_first(later: F, first: F) -> float:
    """Return how much a customer's later orders bring beside the first, as far as that is no chance.

    Parameters
    ----------
    later : (n,) mean of later orders, 0 where there is none, as `repeat_histories` returns it.
    first : (n,) first order. Who ordered again tells; the largest amounts are capped.

    Examples
    --------
    >>> later_over_first(np.array([25.0] * 9 + [0.0]), np.full(10, 10.0))
    2.5
    """
    both = np.column_stack([later, first])[(later > 0) & (first > 0)]
    if len(both) == 0:
        return 1.0
    later, first = without_whales(both).T
    return float(np.exp(ratio_of_sums(later, first).believed))


def margin_rate(X: pd.DataFrame, due_in_all: F | float = 0.0) -> float:
    """Return the money that labels count, over what orders bring in the end; 1 if nothing was paid.

    Costs are those of the past window. What is sent back after the day it was bought on is no part of an
    order, but of the value: its share is that of the whole history, as far as it is no chance.

    Parameters
    ----------
    X : (n, ...) features with `value_past_window`, `spend_past_window`, `spend_total`, `spend_mean` and
        `n_orders`.
    due_in_all : (n,) money of labels that is to come back yet.

    Examples
    --------
    >>> X = pd.DataFrame({"value_past_window": [3.0, 1.0], "spend_past_window": [6.0, 2.0]})
    >>> margin_rate(X.assign(n_orders=2, spend_mean=5.0, spend_total=9.0))
    0.45
    """
    spend = float(X["spend_past_window"].sum())
    rate = max(float(X["value_past_window"].sum()) / spend, _SMALL) if spend > 0 else 1.0
    return rate * _kept_share(X, due_in_all / rate)


def bought(X: Table) -> F:
    """Return the money of all orders of each row (n,), what came back later included; missing without orders.

    Examples
    --------
    >>> bought(pd.DataFrame({"n_orders": [2, 0], "spend_mean": [5.0, np.nan]}))
    array([10., nan])
    """
    return numbers(X, "n_orders") * numbers(X, "spend_mean")


def _kept_share(X: pd.DataFrame, due: F | float) -> float:
    """Return the share of what orders brought that customers do not send back later; some of it is `due`."""
    net, orders = np.nan_to_num(numbers(X, "spend_total")) - due, np.nan_to_num(bought(X))
    if not min(net.sum(), orders.sum()) > 0:
        return 1.0
    return float(np.exp(ratio_of_sums(net, orders).believed))
