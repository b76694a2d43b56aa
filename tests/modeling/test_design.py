from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from goodwill.features.purchases import DECAYS_DAYS, WINDOWS_DAYS
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.design import horizon_columns, horizon_columns_over, order_columns
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.timing import Timing

SINCE = pd.Timestamp("2024-01-01")


def customer(windows: list[float], total: float, age: float) -> pd.DataFrame:
    """Return a customer with these orders in the windows of 14, 30, 60, 90, 180 and 365 days."""
    counts = {f"n_orders_{days}d": [n] for days, n in zip(WINDOWS_DAYS, windows, strict=True)}
    return pd.DataFrame({**counts, "n_orders": [total], "days_since_first_order": [age]})


def orders_within(X: pd.DataFrame, days: float) -> float:
    known = X.assign(horizon_days=days, n_order_days=2.0, days_since_last_order=1.0)
    return round(float(np.expm1(horizon_columns(known)["h_orders"])[0]), 9)


@pytest.mark.parametrize(
    ("days", "orders"), [(1, 1 / 7), (7, 1), (14, 2), (22, 3), (30, 4), (270, 6), (365, 8)]
)
def test_windows_are_joined_by_straight_lines(days: float, orders: float) -> None:
    assert orders_within(customer([2, 4, 4, 4, 4, 8], 8, 365), days) == pytest.approx(orders, rel=0.01)


@pytest.mark.parametrize(("days", "orders"), [(365, 4), (465, 6), (565, 8), (2000, 8)])
def test_beyond_the_longest_window_the_line_runs_to_the_first_order(days: float, orders: float) -> None:
    assert orders_within(customer([0, 0, 0, 0, 0, 4], 8, 565), days) == orders


def test_a_late_refund_does_not_shrink_a_longer_window() -> None:
    X = customer([9, 9, 3, 3, 3, 3], 3, 80)
    assert [orders_within(X, days) for days in (14, 60, 400)] == [9, 9, 9]


def test_who_never_ordered_has_totals_of_zero() -> None:
    assert orders_within(customer([0] * 6, 0, np.nan), 90) == 0


def test_horizon_columns_grow_with_the_horizon(shop_test: Snapshot) -> None:
    by_days = [horizon_columns(shop_test.X.assign(horizon_days=days)) for days in (1, 14, 45, 90, 400, 2000)]
    for shorter, longer in pairwise(by_days):
        steps = np.stack([longer[name] - shorter[name] for name in shorter])
        assert (steps[~np.isnan(steps)] >= -1e-12).all()


def test_horizon_columns_know_what_a_customer_did(shop_test: Snapshot) -> None:
    columns = horizon_columns(shop_test.X)
    np.testing.assert_allclose(np.expm1(columns["h_orders"]), shop_test.X["n_orders_90d"])
    np.testing.assert_allclose(np.exp(columns["h_log"]), 90)
    is_old = (shop_test.X["days_since_first_order"] >= 365).to_numpy()
    np.testing.assert_array_equal(np.isnan(columns["h_last_year"]), ~is_old)


def test_last_years_season_counts_the_orders_that_fell_in_it() -> None:
    X = customer([0, 0, 0, 0, 1, 5], 5, 400).assign(
        horizon_days=185, n_order_days=5, days_since_last_order=99
    )
    assert np.expm1(horizon_columns(X)["h_last_year"]).round(9).tolist() == [4]


def test_decays_are_read_off_at_their_own_days() -> None:
    X = customer([1, 1, 1, 1, 1, 1], 4, 100).assign(n_order_days=4, days_since_last_order=9)
    X = X.assign(**{f"n_orders_decayed_{days}d": i + 1.0 for i, days in enumerate(DECAYS_DAYS)})
    read = [
        np.exp(horizon_columns(X.assign(horizon_days=d))["h_decayed_orders"][0]) for d in (3, 14, 45, 9999)
    ]
    np.testing.assert_allclose(read, [1.001, 1.001, 2.001, 4.001])


def test_who_never_ordered_has_no_history(shop_test: Snapshot) -> None:
    X = shop_test.X.head(1).assign(
        n_order_days=0, days_since_first_order=np.nan, days_since_last_order=np.nan
    )
    columns = order_columns(X, SINCE)
    assert np.isnan(
        [columns[name][0] for name in ("log_repeats", "log_rate", "log_idle", "idle_share")]
    ).all()


def test_without_orders_only_the_horizon_is_left() -> None:
    assert list(horizon_columns(pd.DataFrame({"horizon_days": [30]}))) == ["h_log"]


def test_all_orders_on_one_day_leave_no_column_infinite() -> None:
    X = pd.DataFrame({"as_of": [SINCE + pd.Timedelta(days=100)], "n_order_days": [1], "n_orders": [2]})
    X = X.assign(days_since_first_order=50, days_since_last_order=50, horizon_days=30)
    X = X.assign(gap_mean_days=0.0, gap_max_days=0.0, gap_last_days=0.0)
    columns = {**order_columns(X, SINCE), **horizon_columns(X)}
    assert not [name for name, column in columns.items() if np.isinf(column).any()]
    assert columns["idle_gaps"] > np.log(50)


def test_order_columns_are_shares_and_ratios() -> None:
    X = pd.DataFrame(
        {"as_of": [SINCE + pd.Timedelta(days=100)], "n_order_days": [3], "gap_mean_days": [20.0]}
    )
    X = X.assign(days_since_first_order=50, days_since_last_order=10, spend_mean=8.0, spend_last=4.0)
    columns = {name: float(column[0]) for name, column in order_columns(X, SINCE).items()}
    known = {
        "age_share": 0.5,
        "log_idle": np.log(10),
        "log_repeats": np.log(3),
        "active_share": 0.8,
        "idle_share": 0.2,
        "idle_gaps": np.log(0.5),
        "log_rate": np.log(2.5 / 51),
        "spend_last_mean": np.log(0.5),
    }
    assert {name: columns[name] for name in known} == pytest.approx(known)
    assert np.isnan(columns["gap_cv"])


def test_contracts_are_read_by_the_calendar_beside_the_clock() -> None:
    X = pd.DataFrame({"as_of": [SINCE], "horizon_days": [60.0], "n_contracts": [1.0]})
    busy = SeasonClock(1 + 0.5 * np.cos(2 * np.pi * np.arange(26) / 26))
    (columns,) = horizon_columns_over(X, [0.5], Timing.of(X, busy))
    assert columns["h_days_log"] == pytest.approx(np.log(30.0))
    assert columns["h_log"] > np.log(30.0) + 0.2
    (orders,) = horizon_columns_over(X.drop(columns="n_contracts"), [0.5], Timing.of(X, busy))
    assert "h_days_log" not in orders
