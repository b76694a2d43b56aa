"""The span of a history, and whether it holds a window."""

from collections.abc import Callable
from datetime import date

import pytest

from goodwill.data.tables import Tables
from goodwill.errors import HistoryError
from goodwill.features.history import ensure_complete, ensure_known, history
from goodwill.features.windows import Window

Shop = Callable[..., Tables]
ORDERS = (
    "customer_id time amount",
    [("a", "2024-01-05", 1.0), ("b", "2024-01-15", 1.0), ("a", "2024-02-20", 1.0)],
)
CONTRACT = "customer_id start end price period_days"


def test_history_runs_from_the_first_order_to_the_last_event(shop: Shop) -> None:
    visits = ("customer_id time kind", [("a", "2023-01-01", "visit"), ("a", "2024-02-25 23:00", "visit")])
    assert history(shop(transactions=ORDERS, interactions=visits)) == (date(2024, 1, 5), date(2024, 2, 25))


@pytest.mark.parametrize(
    ("columns", "row", "fixed_term", "last"),
    [
        (CONTRACT, ("a", "2024-01-01", "2024-06-01", 1.0, 30), False, date(2024, 6, 1)),
        (CONTRACT, ("a", "2024-01-01", "2024-06-01", 1.0, 30), True, date(2024, 1, 1)),
        (
            f"{CONTRACT} cancelled_at",
            ("a", "2024-01-01", "2024-06-01", 1.0, 30, "2024-05-01"),
            False,
            date(2024, 5, 1),
        ),
    ],
    ids=["an end", "an agreed end", "a cancellation"],
)
def test_history_of_contracts(
    shop: Shop, columns: str, row: tuple[object, ...], *, fixed_term: bool, last: date
) -> None:
    tables = shop(contracts=(columns, [row]), options={"fixed_term": fixed_term})
    assert history(tables) == (date(2024, 1, 1), last)


def test_an_empty_history_is_refused(shop: Shop) -> None:
    with pytest.raises(HistoryError, match="transactions and contracts hold no row with a time"):
        history(shop(transactions=("customer_id time amount", [("a", None, 1.0)])))


def test_a_history_without_any_time_is_refused(shop: Shop) -> None:
    with pytest.raises(HistoryError, match="The history is empty"):
        history(shop(profiles=("customer_id", [("a",)])))


def test_a_quiet_end_is_silence_if_the_history_knows_longer_ones(shop: Shop) -> None:
    ensure_complete(shop(transactions=ORDERS), Window(date(2024, 2, 1), 56))


def test_a_quiet_end_longer_than_any_is_missing_data(shop: Shop) -> None:
    with pytest.raises(
        HistoryError, match=r"37 days past the last order or contract .* as_of of 2023-12-26 or earlier"
    ):
        ensure_complete(shop(transactions=ORDERS), Window(date(2024, 2, 1), 57))


def test_visits_do_not_show_that_orders_were_recorded(shop: Shop) -> None:
    visits = ("customer_id time kind", [("a", f"2024-{month:02}-15", "visit") for month in range(1, 9)])
    tables = shop(transactions=ORDERS, interactions=visits)
    with pytest.raises(HistoryError, match="past the last order or contract"):
        ensure_complete(tables, Window(date(2024, 2, 1), 120))
    with pytest.raises(HistoryError, match="days after the last order or contract"):
        ensure_known(tables, date(2024, 8, 16))


def test_a_history_of_one_day_knows_no_silence(shop: Shop) -> None:
    one = shop(transactions=("customer_id time amount", [("a", "2024-01-05", 1.0)]))
    with pytest.raises(HistoryError, match="does not lie within the history"):
        ensure_complete(one, Window(date(2024, 1, 5), 1))


def test_scoring_may_begin_a_usual_silence_after_the_last_event(shop: Shop) -> None:
    ensure_known(shop(transactions=ORDERS), date(2024, 3, 1))


@pytest.mark.parametrize(
    ("as_of", "reason"),
    [
        (date(2024, 1, 5), "lies before all data"),
        (date(2024, 6, 1), "102 days after the last order or contract .* Choose 2024-02-21"),
    ],
)
def test_scoring_outside_the_history_is_refused(shop: Shop, as_of: date, reason: str) -> None:
    with pytest.raises(HistoryError, match=reason):
        ensure_known(shop(transactions=ORDERS), as_of)
