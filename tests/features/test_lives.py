"""Lives as rows, by hand: purchase days, contracts, payments."""

from collections.abc import Callable
from datetime import date

import pandas as pd

from goodwill.data.tables import Tables
from goodwill.features.labels import ValueRule
from goodwill.features.lives import acquired, contract_income, contract_spans, daily_orders, purchase_days

AS_OF = date(2024, 3, 1)
CONTRACTS = "customer_id start end price period_days"
Shop = Callable[..., Tables]


def test_a_row_per_customer_and_day_with_its_age(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-05 09:00", 6.0),
        ("a", "2024-01-05 18:00", 4.0),
        ("a", "2024-01-25", -10.0),
        ("a", "2024-03-01", 99.0),
    ]
    past = shop(transactions=("customer_id time amount", rows)).before(AS_OF)
    found = purchase_days(past, ValueRule(margin_rate=0.5))
    assert found["age_days"].tolist() == [20, 0]
    assert found["margin"].tolist() == [-5.0, 5.0]
    assert found["is_order"].tolist() == [False, True]
    assert found["day"].tolist() == [pd.Timestamp("2024-01-25"), pd.Timestamp("2024-01-05")]


def test_costs_come_before_the_rule(shop: Shop) -> None:
    rows = [("a", "2024-01-05", 10.0, 8.0), ("b", "2024-01-05", 10.0, None)]
    past = shop(transactions=("customer_id time amount cost", rows)).before(AS_OF)
    assert purchase_days(past, ValueRule(margin_rate=0.5))["margin"].tolist() == [2.0, 5.0]


def test_contracts_that_have_begun_are_told(shop: Shop) -> None:
    rows = [("a", "2024-01-01", "2024-02-01", 5.0, 30), ("b", "2024-03-01", None, 5.0, 30)]
    found = contract_spans(shop(contracts=(CONTRACTS, rows)).before(AS_OF))
    assert found["customer_id"].tolist() == ["a"]
    assert found["end"].tolist() == [pd.Timestamp("2024-02-01")]


def test_payments_come_while_a_contract_runs(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-01", "2024-01-31", 5.0, 30),
        ("a", "2024-02-10", None, 7.0, 10),
        ("b", "2024-02-29", None, 9.0, 0),
    ]
    found = contract_income(shop(contracts=(CONTRACTS, rows)).before(AS_OF), margin_rate=0.5)
    assert found[found["customer_id"] == "a"][["age_days", "margin"]].to_numpy().tolist() == [
        [0, 2.5], [40, 3.5], [50, 3.5],
    ]  # fmt: skip
    assert found[found["customer_id"] == "b"]["margin"].tolist() == [4.5]


def test_first_and_later_orders_are_counted_by_day(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-05", 6.0),
        ("b", "2024-01-05", 6.0),
        ("a", "2024-01-05", 4.0),
        ("a", "2024-01-25", 9.0),
        ("b", "2024-02-01", -6.0),
    ]
    found = daily_orders(shop(transactions=("customer_id time amount", rows)).before(AS_OF))
    assert found.to_numpy().tolist() == [[56, 2, 0], [36, 0, 1]]


def test_customers_won_before_the_day_are_told_with_their_cost(shop: Shop) -> None:
    rows = [("a", "2024-02-20", "ad", 9.0), ("b", "2024-03-05", "ad", 9.0), ("c", "2024-02-20", "ad", None)]
    names = "customer_id signup_time acquisition_channel acquisition_cost"
    found = acquired(shop(customers=(names, rows)), AS_OF)
    assert found.to_numpy().tolist() == [["a", "ad", 9.0, 10]]
    assert acquired(shop(customers=("customer_id signup_time", [("a", "2024-02-20")])), AS_OF) is None
