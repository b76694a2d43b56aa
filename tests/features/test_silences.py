"""Silences by hand: between order days, since the last one, and nothing of what comes later."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.features.silences import silences


def test_silences_are_counted_between_days_and_up_to_the_day(shop: Callable[..., Tables]) -> None:
    rows = [
        ("a", "2024-01-01", 9.0), ("a", "2024-01-01", 5.0), ("a", "2024-01-11", 7.0),
        ("b", "2024-01-01", 3.0), ("b", "2024-01-05", -3.0), ("b", "2024-02-01", 3.0),
    ]  # fmt: skip
    found = silences(shop(transactions=("customer_id time amount", rows)).before(date(2024, 1, 21)))
    assert found.to_dict("list") == {"days": [10, 10, 20], "has_ended": [False, True, False], "n": [1, 1, 1]}
