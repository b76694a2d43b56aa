"""The summary for buy-till-you-die models: by hand, and on the published table."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from ibis.backends import BaseBackend

from goodwill.data.tables import Tables
from goodwill.engine import in_memory
from goodwill.errors import UsageError
from goodwill.features.btyd_summary import btyd_summary


def test_frequency_counts_repeat_days_not_orders(shop: Callable[..., Tables]) -> None:
    rows = [("a", day, 2.0) for day in ("2024-01-01", "2024-01-01", "2024-01-05", "2024-01-11")]
    summary = btyd_summary(shop(transactions=("customer_id time amount", rows)).before(date(2024, 1, 11)), 1)
    assert summary.iloc[0].tolist() == ["a", 1, 4, 10, 2.0]


def test_days_without_net_spend_are_no_purchases(shop: Callable[..., Tables]) -> None:
    rows = [("a", "2024-01-01", 5.0), ("a", "2024-01-02", -5.0), ("b", "2024-01-02", -1.0)]
    summary = btyd_summary(shop(transactions=("customer_id time amount", rows)).before(date(2024, 1, 11)))
    assert summary[["customer_id", "frequency"]].to_numpy().tolist() == [["a", 0]]


def test_the_past_may_be_asked_for_by_text(shop: Callable[..., Tables]) -> None:
    tables = shop(transactions=("customer_id time amount", [("a", "2024-01-01", 5.0)]))
    by_text, by_date = (btyd_summary(tables.before(day)) for day in ("2024-01-11", date(2024, 1, 11)))
    pd.testing.assert_frame_equal(by_text, by_date)


def test_what_is_no_past_is_told(shop: Callable[..., Tables]) -> None:
    tables = shop(transactions=("customer_id time amount", [("a", "2024-01-01", 5.0)]))
    with pytest.raises(UsageError, match=r"The past is a Tables\. .* `tables\.before\(as_of\)`"):
        btyd_summary(tables)
    with pytest.raises(UsageError, match="unit_days: 0 is no length of time"):
        btyd_summary(tables.before(date(2024, 1, 11)), unit_days=0)


def test_summary_of_cdnow_is_the_published_one(data_dir: Path, engine: BaseBackend) -> None:
    """Fader & Hardie's 2,357 customers less the 8 who only ever took free goods; 946 repeat, 35.08 a day."""
    orders = pd.read_parquet(data_dir / "cdnow" / "cdnow_sample.parquet").rename(
        columns={"customer_id_sample": "customer_id", "date": "time"}
    )
    tables = Tables(transactions=in_memory(orders, engine, "cdnow_sample"))
    summary = btyd_summary(tables.before(date(1997, 10, 1)))
    repeaters = summary[summary["frequency"] > 0]
    assert (len(summary), len(repeaters), summary["frequency"].sum()) == (2349, 946, 2457)
    assert repeaters["monetary_value"].mean() == pytest.approx(35.0778, abs=1e-4)
    assert summary["T"].max() == pytest.approx(273 / 7)
    assert summary["T"].min() == pytest.approx(190 / 7)
