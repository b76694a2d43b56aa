"""Features of orders sent with a request: those of the tables, and nothing but clear refusals."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.errors import TableError
from goodwill.features.sent_orders import features_of_orders
from goodwill.features.snapshot import score_frame

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

ORDERS = [
    [{"time": "2024-01-05", "amount": 20.0, "channel": "web"}, {"time": "2024-02-05T10:00:00", "amount": 10}],
    [],
    [{"time": "2024-02-01", "amount": 5.5, "channel": None}, {"time": "2024-03-01", "amount": 99.0}],
]


def test_they_are_the_features_of_the_same_orders_in_tables(shop: Callable[..., Tables]) -> None:
    rows = [
        ("a", "2024-01-05", 20.0, "web"),
        ("a", "2024-02-05 10:00", 10.0, None),
        ("c", "2024-02-01", 5.5, None),
    ]
    people = ("customer_id", [("a",), ("b",), ("c",)])
    tables = shop(transactions=("customer_id time amount channel", rows), customers=people)
    expected = score_frame(tables, as_of="2024-03-01", horizons=[30]).drop(columns="customer_id")
    found = features_of_orders(ORDERS, "2024-03-01", 30)
    pd.testing.assert_frame_equal(found[expected.columns], expected)


def test_plain_orders_are_read_by_the_same_query_again(shop: Callable[..., Tables]) -> None:
    rows = [("a", "2024-01-05", 20.0, 2.0), ("a", "2024-02-05", -3.0, None), ("c", "2024-02-01", 5.5, 1.0)]
    people = ("customer_id", [("a",), ("b",), ("c",)])
    tables = shop(transactions=("customer_id time amount quantity", rows), customers=people)
    sent = [[], [], []]
    for customer, time, amount, quantity in rows:
        sent["abc".index(customer)].append({"time": time, "amount": amount, "quantity": quantity})
    for day in ("2024-03-01", "2024-03-02", "2024-03-01"):
        expected = score_frame(tables, as_of=day, horizons=[30]).drop(columns="customer_id")
        found = features_of_orders(sent, day, 30)
        pd.testing.assert_frame_equal(found[expected.columns], expected)


@pytest.mark.parametrize(
    ("orders", "reason"),
    [
        ([[{"amount": 1.0}]], "orders.time: 1 of 1 values are no ISO time without a zone"),
        ([[{"time": "2024-01-05T10:00Z", "amount": 1.0}]], "orders.time: 1 of 1"),
        ([[{"time": "2024-01-05", "amount": "much"}]], "orders.amount: 1 of 1 values are no finite number"),
        ([[{"time": "2024-01-05", "amount": np.inf}], []], "orders.amount: 1 of 1"),
        (["2024-01-05"], "orders: 1 of 1 values are no object with time and amount"),
    ],
)
def test_what_is_no_order_is_refused_without_its_data(orders: list[object], reason: str) -> None:
    with pytest.raises(TableError, match=reason):
        features_of_orders(orders, "2024-03-01", 30)


def test_nobody_with_an_order_makes_prospects() -> None:
    assert features_of_orders([[], []], "2024-03-01", 30)["status"].tolist() == ["prospect", "prospect"]
