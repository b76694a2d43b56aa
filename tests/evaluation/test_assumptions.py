from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.evaluation.assumptions import (
    frequency_spend,
    history_length,
    one_time_buyers,
    purchase_findings,
    whales,
)


@pytest.fixture
def customers() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    counts = rng.geometric(0.4, 2_000)
    means = rng.lognormal(3, 0.4, 2_000)
    return pd.DataFrame({"n_order_days": counts, "spend_mean": means, "spend_total": counts * means})


@pytest.fixture
def months() -> pd.DataFrame:
    starts = pd.date_range("2022-01-01", periods=30, freq="MS")
    return pd.DataFrame(
        {"month": starts, "n_customers": 100, "n_new": 20, "n_orders": 150, "spend_total": 3000.0}
    )


def test_a_steady_shop_raises_no_flag(customers: pd.DataFrame, months: pd.DataFrame) -> None:
    days = pd.date_range("2022-01-01", "2024-06-30")
    findings = purchase_findings(customers, months, days, horizon_days=180)
    assert {finding.level for finding in findings} == {"ok"}
    assert len({finding.name for finding in findings}) == len(findings) == 9


def test_an_empty_shop_is_described_without_failing() -> None:
    nobody = pd.DataFrame({"n_order_days": [], "spend_mean": [], "spend_total": []}, dtype=float)
    nothing = pd.DataFrame({"month": [], "n_customers": [], "n_new": [], "n_orders": [], "spend_total": []})
    findings = purchase_findings(nobody, nothing, [], horizon_days=90)
    assert {finding.level for finding in findings} == {"problem", "warning"}
    assert all(finding.text.endswith(".") for finding in findings)


@pytest.mark.parametrize(
    ("counts", "level"), [([1, 2, 2], "ok"), ([1, 1, 1, 5], "warning"), ([1, 1], "problem")]
)
def test_one_time_buyers_are_counted_among_buyers(counts: list[int], level: str) -> None:
    found = one_time_buyers([0, *counts])
    assert found.level == level
    assert found.value == pytest.approx(counts.count(1) / len(counts))


def test_nobody_bought() -> None:
    assert one_time_buyers([0, 0]).value is None


def test_independent_frequency_and_spend_pass(customers: pd.DataFrame) -> None:
    found = frequency_spend(customers["n_order_days"], customers["spend_mean"])
    assert found.level == "ok"
    assert "may be used" in found.text


@pytest.mark.parametrize(("sign", "who"), [(1, "Frequent buyers"), (-1, "Rare buyers")])
def test_dependent_frequency_and_spend_are_named(customers: pd.DataFrame, sign: int, who: str) -> None:
    found = frequency_spend(
        customers["n_order_days"], customers["spend_mean"] * customers["n_order_days"] ** (0.5 * sign)
    )
    assert found.level == "problem"
    assert who in found.text


def test_a_correlation_by_chance_in_a_small_shop_is_no_flag() -> None:
    assert frequency_spend([2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 2], [5, 3, 6, 4, 8, 1, 9, 5, 6, 4, 5]).level == "ok"


@pytest.mark.parametrize("counts", [[2, 3], [2] * 20])
def test_too_little_variety_says_so(counts: list[int]) -> None:
    found = frequency_spend(counts, np.arange(len(counts)))
    assert (found.level, found.value) == ("warning", None)


def test_whales_decide_the_totals() -> None:
    assert whales(np.ones(1000)).level == "ok"
    assert whales([*np.ones(99), 40.0]).level == "warning"
    assert whales([*np.ones(99), 4000.0]).level == "problem"
    assert whales([-1.0, 0.5]).value is None


def test_of_few_customers_the_largest_is_told() -> None:
    found = whales(np.ones(20))
    assert (found.level, found.value) == ("ok", 0.05)
    assert (
        found.text
        == "The largest of 20 customers brings 5% of all money. No single customer decides the totals."
    )
    assert whales(np.ones(4)).level == "warning"


def test_too_short_a_history_names_the_longest_horizon() -> None:
    assert history_length(200, 90).level == "ok"
    assert "uses 60 days" in history_length(120, 90).text
    assert "at most 30 days" in history_length(60, 90).text


def test_a_history_that_falls_short_by_a_day_is_not_rounded_up() -> None:
    assert "the horizon of 365 days 1.9 times. It must hold it twice" in history_length(729, 365).text
    assert "The history of 1,460 days" in history_length(1_460, 365).text


def test_cdnow_is_one_ageing_cohort(data_dir: Path) -> None:
    orders = pd.read_parquet(data_dir / "cdnow" / "cdnow_master.parquet")
    orders["time"] = pd.to_datetime(orders["date"])
    by_customer = orders.groupby("customer_id")
    customers = by_customer.agg(n_order_days=("time", "nunique"), spend_total=("amount", "sum"))
    customers["spend_mean"] = customers["spend_total"] / customers["n_order_days"]
    findings = purchase_findings(customers, _monthly(orders), orders["time"], horizon_days=273)
    found = {finding.name: finding for finding in findings}
    assert found["acquisition"].level == found["seasonality"].level == "warning"
    assert found["one_time_buyers"].value == pytest.approx(0.5, abs=0.05)
    assert found["calendar_gaps"].level == "ok"


def _monthly(orders: pd.DataFrame) -> pd.DataFrame:
    month = orders["time"].dt.to_period("M").dt.to_timestamp().rename("month")
    first = orders.groupby("customer_id")["time"].transform("min")
    grouped = orders.assign(new=orders["customer_id"].where(orders["time"] == first)).groupby(month)
    named = {"n_customers": ("customer_id", "nunique"), "n_new": ("new", "nunique")}
    return grouped.agg(**named, n_orders=("time", "size"), spend_total=("amount", "sum")).reset_index()
