"""Sign-up facts: those that were known then, and no other."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.people import people

ROWS = [
    ("a", "2024-02-20", "ad", 31, "2000-03-01", True, "gold"),
    ("b", None, None, None, None, None, "gold"),
    ("c", "2024-03-01", "ad", 50, "2000-03-01", False, "gold"),
]


def test_only_facts_known_at_signup_are_features(shop: Callable[..., Tables]) -> None:
    facts = ("acquisition_channel", "age", "start", "is_member")
    columns = "customer_id signup_time acquisition_channel age start is_member tier_today"
    tables = shop(customers=(columns, ROWS), options={"known_at_signup": facts})
    found = to_frame(people(tables.before(date(2024, 3, 1))))
    assert found["customer_id"].tolist() == ["a", "b"]
    assert found.iloc[0].to_dict() == {
        "customer_id": "a",
        "days_since_signup": 10,
        "acquisition_channel": "ad",
        "age": 31,
        "days_since_start": 8766,
        "is_member": 1,
    }


def test_customers_need_not_say_when_they_signed_up(shop: Callable[..., Tables]) -> None:
    found = to_frame(people(shop(customers=("customer_id age", [("a", 31)])).before(date(2024, 3, 1))))
    assert found.to_dict("list") == {"customer_id": ["a"]}
