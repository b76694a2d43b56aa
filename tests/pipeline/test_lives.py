"""What a training leaves of customers' lives: tracking, cohorts of contracts, acquisition."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import ibis
import pandas as pd
import pytest

import goodwill as gw
from goodwill.pipeline.lives import acquisition_frames, life_frames

if TYPE_CHECKING:
    from conftest import Shop

AS_OF = date(2024, 3, 1)
RULE = gw.ValueRule(margin_rate=0.5)


@pytest.fixture(scope="module")
def holders() -> gw.Tables:
    """Two contracts, one of which ended, of customers won by one channel."""
    days = pd.to_datetime(["2024-01-05", "2024-01-20"])
    contracts = pd.DataFrame({
        "customer_id": ["a", "b"], "start": days, "end": pd.to_datetime(["2024-02-04", None]), "price": 10.0,
        "period_days": 30.0, "known_at": days,
    })  # fmt: skip
    customers = pd.DataFrame({
        "customer_id": ["a", "b"], "signup_time": days, "known_at": days, "acquisition_channel": "ad",
        "acquisition_cost": 7.0,
    })  # fmt: skip
    return gw.Tables(contracts=ibis.memtable(contracts), customers=ibis.memtable(customers))


def test_a_training_leaves_tracking_and_acquisition(trained: Shop) -> None:
    (run,) = (trained.output / "runs").iterdir()
    frames = json.loads((run / "evidence.json").read_text())["frames"]
    weeks = pd.DataFrame(frames["tracking"])
    day = date.fromisoformat(trained.answer.data["backtest"]["as_of"])
    assert weeks["actual_total"].iloc[-1] > 0
    assert abs(7 * weeks["is_test"].sum() - (date(2025, 1, 1) - day).days) < 7
    assert {row["acquisition_channel"] for row in frames["acquisition"]} == {
        "search",
        "social",
        "partner",
        "store",
    }
    assert "contract_cohorts" not in frames


def test_contracts_have_cohorts_and_no_tracking(holders: gw.Tables) -> None:
    predictor = gw.CustomerValuePredictor()
    predictor.model_ = gw_model()
    found = life_frames(holders, AS_OF, predictor)
    assert list(found) == ["contract_cohorts"]
    assert found["contract_cohorts"]["retention"].tolist() == [1.0, 0.5]
    assert found["contract_cohorts"]["cohort"].tolist() == ["2024-01", "2024-01"]


def test_without_a_day_there_are_no_lives(holders: gw.Tables) -> None:
    assert life_frames(holders, None, gw.CustomerValuePredictor()) == {}


def test_payments_are_what_a_channel_returns(holders: gw.Tables) -> None:
    scores = pd.DataFrame({"customer_id": ["a", "b"], "clv_lifetime": [None, 30.0]})
    table = acquisition_frames(holders, AS_OF, RULE, scores)["acquisition"]
    assert table[["margin_mean", "clv_to_cac", "payback_days"]].to_numpy().tolist() == [[7.5, 22.5 / 7, 30.0]]


def test_ages_of_income_and_of_customers_count_from_sign_up(holders: gw.Tables) -> None:
    early = holders.customers.mutate(signup_time=holders.customers.signup_time - ibis.interval(days=200))
    scores = pd.DataFrame({"customer_id": ["a", "b"], "clv_lifetime": [None, 30.0]})
    tables = replace(holders, customers=early)
    table = acquisition_frames(tables, AS_OF, RULE, scores)["acquisition"]
    assert table["payback_days"].tolist() == [230.0]


def test_without_costs_or_scores_no_channel_is_judged(holders: gw.Tables) -> None:
    assert acquisition_frames(holders, AS_OF, RULE, None) == {}
    assert acquisition_frames(gw.Tables(contracts=holders.contracts), AS_OF, RULE, None) == {}


def gw_model() -> object:
    """Return a stand-in for a model without orders."""
    learned = type("Learned", (), {"expectations_": None})()
    return type("Model", (), {"learned": learned})()
