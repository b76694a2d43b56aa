"""A small shop with refunds, its snapshots made with NumPy, and one model of it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.customer_value import CustomerValueModel

START = pd.Timestamp("2024-01-01")
WINDOWS = [(120, 90), (120, 30), (210, 90), (270, 30), (300, 90), (360, 30)]
UNTIL, HORIZON = 390, 90


def _events(n_customers: int, seed: int) -> pd.DataFrame:
    """Draw orders of customers who buy at their own rate, silently stop, and send some goods back."""
    rng = np.random.default_rng(seed)
    born = rng.integers(0, 300, n_customers)
    life, pace = rng.exponential(300, n_customers), rng.gamma(1.0, 0.04, n_customers)
    orders = [
        (f"c{i:03}", born[i] + day, rng.lognormal(3 + i % 3, 0.5))
        for i in range(n_customers)
        for day in [0, *(1 + np.flatnonzero(rng.random(min(int(life[i]), 500)) < pace[i]))]
    ]
    bought = pd.DataFrame(orders, columns=["customer_id", "day", "amount"])
    back = bought.sample(frac=0.08, random_state=seed)
    returned = back.assign(day=back["day"] + rng.integers(1, 60, len(back)), amount=-0.8 * back["amount"])
    return pd.concat([bought, returned], ignore_index=True)


def _features(events: pd.DataFrame, day: int) -> pd.DataFrame:
    past = events[events["day"] < day].assign(age=lambda frame: day - frame["day"])
    past = past.sort_values(["customer_id", "day"], kind="stable")
    orders = past[past["amount"] > 0]
    orders = orders.assign(gap=orders.groupby("customer_id")["day"].diff(), log=np.log(orders["amount"]))
    by, spend, gap = orders.groupby("customer_id"), past.groupby("customer_id")["amount"].sum(), "gap"
    known = by.agg(
        n_orders=("day", "size"),
        n_order_days=("day", "nunique"),
        spend_max=("amount", "max"),
        spend_mean=("amount", "mean"),
        spend_first=("amount", "first"),
        spend_last=("amount", "last"),
        spend_log_mean=("log", "mean"),
        spend_log_std=("log", "std"),
        days_since_first_order=("age", "max"),
        days_since_last_order=("age", "min"),
        gap_max_days=(gap, "max"),
        gap_last_days=(gap, "last"),
        gap_mean_days=(gap, "mean"),
    )
    sums = {
        f"{name}_{days}d": part for days in (14, 30, 60, 90, 180, 365) for name, part in _within(past, days)
    }
    sums |= {f"{name}_decayed_{days}d": part for days in (14, 45, 150) for name, part in _decayed(past, days)}
    known = known.assign(spend_total=spend, **sums).fillna(dict.fromkeys(sums, 0.0))
    return known.reset_index()


def _within(past: pd.DataFrame, days: int) -> list[tuple[str, pd.Series]]:
    late = past[past["age"] <= days]
    orders = late[late["amount"] > 0].groupby("customer_id").size()
    return [("n_orders", orders), ("spend", late.groupby("customer_id")["amount"].sum())]


def _decayed(past: pd.DataFrame, days: int) -> list[tuple[str, pd.Series]]:
    weight = np.exp(-past["age"] / days)
    orders = weight.where(past["amount"] > 0, 0.0).groupby(past["customer_id"]).sum()
    return [("n_orders", orders), ("spend", (weight * past["amount"]).groupby(past["customer_id"]).sum())]


def _window(events: pd.DataFrame, day: int, horizon_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    X = _features(events, day)
    name = X["customer_id"]
    did = {
        start: events[events["day"].between(start, start + horizon_days - 1)]
        for start in (day, day - horizon_days)
    }
    value = {start: part.groupby("customer_id")["amount"].sum() for start, part in did.items()}
    orders = did[day][did[day]["amount"] > 0].groupby("customer_id").size()
    X.insert(1, "as_of", START + pd.Timedelta(days=day))
    X.insert(2, "horizon_days", horizon_days)
    X.insert(3, "status", "scored")
    X.insert(4, "value_past_window", name.map(value[day - horizon_days]).fillna(0.0))
    X.insert(5, "spend_past_window", X["value_past_window"])
    X["n_visits"] = 1 + X["n_orders"] % 4
    X["channel_last"] = np.where(X["n_orders"] % 2, "web", "shop")
    n_orders = name.map(orders).fillna(0).astype(int)
    return X, pd.DataFrame(
        {"churned": n_orders == 0, "n_orders": n_orders, "value": name.map(value[day]).fillna(0.0)}
    )


@pytest.fixture(scope="session")
def shop_train() -> Snapshot:
    """Six past windows of 250 customers at two horizons; `now` is the day they end by."""
    events = _events(250, seed=0)
    X, y = zip(*(_window(events, *window) for window in WINDOWS), strict=True)
    now, _ = _window(events, UNTIL, HORIZON)
    return Snapshot(pd.concat(X, ignore_index=True), pd.concat(y, ignore_index=True), now)


@pytest.fixture(scope="session")
def shop_test() -> Snapshot:
    """The same customers and what they did in the 90 days after training."""
    X, y = _window(_events(250, seed=0), UNTIL, HORIZON)
    return Snapshot(X, y, X)


@pytest.fixture(scope="session")
def shop_model(shop_train: Snapshot) -> CustomerValueModel:
    """A model of few trees of the shop."""
    return CustomerValueModel(parameters={"trees": 10}).fit(shop_train.X, shop_train.y, shop_train.now)


@pytest.fixture(scope="session")
def contracts_train() -> Snapshot:
    """Contract holders without any purchase, at two horizons: the older a contract, the safer."""
    rng = np.random.default_rng(1)
    n = 300
    horizon, paid = np.tile([30, 90], n // 2), rng.integers(1, 24, n)
    churned = rng.random(n) < np.where(horizon == 90, 0.7, 0.4) / (1 + paid / 6)
    X = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(n)], "as_of": pd.Timestamp(date(2024, 6, 1))})
    X = X.assign(horizon_days=horizon, status="scored", value_past_window=10.0, n_payments=paid)
    X["plan"] = np.where(rng.random(n) < 0.5, "basic", "plus")
    y = pd.DataFrame(
        {"churned": churned, "n_orders": 0, "value": np.where(churned, 5.0, 10.0) * horizon / 30}
    )
    return Snapshot(X, y, X[X["horizon_days"] == 90].reset_index(drop=True))
