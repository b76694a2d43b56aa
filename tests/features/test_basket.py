"""Breadth of demand, checked by hand."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.basket import categories, channels, products

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]
ROWS = [
    ("a", "2024-01-01", 10.0, "p1", "web"),
    ("a", "2024-01-01", 10.0, "p1", "web"),
    ("a", "2024-02-01", 10.0, "p2", "shop"),
    ("a", "2024-02-02", -10.0, "p3", "app"),
    ("b", "2024-02-02", 10.0, None, "app"),
]
COLUMNS = "customer_id time amount product_id channel"


def test_products_bought(shop: Shop) -> None:
    found = to_frame(products(shop(transactions=(COLUMNS, ROWS)).before(AS_OF)))
    assert found.to_dict("records") == [{"customer_id": "a", "n_products": 2, "product_top_share": 2 / 3}]


def test_channel_of_the_last_order(shop: Shop) -> None:
    found = to_frame(channels(shop(transactions=(COLUMNS, ROWS)).before(AS_OF)))
    assert found["channel_last"].tolist() == ["shop", "app"]
    assert found["n_channels"].tolist() == [2, 1]


def test_categories_come_from_the_products(shop: Shop) -> None:
    tables = shop(
        transactions=(COLUMNS, ROWS), products=("product_id category", [("p1", "tea"), ("p2", "cups")])
    )
    found = to_frame(categories(tables.before(AS_OF)))
    assert found.to_dict("records") == [
        {"customer_id": "a", "n_categories": 2, "category_top": "tea", "category_top_share": 2 / 3}
    ]


def test_a_category_on_the_line_comes_first(shop: Shop) -> None:
    rows = [("a", "2024-01-01", 10.0, "p1", "gifts"), ("b", "2024-01-01", 10.0, "p1", None)]
    tables = shop(
        transactions=("customer_id time amount product_id category", rows),
        products=("product_id category", [("p1", "tea")]),
    )
    assert to_frame(categories(tables.before(AS_OF)))["category_top"].tolist() == ["gifts", "tea"]


def test_a_table_without_the_column_has_nobody(shop: Shop) -> None:
    tables = shop(
        transactions=("customer_id time amount product_id", [("a", "2024-01-01", 1.0, "p1")]),
        products=("product_id", [("p1",)]),
    )
    assert to_frame(categories(tables.before(AS_OF))).empty


def test_of_several_alike_the_last_by_name_counts(shop: Shop) -> None:
    rows = [("a", "2024-01-01", 1.0, name, name) for name in ("tea", "cups", "web")]
    tables = shop(transactions=("customer_id time amount category channel", rows))
    assert to_frame(categories(tables.before(AS_OF)))["category_top"].tolist() == ["web"]
    assert to_frame(channels(tables.before(AS_OF)))["channel_last"].tolist() == ["web"]
