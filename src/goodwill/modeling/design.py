"""From a snapshot's features to the columns the models learn from, the horizon among them.

Every column of `horizon_columns` grows with the horizon, and the models are constrained to grow with each
of them; so for one customer a longer horizon never lowers the chance of an order or the expected value.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Table, numbers
from goodwill.features.purchases import DECAYS_DAYS, WINDOWS_DAYS
from goodwill.modeling.timing import Timing

F = NDArray[np.float64]
_CENT = 0.01
_RARE = 0.001
_YEAR = 365.0
_WIDTHS = np.array([0.0, *WINDOWS_DAYS])
_LOG_DECAYS = np.log([*map(float, DECAYS_DAYS), 10.0 * DECAYS_DAYS[-1]])


def order_columns(X: Table, since: pd.Timestamp, times: Timing | None = None) -> dict[str, F]:
    """Return what an order history says whatever the horizon: ages, gaps and spend as logs and ratios.

    Ratios carry over to customers older than any in training; raw days do not.

    Parameters
    ----------
    X : (n, ...) features of customers with at least one purchase.
    since : the first day of the history.
    times : ages and silences, where they are not those of the calendar.

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
    times = Timing.of(X) if times is None else times
    age, idle = times.age, times.idle
    gap, n_order_days = _gaps(X, "gap_mean_days"), numbers(X, "n_order_days")
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
        "idle_longest_gaps": _log(idle / _gaps(X, "gap_max_days")),
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
    X: Table, shares: Sequence[float], times: Timing | None = None
) -> list[dict[str, F]]:
    """Return the columns of `horizon_columns` for each share of the horizon, as long as `times` say it is.

    Windows of the past are those that held as much time.
    """
    times, each = Timing.of(X) if times is None else times, np.asarray(shares, dtype=float)[:, None]
    columns = {"h_log": np.log(times.horizon * each)}
    if times.clock is not None and "n_contracts" in X:
        # Contracts are paid and end by the calendar, however busy the season is.
        columns["h_days_log"] = np.log(numbers(X, "horizon_days") * each)
    if "n_order_days" in X:
        columns |= _ahead_of_history(X, times, each)
    return [{name: column[i] for name, column in columns.items()} for i in range(len(shares))]


def _ahead_of_history(X: Table, times: Timing, shares: F) -> dict[str, F]:
    """Return what an order history says of shares (m, 1) of the horizon, each column (m, n)."""
    horizon, days = times.horizon * shares, numbers(X, "horizon_days") * shares
    gap, rate = _gaps(X, "gap_mean_days"), (numbers(X, "n_order_days") - 0.5) / (times.age + 1)
    back, year = times.lookback(horizon), np.full((1, len(X)), _YEAR)
    windows = _window_steps(X, np.concatenate([back, year, np.maximum(year - days, 0)]))
    orders = _climbed(_windows(X, "n_orders"), windows)
    spend = _climbed(_windows(X, "spend"), windows[:, : len(back)])
    decays = _decay_steps(np.log(back))
    decayed, money = (_climbed(_decays(X, what), decays) for what in ("n_orders", "spend"))
    # The same season a year ago, for customers who were there then.
    season = orders[len(back)] - orders[len(back) + 1 :]
    was_there = numbers(X, "days_since_first_order") >= _YEAR
    return {
        "h_ages": np.log(horizon / times.age),
        "h_idles": _log(horizon / np.maximum(times.idle, _CENT)),
        "h_gaps": _log(horizon / gap),
        "h_orders": np.log1p(orders[: len(back)]),
        "h_spend": _log1p_money(spend),
        "h_rate": np.log(rate * horizon),
        "h_decayed_orders": np.log(decayed + _RARE),
        "h_decayed_spend": _log(money),
        "h_last_year": np.where(was_there, _log1p_money(season), np.nan),
    }


def first_day(now: pd.DataFrame) -> pd.Timestamp:
    """Return the first day of the history that features of one day know."""
    ages = now.get("days_since_first_order", pd.Series(0.0, now.index)).fillna(0.0)
    return (now["as_of"] - pd.to_timedelta(ages, unit="D")).min()


def _windows(X: Table, what: str) -> F:
    """Return orders or spend in windows of rising width (k + 1, n): of no day, `WINDOWS_DAYS`, and all.

    Refunds never let a longer window hold less. Between widths, and on to the customer's total at the first
    order, windows are read off along straight lines (`_window_steps`), so that they grow with their days.
    """
    whole = numbers(X, "n_orders" if what == "n_orders" else "spend_total")
    windows = [np.zeros(len(X)), *(numbers(X, f"{what}_{width}d") for width in WINDOWS_DAYS), whole]
    return np.maximum.accumulate(np.stack(windows))


def _window_steps(X: Table, days: F) -> F:
    """Return which part of each step between windows lies within `days` (m, n): (k, m, n), 0 to 1."""
    # fmax: who never ordered has no first order, and no spend to spread since.
    rest = np.fmax(numbers(X, "days_since_first_order") - WINDOWS_DAYS[-1], 1.0)
    between = np.broadcast_to(np.diff(_WIDTHS)[:, None], (len(WINDOWS_DAYS), len(rest)))
    return _steps(days, _WIDTHS, np.concatenate([between, rest[None]])[:, None])


def _decays(X: Table, what: str) -> F:
    """Return orders or spend weighted by exp(-age / days) for rising days (k + 1, n), and all, undecayed."""
    decayed = [numbers(X, f"{what}_decayed_{days}d") for days in DECAYS_DAYS]
    whole = numbers(X, "n_orders" if what == "n_orders" else "spend_total")
    return np.maximum.accumulate(np.stack([*decayed, whole]))


def _decay_steps(log_days: F) -> F:
    """Return which part of each step between decays lies within `log_days` (m, n): (k, m, n), 0 to 1.

    Without decay all of history counts; that is reached at ten times the slowest.
    """
    return _steps(log_days, _LOG_DECAYS[:-1], np.diff(_LOG_DECAYS)[:, None, None])


def _steps(at: F, starts: F, widths: F) -> F:
    done = (at - starts[:, None, None]) / widths
    return np.clip(done, 0, 1, out=done)


def _climbed(totals: F, steps: F) -> F:
    """Return what is reached (m, n) by parts of steps (k, m, n) from the first of totals (k + 1, n) on."""
    reached = np.broadcast_to(totals[0], steps.shape[1:]).copy()
    for step, part in zip(np.diff(totals, axis=0), steps, strict=True):
        reached += step * part
    return reached


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


def _gaps(X: Table, name: str) -> F:
    """Return days between orders; where orders count one by one, all of them may lie on one day."""
    return np.maximum(numbers(X, name), _CENT)


def _log(values: F) -> F:
    """Return the logarithm, with money and ages below a hundredth counting as one hundredth."""
    return np.log(np.maximum(values, _CENT))


def _log1p_money(values: F) -> F:
    return np.log1p(np.maximum(values, 0.0))
