"""What a dossier tells of one customer, by hand."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.features.timeline import answers_of, events_of, only_customer, orders_of

ORDERS = [
    ("a", "2024-01-05", 5.0),
    ("a", "2024-01-05", 2.0),
    ("a", "2024-02-01", -3.0),
    ("b", "2024-01-09", 9.0),
]
VISITS = [
    ("a", "2024-01-07", "visit", 1.0),
    ("b", "2024-01-08", "visit", 1.0),
    ("a", "2024-03-07", "visit", 1.0),
]
ANSWERS = [("a", "2024-01-07", "nps", "score", 9.0), ("b", "2024-01-08", "nps", "score", 5.0)]
DAY = date(2024, 3, 1)


def shop_of(shop: Callable[..., Tables]) -> Tables:
    return shop(
        transactions=("customer_id time amount", ORDERS),
        interactions=("customer_id time kind value", VISITS),
        surveys=("customer_id time item side value", ANSWERS),
    )


def test_orders_are_days_with_money_of_the_one_customer(shop: Callable[..., Tables]) -> None:
    own = orders_of(only_customer(shop_of(shop), "a").before(DAY))
    assert own["day"].dt.strftime("%m-%d").tolist() == ["01-05", "02-01"]
    assert own[["amount", "is_occasion"]].to_numpy().tolist() == [[7.0, True], [-3.0, False]]


def test_events_of_other_tables_end_at_the_day(shop: Callable[..., Tables]) -> None:
    events = events_of(only_customer(shop_of(shop), "a").before(DAY))
    assert events[["table", "kind"]].to_numpy().tolist() == [["interactions", "visit"], ["surveys", "nps"]]


def test_without_other_tables_there_are_no_events(shop: Callable[..., Tables]) -> None:
    tables = shop(transactions=("customer_id time amount", ORDERS))
    assert events_of(tables.before(DAY)).empty
    assert answers_of(tables, DAY).empty


def test_answers_stand_beside_the_mean_of_all(shop: Callable[..., Tables]) -> None:
    found = answers_of(shop_of(shop), DAY)
    own = found[found["customer_id"] == "a"]
    assert own[["item", "own", "mean", "n"]].to_numpy().tolist() == [["nps", 9.0, 7.0, 2]]
