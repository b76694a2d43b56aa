"""A query written once says of every day what one written for that day says."""

from collections.abc import Callable
from datetime import date, timedelta

import ibis
import pandas as pd
import pytest
from ibis.expr import types as ir

from goodwill.data.tables import Tables, midnight
from goodwill.engine import Dated, connect, in_memory, to_frame
from goodwill.engine.prepared import Prepared

Write = Callable[[date], ir.Table]


@pytest.fixture
def write() -> Write:
    """A query about a day, days around it, and a day that stays."""
    moments = pd.date_range("2023-12-25", periods=80, freq="18h")
    rows = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(80)], "time": moments})
    table = in_memory(rows, connect(), "orders")

    def query(day: date) -> ir.Table:
        within = (
            Tables(transactions=table).within(day - timedelta(days=20), 31).tables.present["transactions"]
        )
        return within.mutate(
            age=ibis.literal(day).delta(within.time.date(), unit="day"),
            is_past=within.time < midnight(day),
            is_new=within.time >= midnight(date(2024, 1, 20)),
            never=ibis.literal(midnight(date.max)),
        )

    return query


@pytest.mark.parametrize("day", [date(2024, 1, 10), date(2024, 2, 29), date(2025, 3, 1)])
def test_a_query_moved_to_a_day_is_one_written_for_it(write: Write, day: date) -> None:
    pd.testing.assert_frame_equal(Dated(write).to_frame(day), to_frame(write(day)))


def test_what_else_is_asked_is_written_apart(write: Write) -> None:
    asked = Dated(lambda day, more: write(day).filter(ibis._.age > more))
    day = date(2024, 1, 20)
    assert [asked.to_frame(day, more)["age"].min() for more in (3, 0, 3)] == [4, 1, 4]


def test_many_days_are_written_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    written, of = list[ir.Table](), Prepared.of
    monkeypatch.setattr(Prepared, "of", lambda *asked: written.append(asked[0]) or of(*asked))
    dated = Dated(write)
    sizes = {len(dated.to_frame(date(2024, 1, day))) for day in range(1, 28)}
    assert len(written) == 1
    assert len(sizes) > 1


def test_a_query_is_written_for_no_day_but_one(write: Write) -> None:
    asked = list[date]()
    dated = Dated(lambda day: asked.append(day) or write(day))
    assert len(dated.to_frame(date(2024, 1, 5))) < len(dated.to_frame(date(2024, 1, 20)))
    assert len(asked) == 1
