"""Retention of cohorts: by hand, complete periods alone, and what is refused."""

from datetime import date

import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.monitoring.cohorts import contract_retention, order_retention, retention_matrix


def orders(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "day"]).assign(day=lambda t: pd.to_datetime(t["day"]))


def contracts(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "start", "end"])
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


def test_each_cohort_has_its_own_matured_periods() -> None:
    table = order_retention(
        orders(("a", "2024-01-31"), ("a", "2024-03-01"), ("b", "2024-02-01")), date(2024, 4, 15)
    )
    assert table["n_active"].tolist() == [1, 0, 1, 1, 0]
    assert table["cohort"].dt.month.tolist() == [1, 1, 1, 2, 2]


def test_several_orders_of_a_period_count_once() -> None:
    table = order_retention(orders(("a", "2024-01-01"), ("a", "2024-01-02")), date(2024, 2, 1))
    assert table["n_active"].tolist() == [1]


def test_quarters_are_cohorts_too() -> None:
    table = order_retention(
        orders(("a", "2024-01-31"), ("a", "2024-06-01")), date(2024, 7, 1), unit="quarter"
    )
    assert table["retained_share"].tolist() == [1, 1]


def test_a_holder_counts_to_the_last_period_whose_end_is_seen() -> None:
    table = contract_retention(
        contracts(("a", "2024-01-10", "2024-03-05"), ("b", "2024-01-20", None)), date(2024, 5, 1)
    )
    assert table["retained_share"].tolist() == [1, 1, 0.5, 0.5]


def test_who_comes_back_is_there_again() -> None:
    rows = contracts(("a", "2024-01-10", "2024-02-05"), ("a", "2024-03-10", None))
    assert contract_retention(rows, date(2024, 5, 1))["n_active"].tolist() == [1, 0, 1, 1]


def test_who_ends_in_the_first_period_is_of_the_cohort() -> None:
    table = contract_retention(contracts(("a", "2024-01-10", "2024-01-20")), date(2024, 3, 1))
    assert table[["n_customers", "n_active"]].to_numpy().tolist() == [[1, 0], [1, 0]]


def test_an_end_that_lies_ahead_is_no_end_yet() -> None:
    table = contract_retention(contracts(("a", "2024-01-10", "2025-01-01")), date(2024, 3, 1))
    assert table["n_active"].tolist() == [1, 1]


def test_the_matrix_is_empty_where_a_period_is_not_over() -> None:
    table = order_retention(orders(("a", "2024-01-31"), ("b", "2024-02-01")), date(2024, 3, 1))
    matrix = retention_matrix(table)
    assert matrix.isna().to_numpy().tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize("rows", [[], [("a", "2024-05-01")], [("a", None)]])
def test_orders_have_days_before_the_end(rows: list[tuple[str, str]]) -> None:
    with pytest.raises(UsageError, match="all before 2024-05-01"):
        order_retention(orders(*rows), date(2024, 5, 1))


DAYS = pd.DataFrame({"customer_id": ["a", "b"], "day": pd.to_datetime(["2024-01-01", "2024-02-01"])})


@pytest.mark.parametrize(
    ("orders", "unit", "reason"),
    [
        (DAYS.rename(columns={"day": "time"}), "month", "The rows: lacks day"),
        (DAYS, "fortnight", "unit: 'fortnight' is none"),
        (DAYS.assign(day=DAYS["day"].dt.tz_localize("UTC")), "month", "day: .*UTC.* holds no local days"),
        (DAYS.astype({"day": str}), "month", "day: str holds no local days"),
    ],
)
def test_rows_without_local_days_are_told(orders: pd.DataFrame, unit: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        order_retention(orders, date(2024, 4, 1), unit=unit)


def test_contracts_that_end_before_they_start_are_refused() -> None:
    odd = contracts(("a", "2024-03-01", "2024-01-01"), ("b", "2024-01-01", None))
    with pytest.raises(UsageError, match="end: 1 of 2 contracts end before they start"):
        contract_retention(odd, date(2024, 6, 1))
