from datetime import date

import pandas as pd
import pytest

import goodwill as gw
from goodwill.engine import connect, in_memory, to_frame
from goodwill.errors import ConfigError
from goodwill.pipeline.carried import carried_of, ensure_carried

DAY = date(2024, 6, 1)


def orders(*rows: tuple[str, str, float, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "time", "amount", "branch_id"])
    return frame.assign(time=pd.to_datetime(frame["time"]), known_at=pd.to_datetime(frame["time"]))


def tables(**frames: pd.DataFrame) -> gw.Tables:
    engine = connect()
    return gw.Tables(**{name: in_memory(frame, engine, name) for name, frame in frames.items()})


def carried(known: gw.Tables, *columns: str) -> dict[str, tuple[object, ...]]:
    frame = to_frame(carried_of(known, DAY, columns))
    assert frame.columns.tolist() == ["customer_id", *columns]
    return {
        row[0]: row[1:] for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False)
    }


ORDERS = orders(
    ("a", "2024-01-01", 10, "north"), ("a", "2024-02-01", 10, "north"), ("a", "2024-03-01", 15, "south"),
    ("b", "2024-01-01", 5, "west"), ("b", "2024-02-01", 5, "east"),
    ("c", "2024-01-01", 5, None), ("c", "2024-01-02", 1, "north"),
    ("d", "2024-01-01", 5, "north"), ("d", "2024-06-01", 500, "south"),
    ("e", "2024-01-01", 5, None),
)  # fmt: skip


def test_the_branch_of_a_customer_is_where_most_was_spent_before_the_day() -> None:
    found = carried(tables(transactions=ORDERS), "branch_id")
    assert found == {"a": ("north",), "b": ("east",), "c": ("north",), "d": ("north",)}


def test_what_the_customers_table_holds_comes_first() -> None:
    people = pd.DataFrame({"customer_id": ["a", "z"], "owner": ["kim", "lee"], "branch_id": ["own", "own"]})
    people = people.assign(signup_time=pd.NaT, known_at=pd.NaT)
    found = carried(tables(transactions=ORDERS, customers=people), "branch_id", "owner")
    assert found == {"a": ("own", "kim"), "z": ("own", "lee")}


def test_columns_of_customers_and_of_orders_stand_side_by_side() -> None:
    people = pd.DataFrame({"customer_id": ["a", "z"], "owner": ["kim", "lee"]})
    people = people.assign(signup_time=pd.NaT, known_at=pd.NaT)
    found = carried(tables(transactions=ORDERS, customers=people), "owner", "branch_id")
    assert found["a"] == ("kim", "north")
    assert found["b"] == (None, "east")
    assert found["z"] == ("lee", None)


def test_nothing_is_carried_where_nothing_is_asked_for() -> None:
    assert carried_of(tables(transactions=ORDERS), DAY, ()) is None


def test_orders_carry_no_more_than_where_was_bought() -> None:
    known = tables(transactions=ORDERS)
    ensure_carried(["branch_id"], known.present)
    with pytest.raises(ConfigError, match=r"score.carry: 'amount' is no column .* There are: branch_id"):
        ensure_carried(["amount"], known.present)
