"""Lives as rows, by hand: income, first orders, contracts."""

from collections.abc import Callable
from datetime import date

import pandas as pd

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.labels import ValueRule, labels
from goodwill.features.lives import acquired, contract_income, contract_spans, daily_orders, income

AS_OF = date(2024, 3, 1)
CONTRACTS = "customer_id start end price period_days"
Shop = Callable[..., Tables]


def test_income_is_net_of_refunds_and_of_what_serving_costs(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-05 09:00", 6.0),
        ("a", "2024-01-05 18:00", 4.0),
        ("a", "2024-01-25", -10.0),
        ("a", "2024-03-01", 99.0),
    ]
    contacts = [("a", "2024-01-06", "call", 3.0), ("a", "2024-01-07", "visit", None)]
    past = shop(
        transactions=("customer_id time amount", rows),
        interactions=("customer_id time kind cost", contacts),
    ).before(AS_OF)
    found = income(past, ValueRule(margin_rate=0.5, order_cost=1.0)).sort_values("day")
    assert found["day"].dt.strftime("%m-%d").tolist() == ["01-05", "01-06", "01-25"]
    assert found["margin"].tolist() == [4.0, -3.0, -5.0]


def test_each_order_of_a_day_costs_its_servicing(shop: Shop) -> None:
    rows = [("a", "2024-01-05 09:00", 6.0, "1"), ("a", "2024-01-05 18:00", 4.0, "2")]
    tables = shop(transactions=("customer_id time amount order_id", rows), options={"occasion": "order"})
    assert income(tables.before(AS_OF), ValueRule(order_cost=1.0))["margin"].tolist() == [3.0, 5.0]


def test_costs_come_before_the_rule(shop: Shop) -> None:
    rows = [("a", "2024-01-05", 10.0, 8.0), ("b", "2024-01-05", 10.0, None)]
    past = shop(transactions=("customer_id time amount cost", rows)).before(AS_OF)
    assert income(past, ValueRule(margin_rate=0.5))["margin"].tolist() == [2.0, 5.0]


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
    of_a = found[found["customer_id"] == "a"]
    assert of_a["day"].dt.strftime("%m-%d").tolist() == ["01-01", "02-10", "02-20"]
    assert of_a["margin"].tolist() == [2.5, 3.5, 3.5]
    assert found[found["customer_id"] == "b"]["margin"].tolist() == [4.5]


def test_a_contract_without_a_price_pays_nothing(shop: Shop) -> None:
    rows = [("a", "2024-01-01", "2024-01-31", None, 30), ("a", "2024-01-31", None, 5.0, 30)]
    found = contract_income(shop(contracts=(CONTRACTS, rows)).before(AS_OF))
    assert found["margin"].tolist() == [0.0, 5.0]


def test_a_contract_that_ends_on_its_first_day_pays_nothing_as_in_the_labels(shop: Shop) -> None:
    rows = [("a", "2024-01-05 09:00", "2024-01-05 18:00", 5.0, 30), ("b", "2024-01-05", None, 5.0, 60)]
    tables = shop(contracts=(CONTRACTS, rows))
    assert contract_income(tables.before(AS_OF))["customer_id"].tolist() == ["b"]
    paid = to_frame(labels(tables.within(date(2024, 1, 1), 60), ValueRule()), order_by="customer_id")
    assert paid["value"].tolist() == [0.0, 5.0]


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
    assert found.to_numpy().tolist() == [["a", "ad", 9.0, pd.Timestamp("2024-02-20"), 10]]
    assert acquired(shop(customers=("customer_id signup_time", [("a", "2024-02-20")])), AS_OF) is None
