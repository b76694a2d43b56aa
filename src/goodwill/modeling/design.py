"""From a snapshot's features to the columns the models learn from, the horizon among them.

Every column of `horizon_columns` grows with the horizon, and the models are constrained to grow with each
of them; so for one customer a longer horizon never lowers the chance of an order or the expected value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Table, numbers
from goodwill.features.purchases import DECAYS_DAYS, WINDOWS_DAYS
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.timing import Timing

F = NDArray[np.float64]
_CENT = 0.01
_RARE = 0.001


def order_columns(X: Table, since: pd.Timestamp, clock: SeasonClock | None = None) -> dict[str, F]:
    """Return what an order history says whatever the horizon: ages, gaps and spend as logs and ratios.

    Ratios carry over to customers older than any in training; raw days do not.

    Parameters
    ----------
    X : (n, ...) features of customers with at least one purchase.
    since : the first day of the history.
    clock : how fast time passes in each season.

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
    times = Timing.of(X, clock)
    age, idle = times.age, times.idle
    gap, n_order_days = numbers(X, "gap_mean_days"), numbers(X, "n_order_days")
    n_repeats = np.where(n_order_days > 0, n_order_days - 1, np.nan)
    return {
        "age_share": age / np.maximum(times.since(since), 1.0),
        "log_idle": _log(idle),
        "log_repeats": np.log1p(n_repeats),
        "active_share": (age - idle) / age,
        "idle_share": idle / age,
        "log_gap": _log(gap),
        "idle_gaps": _log(idle / gap),
        "gap_cv": numbers(X, "gap_cv"),
        "idle_longest_gaps": _log(idle / numbers(X, "gap_max_days")),
        "last_gap_gaps": _log(numbers(X, "gap_last_days") / gap),
        "log_rate": np.log((n_repeats + 0.5) / (age + 1)),
        "log_lines": _log(numbers(X, "lines_per_order")),
        "late_share": numbers(X, "late_order_share"),
        **_spend_columns(X),
        **_decayed_columns(X),
    }


def horizon_columns(X: Table) -> dict[str, F]:
    """Return what changes with the horizon, each growing with it.

    Parameters
    ----------
    X : (n, ...) features with `horizon_days`; order columns are used where there are any.

    Examples
    --------
    >>> horizon_columns(pd.DataFrame({"horizon_days": [1]}))
    {'h_log': array([0.])}
    """
    return horizon_columns_over(X, [1.0])[0]


def horizon_columns_over(
    X: Table, shares: Sequence[float], clock: SeasonClock | None = None
) -> list[dict[str, F]]:
    """Return the columns of `horizon_columns` for each share of the horizon, as long as a clock says it is.

    Windows of the past are those that held as much time.
    """
    times = Timing.of(X, clock)
    horizons = [times.horizon * share for share in shares]
    if "n_order_days" not in X:
        return [{"h_log": np.log(horizon)} for horizon in horizons]
    age, idle = times.age, times.idle
    gap, rate = numbers(X, "gap_mean_days"), (numbers(X, "n_order_days") - 0.5) / (age + 1)
    (orders, spend), decayed = (_windows(X, what) for what in ("n_orders", "spend")), _decays(X)
    return [
        {
            "h_log": np.log(horizon),
            "h_ages": np.log(horizon / age),
            "h_idles": _log(horizon / idle),
            "h_gaps": _log(horizon / gap),
            "h_orders": np.log1p(orders.total(back)),
            "h_spend": _log1p_money(spend.total(back)),
            "h_rate": np.log(rate * horizon),
            "h_decayed_orders": np.log(decayed["n_orders"].total(np.log(back)) + _RARE),
            "h_decayed_spend": _log(decayed["spend"].total(np.log(back))),
            "h_last_year": _last_year(
                orders, numbers(X, "horizon_days") * share, numbers(X, "days_since_first_order")
            ),
        }
        for share, horizon, back in zip(shares, horizons, map(times.lookback, horizons), strict=True)
    ]


def first_day(now: pd.DataFrame) -> pd.Timestamp:
    """Return the first day of the history that features of one day know."""
    ages = now.get("days_since_first_order", pd.Series(0.0, now.index)).fillna(0.0)
    return (now["as_of"] - pd.to_timedelta(ages, unit="D")).min()


def window_total(X: Table, what: str, days: F) -> F:
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
    return _windows(X, what).total(days)


@dataclass(frozen=True)
class _Curve:
    """Totals (k, n) known at k places, read off along straight lines; beyond the last, up to `whole`."""

    places: Sequence[float]
    totals: F
    whole: F | None = None
    rest: F | None = None

    def total(self, at: F) -> F:
        result = self.totals[0].copy()
        steps = zip(self.places, self.places[1:], self.totals, self.totals[1:], strict=False)
        for left, right, low, high in steps:
            result += (high - low) * np.clip((at - left) / (right - left), 0, 1)
        if self.whole is None or self.rest is None:
            return result
        return result + (self.whole - self.totals[-1]) * np.clip((at - self.places[-1]) / self.rest, 0, 1)


def _windows(X: Table, what: str) -> _Curve:
    widths = [0.0, *map(float, WINDOWS_DAYS)]
    whole = numbers(X, "n_orders" if what == "n_orders" else "spend_total")
    windows = [np.zeros(len(X)), *(numbers(X, f"{what}_{width}d") for width in WINDOWS_DAYS), whole]
    totals = np.maximum.accumulate(np.stack(windows))
    # fmax: who never ordered has no first order, and no spend to spread since.
    rest = np.fmax(numbers(X, "days_since_first_order") - widths[-1], 1.0)
    return _Curve(widths, totals[:-1], totals[-1], rest)


def _decays(X: Table) -> dict[str, _Curve]:
    """Return orders and spend weighted by exp(-age / days), read off the stored decays along log days.

    Without decay all of history counts; that is reached at ten times the slowest.
    """
    places = np.log([*map(float, DECAYS_DAYS), 10.0 * DECAYS_DAYS[-1]]).tolist()
    curves = {}
    for what, whole in (("n_orders", "n_orders"), ("spend", "spend_total")):
        decayed = [numbers(X, f"{what}_decayed_{days}d") for days in DECAYS_DAYS]
        curves[what] = _Curve(places, np.maximum.accumulate(np.stack([*decayed, numbers(X, whole)])))
    return curves


def _spend_columns(X: Table) -> dict[str, F]:
    mean, last = _log(numbers(X, "spend_mean")), _log(numbers(X, "spend_last"))
    return {
        "spend_mean": mean,
        "spend_max": _log(numbers(X, "spend_max")),
        "spend_last": last,
        "spend_first": _log(numbers(X, "spend_first")),
        "spend_log_mean": numbers(X, "spend_log_mean"),
        "spend_log_std": numbers(X, "spend_log_std"),
        "spend_last_mean": last - mean,
    }


def _decayed_columns(X: Table) -> dict[str, F]:
    orders = {
        f"orders_{days}d": np.log(numbers(X, f"n_orders_decayed_{days}d") + 1e-3) for days in DECAYS_DAYS
    }
    spend = {f"spend_{days}d": _log(numbers(X, f"spend_decayed_{days}d")) for days in DECAYS_DAYS}
    return orders | spend


def _last_year(orders: _Curve, horizon: F, age: F) -> F:
    """Return the orders of the same season a year ago, for customers who were there then."""
    year = np.full(len(horizon), 365.0)
    season = orders.total(year) - orders.total(np.maximum(year - horizon, 0))
    return np.where(age >= year, np.log1p(np.maximum(season, 0)), np.nan)


def _log(values: F) -> F:
    """Return the logarithm, with money and ages below a hundredth counting as one hundredth."""
    return np.log(np.maximum(values, _CENT))


def _log1p_money(values: F) -> F:
    return np.log1p(np.maximum(values, 0.0))
