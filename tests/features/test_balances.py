"""Holdings, checked by hand."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.balances import balances

ROWS = [
    ("a", "2023-01-01", "card", 100.0),
    ("a", "2023-10-01", "card", 200.0),
    ("a", "2024-02-20", "card", 300.0),
    ("a", "2024-02-20", "loan", 100.0),
    ("a", "2024-03-01", "loan", 9999.0),
    ("b", "2024-02-01", "card", 0.0),
]


def test_latest_balances_are_summed_over_products(shop: Callable[..., Tables]) -> None:
    tables = shop(balances=("customer_id time product balance", ROWS))
    found = to_frame(balances(tables.before(date(2024, 3, 1)))).set_index("customer_id")
    assert found["balance_total"].to_dict() == {"a": 400.0, "b": 0.0}
    assert found["n_holdings"].to_dict() == {"a": 2, "b": 0}
    assert found["balance_change_total"].to_dict() == {"a": 200.0, "b": 0.0}
    assert found["days_since_last_balance"].to_dict() == {"a": 10, "b": 29}
    assert found["balance_top_share"].fillna(-1).to_dict() == {"a": 0.75, "b": -1.0}
