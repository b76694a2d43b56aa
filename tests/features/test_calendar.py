"""The calendar of orders, from tables small enough to check by hand."""

from collections.abc import Callable
from datetime import date

import pytest

from goodwill.data.tables import Tables
from goodwill.errors import UsageError
from goodwill.features.calendar import order_calendar
from goodwill.features.snapshot import snapshots

AS_OF = date(2023, 1, 15)
ORDERS = [
    ("a", "2023-01-01", 5.0),
    ("a", "2023-01-03", 5.0),
    ("a", "2023-01-10", 5.0),
    ("b", "2023-01-05", 5.0),
    ("b", "2023-01-06", -5.0),
]
LATER = [("a", "2023-01-15", 5.0), ("c", "2023-01-16", 5.0)]
COLUMNS = "customer_id time amount"


def test_weeks_count_repeat_orders_and_the_days_of_those_who_had_come(shop: Callable[..., Tables]) -> None:
    calendar = order_calendar(shop(transactions=(COLUMNS, ORDERS)).before(AS_OF))
    weeks = calendar.groupby(calendar["week"].dt.date)[["n_orders", "customer_days"]].sum()
    assert weeks["n_orders"].to_dict() == {date(2023, 1, 1): 1, date(2023, 1, 8): 1}
    assert weeks["customer_days"].tolist() == [6 + 2, 7 + 7]


def test_ages_count_from_the_first_order(shop: Callable[..., Tables]) -> None:
    calendar = order_calendar(shop(transactions=(COLUMNS, ORDERS)).before(AS_OF))
    by_age = calendar.groupby("age_days")["n_orders"].sum()
    assert by_age[by_age > 0].to_dict() == {2: 1, 8: 1}


def test_later_orders_change_nothing(shop: Callable[..., Tables]) -> None:
    cut, whole = (shop(transactions=(COLUMNS, rows)) for rows in (ORDERS, ORDERS + LATER))
    assert order_calendar(whole.before(AS_OF)).equals(order_calendar(cut.before(AS_OF)))


@pytest.mark.parametrize(
    ("season", "said"),
    [
        ([1.0] * 11, "season: 11 numbers are no whole years"),
        ([], "season: 0 numbers are no whole years"),
        ([1.0] * 11 + [-1.0], "season: a number lies below 0"),
        ([1.0] * 12 + [0.0] * 12, "those of a year are all 0"),
        (["busy"] * 12, "season: 'busy' is no number"),
    ],
)
def test_a_season_is_whole_years_of_numbers(
    shop: Callable[..., Tables], season: list[float], said: str
) -> None:
    tables = shop(transactions=(COLUMNS, ORDERS))
    with pytest.raises(UsageError, match=said):
        snapshots(tables, until=AS_OF, horizon_days=5, season=season)


def test_contracts_take_no_season(shop: Callable[..., Tables]) -> None:
    contracts = ("customer_id start end price period_days", [("a", "2023-01-01", None, 5.0, 30)])
    with pytest.raises(UsageError, match="season: contracts end on their own dates"):
        snapshots(shop(contracts=contracts), until=AS_OF, horizon_days=5, season=[1.0] * 12)


def test_contracts_beside_orders_leave_the_calendar_of_orders(shop: Callable[..., Tables]) -> None:
    contracts = ("customer_id start end price period_days", [("a", "2022-01-01", None, 5.0, 30)])
    alone = shop(transactions=(COLUMNS, ORDERS)).before(AS_OF)
    beside = shop(transactions=(COLUMNS, ORDERS), contracts=contracts).before(AS_OF)
    assert order_calendar(beside).equals(order_calendar(alone))
    assert order_calendar(shop(contracts=contracts).before(AS_OF)).empty


def test_a_history_without_an_order_has_no_calendar(shop: Callable[..., Tables]) -> None:
    refunds = [("a", "2023-01-01", -5.0)]
    assert order_calendar(shop(transactions=(COLUMNS, refunds)).before(AS_OF)).empty
