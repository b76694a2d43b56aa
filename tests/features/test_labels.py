"""What counts as orders, value and a running contract in the horizon, checked by hand."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule, labels

AS_OF = date(2024, 3, 1)
ORDERS = [
    ("a", "2024-02-29 23:59", 1000.0),
    ("a", "2024-03-01 00:00", 10.0),
    ("a", "2024-03-01 12:00", 5.0),
    ("a", "2024-03-05", 40.0),
    ("a", "2024-03-06", -8.0),
    ("b", "2024-03-30 23:59", 7.0),
    ("b", "2024-03-31", 1000.0),
    ("c", "2024-03-09", -3.0),
]
Shop = Callable[..., Tables]


def outcomes(tables: Tables, value: ValueRule = ALL_IS_MARGIN, horizon_days: int = 30) -> pd.DataFrame:
    return to_frame(labels(tables.within(AS_OF, horizon_days), value)).set_index("customer_id")


def test_the_horizon_is_half_open_and_value_holds_refunds(shop: Shop) -> None:
    found = outcomes(shop(transactions=("customer_id time amount", ORDERS)))
    assert found["n_orders"].to_dict() == {"a": 2, "b": 1, "c": 0}
    assert found["value"].to_dict() == {"a": 47.0, "b": 7.0, "c": -3.0}


def test_orders_are_occasions_when_the_table_says_so(shop: Shop) -> None:
    rows = [("a", "2024-03-01", 5.0, "1"), ("a", "2024-03-01", 5.0, "2"), ("a", "2024-03-02", 5.0, None)]
    tables = shop(transactions=("customer_id time amount order_id", rows), options={"occasion": "order"})
    assert outcomes(tables).loc["a", "n_orders"] == 3


def test_margin_comes_from_the_rule_where_nothing_else_says(shop: Shop) -> None:
    found = outcomes(shop(transactions=("customer_id time amount", ORDERS)), ValueRule(margin_rate=0.5))
    assert found.loc["a", "value"] == 23.5


def test_cost_comes_before_product_margin_before_the_rule(shop: Shop) -> None:
    rows = [
        ("a", "2024-03-02", 10.0, "p1", 4.0),
        ("b", "2024-03-02", 10.0, "p1", None),
        ("c", "2024-03-02", 10.0, "unknown", None),
    ]
    tables = shop(
        transactions=("customer_id time amount product_id cost", rows),
        products=("product_id margin_rate", [("p1", 0.25)]),
    )
    found = outcomes(tables, ValueRule(margin_rate=0.1))
    assert found["value"].to_dict() == {"a": 6.0, "b": 2.5, "c": 1.0}


def test_servicing_cost_is_paid_per_occasion_and_per_interaction(shop: Shop) -> None:
    tables = shop(
        transactions=("customer_id time amount", ORDERS),
        interactions=(
            "customer_id time kind cost",
            [("b", "2024-03-02", "visit", 2.0), ("d", "2024-03-02", "call", None)],
        ),
    )
    found = outcomes(tables, ValueRule(order_cost=1.5))
    assert found["value"].to_dict() == {"a": 44.0, "b": 3.5, "c": -3.0, "d": 0.0}


def test_money_is_discounted_by_the_year(shop: Shop) -> None:
    tables = shop(
        transactions=("customer_id time amount", [("a", "2025-03-01", 110.0), ("b", "2024-03-01", 9.0)])
    )
    found = outcomes(tables, ValueRule(annual_discount_rate=0.1), horizon_days=400)
    assert found.loc["a", "value"] == pytest.approx(110 * 1.1 ** (-365 / 365.25), abs=1e-4)
    assert found.loc["b", "value"] == 9.0


CONTRACTS = [
    ("runs", "2024-02-10", None, 10.0, 30),
    ("ends", "2024-02-10", "2024-03-12", 10.0, 30),
    ("last_day", "2024-02-10", "2024-03-31", 10.0, 30),
    ("starts", "2024-03-21", None, 10.0, 5),
    ("once", "2024-03-02", None, 10.0, 0),
    ("over", "2023-01-01", "2023-06-01", 10.0, 30),
]


def test_contracts_pay_every_period_while_they_run(shop: Shop) -> None:
    found = outcomes(shop(contracts=("customer_id start end price period_days", CONTRACTS)))
    paid = {"runs": 10.0, "ends": 10.0, "last_day": 10.0, "starts": 20.0, "once": 10.0, "over": 0.0}
    assert found["value"].to_dict() == paid


def test_a_contract_runs_to_the_last_moment_of_the_horizon(shop: Shop) -> None:
    found = outcomes(shop(contracts=("customer_id start end price period_days", CONTRACTS)))
    assert sorted(found.index[found["is_running"]]) == ["last_day", "once", "runs", "starts"]


def test_payments_are_discounted_one_by_one(shop: Shop) -> None:
    tables = shop(
        contracts=("customer_id start end price period_days", [("a", "2024-02-20", None, 10.0, 30)])
    )
    found = outcomes(tables, ValueRule(annual_discount_rate=0.2), horizon_days=100)
    days = [20, 50, 80]
    assert found.loc["a", "value"] == pytest.approx(
        sum(10 * 1.2 ** (-day / 365.25) for day in days), abs=1e-4
    )


def test_orders_and_contracts_of_one_customer_are_counted_together(shop: Shop) -> None:
    found = outcomes(
        shop(
            transactions=("customer_id time amount", [("a", "2024-03-05", 7.0)]),
            contracts=("customer_id start end price period_days", [("a", "2024-02-20", None, 10.0, 30)]),
        )
    )
    assert found.loc["a", "n_orders"] == 1


def test_each_of_several_contracts_is_judged_for_itself(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-01", "2024-03-11", 10.0, 30),
        ("a", "2023-06-01", None, 90.0, 365),
        ("a", "2024-03-05", None, 999.0, 365),
        ("b", "2024-01-01", "2024-03-11", 10.0, 30),
    ]
    found = outcomes(shop(contracts=("customer_id start end price period_days", rows)))
    days = found[["contract_days", "largest_contract_days", "second_contract_days"]]
    assert days.loc["a"].tolist() == [30, 30, 10]
    assert days.loc["b"].fillna(-1).tolist() == [10, 10, -1]
