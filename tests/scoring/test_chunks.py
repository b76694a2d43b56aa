"""Customers read in parts: each once, with the same columns and values as all at once."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import goodwill as gw
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.errors import HistoryError
from goodwill.features.known import Known
from goodwill.scoring import chunks
from goodwill.scoring.chunks import known_in_chunks

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

ASKED = Known(date(2025, 1, 1), (30, 90))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return gw.simulate(customers=150, seed=0)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", 40)


def read(tables: Tables, folder: Path, asked: Known = ASKED) -> list[pd.DataFrame]:
    engine = tables.transactions.get_backend()
    return [chunk.X for chunk in known_in_chunks(tables, engine, asked, folder=folder)]


def in_order(X: pd.DataFrame) -> pd.DataFrame:
    return X.sort_values(["horizon_days", "customer_id"], ignore_index=True)


@pytest.mark.usefixtures("small")
def test_parts_hold_what_is_known_of_all(tables: Tables, tmp_path: Path) -> None:
    found = read(tables, tmp_path)
    assert len(found) > 2
    assert all(list(X) == list(found[0]) for X in found)
    whole = in_order(ASKED.read(tables))
    pd.testing.assert_frame_equal(in_order(pd.concat(found, ignore_index=True)), whole, check_dtype=False)


@pytest.mark.usefixtures("small")
def test_nothing_stays_behind_and_leftovers_go(tables: Tables, tmp_path: Path) -> None:
    (tmp_path / ".chunks.999999999.abc").mkdir()
    read(tables, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small")
def test_with_referrals_all_are_read_at_once(tables: Tables, tmp_path: Path) -> None:
    pairs = pd.DataFrame({"referrer_id": ["a"], "customer_id": ["b"], "time": [pd.Timestamp("2024-05-01")]})
    rows = in_memory(pairs, tables.transactions.get_backend(), "pairs")
    assert len(read(Tables(transactions=tables.transactions, referrals=rows), tmp_path)) == 1


@pytest.mark.usefixtures("small")
def test_carried_columns_come_with_their_customers(tables: Tables, tmp_path: Path) -> None:
    wanted = tables.customers.select("customer_id", "branch_id")
    engine = tables.transactions.get_backend()
    for chunk in known_in_chunks(tables, engine, ASKED, folder=tmp_path, carried=wanted):
        assert set(chunk.X["customer_id"]) <= set(chunk.carried["customer_id"])


@pytest.mark.usefixtures("small")
def test_nobody_known_is_refused(tables: Tables, tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="no customer was known before that day"):
        read(Tables(transactions=tables.transactions), tmp_path, Known(date(1990, 1, 1), (30,)))


def test_few_customers_are_read_at_once(tables: Tables, tmp_path: Path) -> None:
    assert len(read(tables, tmp_path)) == 1


def test_tables_without_customers_count_none() -> None:
    rows = in_memory(pd.DataFrame({"text": ["fine"]}), connect(), "rows")
    assert chunks.count_customers(Tables(comments=rows)) == 0
