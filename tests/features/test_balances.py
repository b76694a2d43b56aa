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


MONTHS = [f"2023-{month:02}-28" for month in range(1, 13)]


def held(shop: Callable[..., Tables], rows: list[tuple[str, str, str, float]]) -> dict[str, float]:
    tables = shop(balances=("customer_id time product balance", rows))
    found = to_frame(balances(tables.before(date(2024, 1, 1)))).set_index("customer_id")
    return {str(key): float(value) for key, value in found["balance_total"].items()}


def test_who_is_absent_from_the_last_two_statements_holds_nothing(shop: Callable[..., Tables]) -> None:
    stays = [("stays", day, "card", 100.0) for day in MONTHS]
    leaves = [("leaves", day, "card", 700.0) for day in MONTHS[:-2]]
    late = [("late", day, "card", 70.0) for day in MONTHS[3:-1]]
    loan = [("stays", day, "loan", 5.0) for day in MONTHS]
    assert held(shop, stays + leaves + late + loan) == {"stays": 105.0, "leaves": 0.0, "late": 70.0}


def test_where_balances_are_told_when_they_move_the_latest_stands(shop: Callable[..., Tables]) -> None:
    moves = [
        (name, MONTHS[place], "card", 10.0 + place) for name, places in MOVES.items() for place in places
    ]
    assert held(shop, moves) == {"a": 18.0, "b": 13.0, "c": 21.0}


def test_one_balance_each_is_no_statement(shop: Callable[..., Tables]) -> None:
    assert held(shop, [(f"c{n}", day, "card", 1.0) for n, day in enumerate(MONTHS)]) == dict.fromkeys(
        [f"c{n}" for n in range(12)], 1.0
    )


MOVES = {"a": (0, 4, 8), "b": (1, 3), "c": (2, 6, 7, 11)}
