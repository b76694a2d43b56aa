"""What customers bought of each product, checked by hand."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.sales import product_sales, sold_by

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]
ROWS = [
    ("a", "2024-01-01", 10.0, "p1"),
    ("a", "2024-02-01", 5.0, "p1"),
    ("a", "2024-02-02", -10.0, "p1"),
    ("a", "2022-01-01", 10.0, "p2"),
    ("b", "2024-02-02", 7.0, None),
    ("b", "2024-03-01", 7.0, "p1"),
]


def test_sales_are_of_the_last_year_above_zero_and_before_the_day(shop: Shop) -> None:
    past = shop(transactions=("customer_id time amount product_id", ROWS)).before(AS_OF)
    found = to_frame(product_sales(past, "product_id"))
    assert found.to_dict("records") == [
        {"customer_id": "a", "product": "p1", "n_lines": 2, "spend_total": 15.0}
    ]


def test_a_category_comes_before_a_product_and_neither_is_no_error(shop: Shop) -> None:
    plain = shop(transactions=("customer_id time amount", [("a", "2024-01-01", 1.0)]))
    named = shop(transactions=("customer_id time amount product_id", ROWS))
    both = shop(
        transactions=("customer_id time amount product_id", ROWS),
        products=("product_id category", [("p1", "tea")]),
    )
    contracts = shop(
        contracts=("customer_id start end price period_days", [("a", "2024-01-01", None, 9.0, 30)])
    )
    answers = [sold_by(tables.before(AS_OF)) for tables in (plain, named, both, contracts)]
    assert answers == [None, "product_id", "category", None]


def test_margins_are_of_the_lines_that_have_one(shop: Shop) -> None:
    rows = [
        ("a", "2024-01-01", 10.0, "p1", 4.0),
        ("a", "2024-01-02", 10.0, "p1", None),
        ("a", "2024-01-03", 20.0, "p2", None),
        ("b", "2024-01-03", -5.0, "p1", 1.0),
    ]
    past = shop(
        transactions=("customer_id time amount product_id cost", rows),
        products=("product_id margin_rate", [("p1", 0.5)]),
    ).before(AS_OF)
    found = to_frame(product_sales(past, "product_id")).set_index("product")
    assert found[["spend_total", "margin_total", "margin_base"]].T.to_dict("list") == {
        "p1": [20.0, 11.0, 20.0],
        "p2": [20.0, 0.0, 0.0],
    }
