"""What contracts say, checked by hand."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.contracts import OF_EACH, contracts

AS_OF = date(2024, 3, 1)
COLUMNS = "customer_id start end price period_days plan cancelled_at known_at"
ROWS = [
    ("a", "2023-01-01", "2023-07-01", 20.0, 30, "basic", None, "2023-01-01"),
    ("a", "2023-07-01", None, 30.0, 30, "plus", None, "2023-07-01"),
    ("b", "2024-01-01", "2024-03-21", 60.0, 60, "basic", "2024-02-20", "2024-01-01"),
    ("c", "2023-01-01", "2023-02-01", 10.0, 30, "basic", None, "2023-01-01"),
    ("c", "2023-06-01", "2024-05-01", 10.0, 0, "plus", "2024-04-01", "2023-06-01"),
    ("d", "2024-04-01", None, 10.0, 30, "plus", None, "2024-02-01"),
]


@pytest.fixture(scope="module")
def history(shop: Callable[..., Tables]) -> pd.DataFrame:
    return to_frame(contracts(shop(contracts=(COLUMNS, ROWS)).before(AS_OF))).set_index("customer_id")


def test_contracts_that_run_at_as_of(history: pd.DataFrame) -> None:
    assert history["n_contracts"].to_dict() == {"a": 2, "b": 1, "c": 2, "d": 0}
    assert history["n_contracts_running"].to_dict() == {"a": 1, "b": 1, "c": 1, "d": 0}
    assert history["n_contracts_announced"].to_dict() == {"a": 0, "b": 0, "c": 0, "d": 1}


def test_only_what_was_announced_is_known_of_the_end(history: pd.DataFrame) -> None:
    assert history["n_contracts_cancelled"].to_dict() == {"a": 0, "b": 1, "c": 0, "d": 0}
    assert history.loc["b", ["days_to_end", "days_since_cancellation"]].tolist() == [20, 10]
    assert history.loc[["a", "c", "d"], "days_to_end"].isna().all()


def test_a_contract_that_follows_another_renews_it(history: pd.DataFrame) -> None:
    assert history["n_renewals"].to_dict() == {"a": 1, "b": 0, "c": 0, "d": 0}


def test_periods_and_price_of_what_runs(history: pd.DataFrame) -> None:
    assert history["n_periods"].fillna(0).to_dict() == {"a": 7 + 9, "b": 1, "c": 2 + 1, "d": 0}
    assert history["contract_price_total"].fillna(0).to_dict() == {"a": 30, "b": 30, "c": 10, "d": 0}
    assert history["plan"].fillna("none").to_dict() == {"a": "plus", "b": "basic", "c": "plus", "d": "none"}


def test_the_next_payment_is_known(history: pd.DataFrame) -> None:
    assert history["days_to_next_payment"].fillna(-1).to_dict() == {"a": 26, "b": 0, "c": -1, "d": -1}
    assert history["contract_period_days"].fillna(-1).to_dict() == {"a": 30, "b": 60, "c": 0, "d": -1}


def test_ages_count_from_the_start(history: pd.DataFrame) -> None:
    assert history.loc["a", ["days_since_first_contract", "days_since_last_contract"]].tolist() == [425, 244]


def test_an_agreed_end_is_known_from_the_start(shop: Callable[..., Tables]) -> None:
    rows = [("a", "2024-01-01", "2024-03-31", 10.0, 30)]
    tables = shop(contracts=("customer_id start end price period_days", rows), options={"fixed_term": True})
    found = to_frame(contracts(tables.before(AS_OF)))
    assert found["days_to_end"].tolist() == [30]
    assert "plan" not in found


SEVERAL = [
    ("two", "2023-01-01", None, 20.0, 30, "monthly", None, "2023-01-01"),
    ("two", "2023-06-01", "2024-05-31", 300.0, 365, "yearly", "2024-02-01", "2023-06-01"),
    ("two", "2022-01-01", "2022-07-01", 999.0, 30, "old", None, "2022-01-01"),
    ("even", "2024-02-10", None, 9.0, 30, "late", None, "2024-02-10"),
    ("even", "2024-02-05", None, 9.0, 30, "soon", None, "2024-02-05"),
    ("one", "2024-02-05", None, 9.0, 30, "soon", None, "2024-02-05"),
    ("one", "2024-02-05", None, 9.0, 0, "once", None, "2024-02-05"),
]


@pytest.fixture(scope="module")
def several(shop: Callable[..., Tables]) -> pd.DataFrame:
    return to_frame(contracts(shop(contracts=(COLUMNS, SEVERAL)).before(AS_OF))).set_index("customer_id")


def test_contracts_of_one_customer_are_told_apart_by_payment(several: pd.DataFrame) -> None:
    names = ["period_days", "periods", "days_to_end", "cancelled", "plan"]
    largest = several.loc["two", [f"contract_largest_{name}" for name in names]]
    second = several.loc[
        "two", [f"contract_second_{name}" for name in ("payment", "days_to_payment", *names)]
    ]
    assert largest.tolist() == [365.0, 1.0, 91.0, 1.0, "yearly"]
    assert second.drop("contract_second_days_to_end").tolist() == [20.0, 25.0, 30.0, 15.0, 0.0, "monthly"]


def test_of_equal_payments_the_first_to_come_is_the_largest(several: pd.DataFrame) -> None:
    plans = several.loc["even", ["contract_largest_plan", "contract_second_plan"]]
    assert plans.tolist() == ["soon", "late"]


def test_where_one_contract_pays_on_nothing_is_told_apart(several: pd.DataFrame) -> None:
    told = several.loc["one", [name for name in OF_EACH if name in several]]
    assert (several.loc["one", "n_contracts_running"], told.isna().all()) == (2, True)
