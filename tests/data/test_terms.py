"""Contracts whose terms are possible but odd, counted in tables that one can check by hand."""

from datetime import date

import ibis
import pytest

from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.terms import term_counts

Row = tuple[str, str | None]
ONCE = ("2024-01-01", "2024-02-01")


def odd(*terms: Row, **columns: list[str | None]) -> dict[str, int]:
    """Return what is odd in the contracts of one customer, each from a start to an end."""
    n = len(terms)
    rows = {"customer_id": ["a"] * n, "price": [5.0] * n, "period_days": [30] * n, **columns}
    rows |= {"start": [start for start, _ in terms], "end": [end for _, end in terms]}
    table, _ = map_table(ibis.memtable(rows), CONTRACTS["contracts"])
    found = term_counts(table, date(2024, 6, 1), horizon_days=30)
    assert found.pop("all") == n
    return {name: count for name, count in found.items() if count and name not in {"ended", "paying"}}


def test_contracts_one_after_the_other_are_not_odd() -> None:
    assert odd(ONCE, ("2024-02-01", None), plan=["x", "x"], cancelled_at=["2024-01-20", None]) == {}


def test_a_row_like_an_earlier_one_is_a_repeat_and_no_overlap() -> None:
    assert odd(ONCE, ONCE, ONCE, plan=["x"] * 3) == {"repeats": 2}


@pytest.mark.parametrize(("plan", "expected"), [("x", {"overlaps": 1}), ("y", {}), (None, {})])
def test_contracts_overlap_within_a_plan(plan: str | None, expected: dict[str, int]) -> None:
    rows = [("2024-01-01", None), ("2024-01-05", "2024-01-10")]
    assert odd(*rows, plan=["x", plan]) == expected


def test_a_long_contract_overlaps_one_after_a_short_one() -> None:
    rows = [("2024-01-01", "2024-05-01"), ("2024-01-05", "2024-01-10"), ("2024-03-01", "2024-03-10")]
    assert odd(*rows, plan=["x"] * 3) == {"overlaps": 2}


def test_an_end_at_the_start_is_no_day() -> None:
    assert odd(("2024-01-01", "2024-01-01"), ONCE) == {"zero_days": 1}


def test_notices_are_odd_outside_the_days_of_the_contract() -> None:
    notices = ["2023-12-31", "2024-02-02", "2024-02-01 18:00", "2024-01-01"]
    assert odd(ONCE, ONCE, ONCE, ONCE, cancelled_at=notices) == {"early_notices": 1, "late_notices": 1}


def test_an_end_to_come_has_not_ended() -> None:
    rows = {"customer_id": ["a", "b"], "start": ["2024-01-01"] * 2, "end": ["2024-05-31", "2024-06-01"]}
    table = ibis.memtable(rows | {"price": [5.0] * 2, "period_days": [30] * 2})
    assert (
        term_counts(map_table(table, CONTRACTS["contracts"])[0], date(2024, 6, 1), horizon_days=30)["ended"]
        == 1
    )


def test_contracts_that_run_and_are_paid_less_than_once_in_a_horizon_are_rarely_paid() -> None:
    rows = {"customer_id": list("abcd"), "price": [5.0, 5.0, 0.0, 5.0], "period_days": [365, 30, 365, 365]}
    rows |= {"start": ["2024-01-01"] * 4, "end": [None, None, None, "2024-05-01"]}
    table, _ = map_table(ibis.memtable(rows), CONTRACTS["contracts"])
    found = term_counts(table, date(2024, 6, 1), horizon_days=90)
    assert (found["paying"], found["rarely_paid"], found["longest_period"]) == (2, 1, 365)
