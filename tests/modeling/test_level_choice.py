"""A level is carried on where customers slowed down, and none is made of customers that are gone."""

from collections.abc import Callable

import numpy as np
import pandas as pd

import goodwill as gw
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.level_choice import Basis
from goodwill.modeling.season_clock import SeasonClock

DAYS, CUSTOMERS, START = 730, 2_000, pd.Timestamp("2022-01-01")


def past_of(leaves: Callable[[float], float], pace: Callable[[float], float], seed: int = 0) -> Snapshot:
    """Return the past of customers who leave, and order, with a chance that is told of each day."""
    rng = np.random.default_rng(seed)
    won, own_pace = rng.integers(0, DAYS, CUSTOMERS), rng.gamma(1.0, 0.03, CUSTOMERS)
    is_gone, rows = np.zeros(CUSTOMERS, bool), []
    for day in range(DAYS):
        is_gone |= (won < day) & (rng.random(CUSTOMERS) < leaves(day))
        orders = (won < day) & ~is_gone & (rng.random(CUSTOMERS) < own_pace * pace(day))
        rows.append(np.flatnonzero(orders | (won == day)))
    days = START + pd.to_timedelta(np.repeat(np.arange(DAYS), [len(who) for who in rows]), unit="D")
    orders = pd.DataFrame({"customer_id": np.concatenate(rows).astype(str), "time": days})
    orders["amount"] = rng.lognormal(3.0, 0.5, len(orders))
    tables = Tables(transactions=in_memory(orders, connect(), "transactions"))
    return gw.snapshots(tables, until=START + pd.Timedelta(days=DAYS), horizon_days=90).scored


def test_customers_who_leave_sooner_than_before_make_no_level_and_are_told_by_newer_windows() -> None:
    past = past_of(leaves=lambda day: 0.002 if day < 500 else 0.006, pace=lambda _: 1.0)
    clock, learned = Basis.of(past)
    assert SeasonClock.fit(past.calendar).year_ago > 1.2
    assert clock is None or clock.year_ago == 1.0
    assert learned.windows["as_of"].min() == past.X["as_of"].median()


def test_a_level_is_carried_on_where_all_customers_order_less() -> None:
    past = past_of(leaves=lambda _: 0.002, pace=lambda day: 1.0 if day < 550 else 0.5)
    clock, learned = Basis.of(past)
    assert clock.year_ago > 1.3
    assert learned is past
