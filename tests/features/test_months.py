"""Months by hand: who bought, and what was paid in all."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.features.months import monthly_orders


def test_the_money_of_a_month_is_net_of_refunds(shop: Callable[..., Tables]) -> None:
    rows = [
        ("a", "2023-11-05", 9.0), ("a", "2023-11-20", -4.0), ("b", "2023-11-20", 7.0),
        ("a", "2023-12-05", -3.0), ("c", "2023-12-06", -2.0),
    ]  # fmt: skip
    found = monthly_orders(shop(transactions=("customer_id time amount", rows)).before(date(2024, 1, 1)))
    assert found["month"].dt.strftime("%Y-%m").tolist() == ["2023-11", "2023-12"]
    assert found.drop(columns="month").to_numpy().tolist() == [[2, 2, 2, 12.0], [0, 0, 0, -5.0]]


def test_a_customer_with_several_orders_on_the_first_day_is_new_once(shop: Callable[..., Tables]) -> None:
    rows = [("a", "2023-11-05", 9.0, "1"), ("a", "2023-11-05", 4.0, "2"), ("a", "2023-12-05", 3.0, "3")]
    tables = shop(transactions=("customer_id time amount order_id", rows), options={"occasion": "order"})
    found = monthly_orders(tables.before(date(2024, 1, 1)))
    assert found[["n_customers", "n_new", "n_orders"]].to_numpy().tolist() == [[1, 1, 2], [1, 0, 1]]
