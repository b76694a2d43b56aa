"""Order history, checked by hand."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.purchases import purchases

AS_OF = date(2024, 3, 1)
ORDERS = [
    ("a", "2024-01-01 09:00", 10.0),
    ("a", "2024-01-01 18:00", 20.0),
    ("a", "2024-01-11", 40.0),
    ("a", "2024-02-20", -5.0),
    ("a", "2024-02-29", 80.0),
    ("b", "2024-02-01", -3.0),
    ("a", "2024-03-01", 999.0),
]
BUYER = {
    "n_orders": 3,
    "n_order_days": 3,
    "n_lines": 5,
    "n_refunds": 1,
    "refund_total": 5.0,
    "spend_total": 145.0,
    "spend_mean": 50.0,
    "spend_std": pytest.approx(26.4575, abs=1e-4),
    "spend_max": 80.0,
    "spend_first": 30.0,
    "spend_last": 80.0,
    "days_since_last_order": 1,
    "days_since_first_order": 60,
    "gap_mean_days": 29.5,
    "gap_std_days": pytest.approx(27.5772, abs=1e-4),
    "gap_cv": pytest.approx(0.93482, abs=1e-4),
    "gap_last_days": 49,
    "overdue_ratio": pytest.approx(1 / 29.5),
    "n_orders_30d": 1,
    "spend_30d": 75.0,
    "n_orders_60d": 3,
    "n_orders_first_30d": 2,
    "spend_first_30d": 70.0,
    "refund_share": pytest.approx(5 / 150),
    "weekend_share": 0.0,
    "lines_per_order": pytest.approx(5 / 3),
    "order_trend": pytest.approx(1 - 2 * (60 + 50 + 1) / 3 / 60),
    "spend_trend": pytest.approx(1 - 2 * (30 * 60 + 40 * 50 + 80) / 150 / 60),
}


@pytest.fixture(scope="module")
def history(shop: Callable[..., Tables]) -> pd.DataFrame:
    tables = shop(transactions=("customer_id time amount", ORDERS))
    return to_frame(purchases(tables.before(AS_OF))).set_index("customer_id")


def test_history_of_a_buyer(history: pd.DataFrame) -> None:
    found = history.loc["a", list(BUYER)].to_dict()
    assert found == BUYER


def test_orders_of_one_day_stand_by_amount(shop: Callable[..., Tables]) -> None:
    days = ("2024-01-01", "2024-02-01")
    rows = [("a", day, amount, f"{day}/{amount}") for day in days for amount in (7.0, 3.0, 5.0)]
    tables = shop(transactions=("customer_id time amount order_id", rows), options={"occasion": "order"})
    found = to_frame(purchases(tables.before(AS_OF))).iloc[0]
    assert found[["n_orders", "n_order_days", "gap_last_days", "gap_max_days"]].tolist() == [6, 2, 0, 31]
    assert found[["spend_first", "spend_last", "gap_mean_days"]].tolist() == [3.0, 7.0, 31 / 5]
