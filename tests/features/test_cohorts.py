"""Cohorts by hand: who was won in a month, and who still buys in each month after."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.features.cohorts import cohort_retention

ROWS = [
    ("a", "2023-11-05", 5.0), ("a", "2023-11-20", 5.0), ("a", "2024-01-31", 7.0),
    ("b", "2023-11-30", 2.0), ("c", "2024-01-01", 3.0), ("c", "2024-02-02", 4.0),
]  # fmt: skip


def test_each_customer_counts_once_a_month(shop: Callable[..., Tables]) -> None:
    past = shop(transactions=("customer_id time amount", ROWS)).before(date(2024, 2, 15))
    assert cohort_retention(past).to_numpy().tolist() == [
        ["2023-11", 0, 2, 2, 12.0], ["2023-11", 1, 2, 0, 0.0], ["2023-11", 2, 2, 1, 7.0],
        ["2024-01", 0, 1, 1, 3.0],
    ]  # fmt: skip


def test_a_base_of_one_unfinished_month_is_told_all_the_same(shop: Callable[..., Tables]) -> None:
    past = shop(transactions=("customer_id time amount", ROWS[:1])).before(date(2023, 11, 10))
    assert cohort_retention(past).to_numpy().tolist() == [["2023-11", 0, 1, 1, 5.0]]


def test_refunds_alone_make_no_cohort(shop: Callable[..., Tables]) -> None:
    rows = [("a", "2023-11-05", -5.0)]
    assert cohort_retention(
        shop(transactions=("customer_id time amount", rows)).before(date(2024, 1, 1))
    ).empty


def test_refunds_are_taken_off_the_spend_and_make_nobody_active(shop: Callable[..., Tables]) -> None:
    rows = [
        ("a", "2023-09-02", -1.0), ("a", "2023-11-05", 9.0), ("a", "2023-12-05", -4.0),
        ("b", "2023-12-05", -8.0),
    ]  # fmt: skip
    past = shop(transactions=("customer_id time amount", rows)).before(date(2024, 1, 1))
    assert cohort_retention(past).to_numpy().tolist() == [
        ["2023-11", 0, 1, 1, 8.0], ["2023-11", 1, 1, 0, -4.0],
    ]  # fmt: skip
