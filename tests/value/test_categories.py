"""Spend and margin by category and class, checked by hand."""

import pandas as pd
import pytest

from goodwill.value.categories import MOST_CATEGORIES, categories
from goodwill.value.sellers import sellers

SALES = pd.DataFrame(
    [
        ("a", "tea", 60.0, 30.0, 60.0),
        ("a", "mug", 20.0, 15.0, 20.0),
        ("b", "tea", 80.0, 10.0, 40.0),
        ("b", "Tea ", 20.0, 5.0, 20.0),
        ("c", "mug", 20.0, 0.0, 0.0),
        ("x", "tea", 999.0, 0.0, 0.0),
    ],
    columns=["customer_id", "product", "spend_total", "margin_total", "margin_base"],
)
CLASSES = pd.Series({"a": "gold", "b": "lead", "c": "lead"})


def cell(found: pd.DataFrame, of: str, category: str) -> dict[str, float]:
    return found.set_index(["class", "category"]).loc[(of, category)].to_dict()


def test_everybody_with_a_class_comes_first_the_largest_category_on_top() -> None:
    found = categories(SALES, CLASSES)
    assert found["class"].tolist() == ["all"] * 2 + ["gold"] * 2 + ["lead"] * 2
    assert cell(found, "all", "tea") == pytest.approx(
        {"customers": 2, "spend_total": 160, "share": 0.8, "lift": 1, "is_clear": False, "margin_total": 45,
         "margin_share": 0.75, "margin_rate": 45 / 120, "margin_known_share": 0.75}
    )  # fmt: skip
    assert cell(found, "gold", "mug")["lift"] == pytest.approx(0.25 / 0.2)


def test_a_margin_that_nobody_knows_has_no_rate() -> None:
    mug = cell(categories(SALES, CLASSES), "lead", "mug")
    assert pd.isna(mug["margin_rate"])
    assert mug["margin_known_share"] == 0


def test_shares_agree_with_those_of_sellers() -> None:
    best = sellers(SALES, CLASSES, n=2).set_index(["class", "product"])[
        ["customers", "share", "lift", "is_clear"]
    ]
    found = categories(SALES, CLASSES).set_index(["class", "category"])
    pd.testing.assert_frame_equal(found.loc[best.index, best.columns], best, check_names=False)


def test_without_margins_spend_alone_is_told() -> None:
    found = categories(SALES.drop(columns=["margin_total", "margin_base"]), CLASSES)
    assert list(found) == ["class", "category", "customers", "spend_total", "share", "lift", "is_clear"]


def test_of_many_categories_the_largest_are_told_with_their_share_of_all() -> None:
    many = pd.DataFrame({"customer_id": "a", "product": [f"p{i}" for i in range(50)], "spend_total": 2.0})
    found = categories(many, CLASSES).query("`class` == 'all'")
    assert (len(found), found["share"].sum()) == (MOST_CATEGORIES, pytest.approx(MOST_CATEGORIES / 50))


def test_buyers_without_a_class_make_no_row() -> None:
    assert categories(SALES.query("customer_id == 'x'"), CLASSES).empty
