"""Sales of categories new to the customer, by hand."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.features.cross_sell import cross_sales

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]


def test_what_is_new_is_new_to_the_customer(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-05", 9.0, "tea"),
        ("a", "2024-02-20", 10.0, "tea"),
        ("a", "2024-02-21", 4.0, "cups"),
        ("a", "2024-02-22", -4.0, "cups"),
        ("b", "2024-02-20", 50.0, "tea"),
        ("c", "2024-01-01", 1.0, "tea"),
        ("c", "2024-01-02", 1.0, "cups"),
    ]
    past = shop(transactions=("customer_id time amount category", rows)).before(AS_OF)
    assert cross_sales(past, 30).to_numpy().tolist() == [[1, 14, 4], [2, 0, 0]]


def test_without_categories_or_orders_nothing_is_told(shop: Shop) -> None:
    orders = shop(transactions=("customer_id time amount", [("a", "2024-01-05", 9.0)]))
    contracts = shop(
        contracts=("customer_id start end price period_days", [("a", "2024-01-05", None, 1.0, 30)])
    )
    assert [len(cross_sales(tables.before(AS_OF), 30)) for tables in (orders, contracts)] == [0, 0]
