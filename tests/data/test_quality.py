import datetime as dt
from pathlib import Path

import ibis
import pandas as pd
import pytest

from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import Rules, map_table
from goodwill.data.quality import Calendar, Quality, quality
from goodwill.data.sources import read_source
from goodwill.data.tables import Tables
from goodwill.engine import connect


def of_orders(days: list[str], amounts: list[float], ids: list[str] | None = None) -> Quality:
    source = ibis.memtable({"customer_id": ids or ["a"] * len(days), "time": days, "amount": amounts})
    table, counts = map_table(source, CONTRACTS["transactions"])
    return quality(Tables(transactions=table), {"transactions": counts})["transactions"]


def test_orders_are_described() -> None:
    days = ["2024-05-01", "2024-05-01", "2024-05-02", "2024-05-03"]
    facts = of_orders(days, [4.0, 4.0, -2.0, 0.0], ["a", "a", "a", "b"])
    assert (facts.rows_read, facts.rows_kept, facts.dropped) == (4, 4, {})
    assert (facts.n_customers, facts.n_duplicates, facts.one_time_share) == (2, 1, 0.5)
    assert (facts.n_refunds, facts.refund_share, facts.n_zero_amounts) == (1, 0.25, 1)
    assert facts.first_time == dt.datetime(2024, 5, 1)  # noqa: DTZ001 - times are naive
    assert facts.last_time == dt.datetime(2024, 5, 3)  # noqa: DTZ001 - times are naive


def test_days_and_weeks_without_orders_are_counted() -> None:
    facts = of_orders(["2024-05-01", "2024-05-02", "2024-05-16"], [1.0, 1.0, 1.0])
    assert facts.calendar == Calendar(16, 13, 1, 13, dt.date(2024, 5, 2))


def test_one_day_has_no_gap() -> None:
    assert of_orders(["2024-05-01"], [1.0]).calendar == Calendar(1, 0, 0, 0, None)


def test_the_share_of_refunds_needs_money() -> None:
    assert of_orders(["2024-05-01"], [-1.0]).refund_share is None


def test_a_table_without_time_or_money_says_less() -> None:
    table, _ = map_table(ibis.memtable({"product_id": ["p"]}), CONTRACTS["products"])
    facts = quality(Tables(products=table))["products"]
    assert facts == Quality(rows_read=1, rows_kept=1, dropped={}, n_duplicates=0)


def test_contracts_that_run_on_are_counted() -> None:
    rows = {"customer_id": ["a", "b"], "start": ["2024-05-01"] * 2, "end": [None, "2024-06-01"]}
    source = ibis.memtable(pd.DataFrame(rows | {"price": 5.0, "period_days": 30}))
    table, _ = map_table(source, CONTRACTS["contracts"])
    assert quality(Tables(contracts=table))["contracts"].n_without_end == 1


def test_an_empty_table_has_no_calendar() -> None:
    source = ibis.memtable({"customer_id": ["a"], "time": ["2024-05-01"], "amount": [1.0]})
    table, counts = map_table(source, CONTRACTS["transactions"], None, Rules(where="amount > 5"))
    facts = quality(Tables(transactions=table), {"transactions": counts})["transactions"]
    assert (facts.rows_kept, facts.calendar, facts.one_time_share, facts.first_time) == (0, None, None, None)
    assert facts.dropped == {"where": 1}


def test_cdnow_has_its_published_rows(data_dir: Path) -> None:
    source = read_source(connect(), str(data_dir / "cdnow" / "cdnow_master.parquet"))
    names = {"customer_id": "customer_id", "time": "date", "amount": "amount", "quantity": "quantity"}
    table, counts = map_table(source, CONTRACTS["transactions"], names)
    facts = quality(Tables(transactions=table), {"transactions": counts})["transactions"]
    assert (facts.rows_read, facts.n_customers, facts.n_duplicates) == (69_659, 23_570, 255)
    assert facts.calendar.n_empty_days == 0
    assert facts.one_time_share == pytest.approx(0.5099, abs=0.003)
