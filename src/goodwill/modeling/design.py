"""From a snapshot's features to the columns the models learn from, the horizon among them.

Every column of `horizon_columns` grows with the horizon, and the models are constrained to grow with each
of them; so for one customer a longer horizon never lowers the chance of an order or the expected value.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.purchases import DECAYS_DAYS, WINDOWS_DAYS

F = NDArray[np.float64]
_CENT = 0.01
_RARE = 0.001


def order_columns(X: pd.DataFrame, since: pd.Timestamp) -> dict[str, F]:
    """Return what an order history says whatever the horizon: ages, gaps and spend as logs and ratios.

    Ratios carry over to customers older than any in training; raw days do not.

    Parameters
    ----------
    X : (n, ...) features of customers with at least one purchase.
    since : the first day of the history.

    Returns
    -------
    Columns of length n, missing where a customer has too few orders.

    Examples
    --------
    >>> X = pd.DataFrame({"as_of": [pd.Timestamp("2024-04-10")], "n_order_days": [3]})
    >>> X = X.assign(days_since_first_order=50, days_since_last_order=10, gap_mean_days=20.0)
    >>> columns = order_columns(X, since=pd.Timestamp("2024-01-01"))
    >>> {name: float(columns[name][0]) for name in ("age_share", "active_share", "idle_share")}
    {'age_share': 0.5, 'active_share': 0.8, 'idle_share': 0.2}
    """
    age, idle = _column(X, "days_since_first_order"), _column(X, "days_since_last_order")
    gap, n_order_days = _column(X, "gap_mean_days"), _column(X, "n_order_days")
    n_repeats = np.where(n_order_days > 0, n_order_days - 1, np.nan)
    return {
        "age_share": age / np.maximum(_history_days(X, since), 1.0),
        "log_idle": _log(idle),
        "log_repeats": np.log1p(n_repeats),
        "active_share": (age - idle) / age,
        "idle_share": idle / age,
        "log_gap": _log(gap),
        "idle_gaps": _log(idle / gap),
        "gap_cv": _column(X, "gap_cv"),
        "idle_longest_gaps": _log(idle / _column(X, "gap_max_days")),
        "last_gap_gaps": _log(_column(X, "gap_last_days") / gap),
        "log_rate": np.log((n_repeats + 0.5) / (age + 1)),
        "log_lines": _log(_column(X, "lines_per_order")),
        "late_share": _column(X, "late_order_share"),
        **_spend_columns(X),
        **_decayed_columns(X),
    }


def horizon_columns(X: pd.DataFrame) -> dict[str, F]:
    """Return what changes with the horizon, each growing with it.

    Parameters
    ----------
    X : (n, ...) features with `horizon_days`; order columns are used where there are any.

    Examples
    --------
    >>> horizon_columns(pd.DataFrame({"horizon_days": [1]}))
    {'h_log': array([0.])}
    """
    horizon = _column(X, "horizon_days")
    columns = {"h_log": np.log(horizon)}
    if "n_order_days" not in X:
        return columns
    age, idle = _column(X, "days_since_first_order"), _column(X, "days_since_last_order")
    rate = (_column(X, "n_order_days") - 0.5) / (age + 1)
    return columns | {
        "h_ages": np.log(horizon / age),
        "h_idles": _log(horizon / idle),
        "h_gaps": _log(horizon / _column(X, "gap_mean_days")),
        "h_orders": np.log1p(window_total(X, "n_orders", horizon)),
        "h_spend": _log1p_money(window_total(X, "spend", horizon)),
        "h_rate": np.log(rate * horizon),
        "h_decayed_orders": np.log(_decayed(X, "n_orders", horizon) + _RARE),
        "h_decayed_spend": _log(_decayed(X, "spend", horizon)),
        "h_last_year": _last_year(X, horizon),
    }


def window_total(X: pd.DataFrame, what: str, days: F) -> F:
    """Return orders or spend of the last `days` days, read off the windows of X along straight lines.

    Beyond the longest window the line runs to the customer's total at the first order. Refunds never let a
    longer window hold less, so that the result grows with `days`.

    Parameters
    ----------
    X : (n, ...) features.
    what : "n_orders" or "spend".
    days : (n,) length of the window.

    Examples
    --------
    >>> X = pd.DataFrame({"n_orders": [7], "days_since_first_order": [400]})
    >>> X = X.assign(n_orders_14d=1, n_orders_30d=3, n_orders_60d=3, n_orders_90d=3)
    >>> X = X.assign(n_orders_180d=3, n_orders_365d=5)
    >>> [float(window_total(X, "n_orders", np.array([days]))[0]) for days in (14.0, 22.0, 365.0, 400.0)]
    [1.0, 2.0, 5.0, 7.0]
    """
    widths = [0.0, *map(float, WINDOWS_DAYS)]
    whole = _column(X, "n_orders" if what == "n_orders" else "spend_total")
    windows = [np.zeros(len(X)), *(_column(X, f"{what}_{width}d") for width in WINDOWS_DAYS), whole]
    *totals, lifetime = np.maximum.accumulate(np.stack(windows))
    result = np.zeros(len(X))
    for left, right, low, high in zip(widths, widths[1:], totals, totals[1:], strict=False):
        result += (high - low) * np.clip((days - left) / (right - left), 0, 1)
    # fmax: who never ordered has no first order, and no spend to spread since.
    rest = np.fmax(_column(X, "days_since_first_order") - widths[-1], 1.0)
    return result + (lifetime - totals[-1]) * np.clip((days - widths[-1]) / rest, 0, 1)


def _decayed(X: pd.DataFrame, what: str, days: F) -> F:
    """Return orders or spend weighted by exp(-age / days), read off the stored decays along log days.

    Without decay all of history counts; that is reached at ten times the slowest.
    """
    slowest = float(DECAYS_DAYS[-1])
    scales = np.log([*map(float, DECAYS_DAYS), 10 * slowest])
    whole = _column(X, "n_orders" if what == "n_orders" else "spend_total")
    decayed = [_column(X, f"{what}_decayed_{days}d") for days in DECAYS_DAYS]
    totals = np.maximum.accumulate(np.stack([*decayed, whole]))
    place = np.clip(np.log(days), scales[0], scales[-1])
    result = totals[0].copy()
    for left, right, low, high in zip(scales, scales[1:], totals, totals[1:], strict=False):
        result += (high - low) * np.clip((place - left) / (right - left), 0, 1)
    return result


def _spend_columns(X: pd.DataFrame) -> dict[str, F]:
    mean, last = _log(_column(X, "spend_mean")), _log(_column(X, "spend_last"))
    return {
        "spend_mean": mean,
        "spend_max": _log(_column(X, "spend_max")),
        "spend_last": last,
        "spend_first": _log(_column(X, "spend_first")),
        "spend_log_mean": _column(X, "spend_log_mean"),
        "spend_log_std": _column(X, "spend_log_std"),
        "spend_last_mean": last - mean,
    }


def _decayed_columns(X: pd.DataFrame) -> dict[str, F]:
    orders = {
        f"orders_{days}d": np.log(_column(X, f"n_orders_decayed_{days}d") + 1e-3) for days in DECAYS_DAYS
    }
    spend = {f"spend_{days}d": _log(_column(X, f"spend_decayed_{days}d")) for days in DECAYS_DAYS}
    return orders | spend


def _last_year(X: pd.DataFrame, horizon: F) -> F:
    """Return the orders of the same season a year ago, for customers who were there then."""
    year = np.full(len(X), 365.0)
    season = window_total(X, "n_orders", year) - window_total(X, "n_orders", np.maximum(year - horizon, 0))
    return np.where(_column(X, "days_since_first_order") >= year, np.log1p(np.maximum(season, 0)), np.nan)


def _history_days(X: pd.DataFrame, since: pd.Timestamp) -> F:
    return np.asarray((pd.to_datetime(X["as_of"]) - since).dt.days, dtype=np.float64)


def _column(X: pd.DataFrame, name: str) -> F:
    return X[name].to_numpy(float) if name in X else np.full(len(X), np.nan)


def _log(values: F) -> F:
    """Return the logarithm, with money and ages below a hundredth counting as one hundredth."""
    return np.log(np.maximum(values, _CENT))


def _log1p_money(values: F) -> F:
    return np.log1p(np.maximum(values, 0.0))
