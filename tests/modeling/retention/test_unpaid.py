"""Contracts without a price: trials and free plans, which bring what others sell after them."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.retention import ContractModel
from goodwill.modeling.retention.unpaid import Unpaid

Frames = tuple[pd.DataFrame, pd.DataFrame]


def trials_and_paying(n: int = 2000, horizon_days: int = 60) -> Frames:
    """Draw customers, half of them in a trial; a contract of 10 a month follows, unless they leave."""
    draw, is_trial = np.random.default_rng(0), np.arange(n) % 2 == 0
    lives = draw.geometric(np.where(is_trial, 0.5, 0.1)) - 1
    end = 15.0 + 30.0 * lives
    X = pd.DataFrame({"customer_id": np.arange(n), "as_of": pd.Timestamp("2024-01-01")})
    X = X.assign(horizon_days=horizon_days, n_contracts_running=1, contract_period_days=30.0, n_periods=1)
    X = X.assign(days_to_next_payment=15.0, plan=np.where(is_trial, "trial", "paying"))
    X = X.assign(contract_price_total=np.where(is_trial, 0.0, 10.0))
    days = np.minimum(end, horizon_days)
    y = pd.DataFrame({"churned": end < horizon_days, "contract_days": days})
    return X, y.assign(value=10.0 * np.ceil((days - 15.0) / 30.0))


@pytest.fixture(scope="module")
def drawn() -> Frames:
    return trials_and_paying()


@pytest.fixture(scope="module")
def model(drawn: Frames) -> ContractModel:
    return ContractModel(parameters={"trees": 0}).fit(*drawn)


def test_a_trial_is_worth_what_follows_it_and_moves_nobody_else(model: ContractModel, drawn: Frames) -> None:
    X, y = drawn
    clv, is_trial = model.predict(X).clv, (X["plan"] == "trial").to_numpy()
    for kind in (is_trial, ~is_trial):
        assert clv[kind].mean() == pytest.approx(y["value"][kind].mean(), rel=0.03)
    assert vars(model.worth_) == pytest.approx({"margin": 1.0, "per_year": 0.0, "servicing": 0.0}, abs=1e-9)


def test_no_payment_is_told_of_a_contract_without_a_price(model: ContractModel, drawn: Frames) -> None:
    said = model.predict(drawn[0])
    assert said.ahead.is_known.tolist() == (drawn[0]["plan"] == "paying").tolist()
    assert np.isfinite(said.p_churn).all()


def test_what_follows_a_trial_goes_on_beyond_the_horizon(model: ContractModel, drawn: Frames) -> None:
    X = drawn[0].head(2)
    later = model.beyond(X, model.predict(X).p_churn, years=5.0, annual_discount_rate=0.0)
    assert later[0] > 2.0


def test_nobody_who_follows_a_trial_pays_more_for_years_than_who_pays(drawn: Frames) -> None:
    X, y = drawn
    yearly = y.assign(value=y["value"].where(X["plan"] != "trial", 12 * y["value"]))
    model = ContractModel(parameters={"trees": 0}).fit(X, yearly)
    first = X.head(2)
    later = model.beyond(first, model.predict(first).p_churn, years=5.0, annual_discount_rate=0.0)
    paid = yearly["value"][1::2].sum() / yearly["contract_days"][1::2].sum()
    assert model.unpaid_.paid_per_day == pytest.approx(paid)
    assert 0 < later[0] < later[1]


def test_rates_stored_before_are_read() -> None:
    assert Unpaid.from_dict({"": [9.0, 0.0], "rates": [1.0, 0.0]}).rates["rates"] == (1.0, 0.0)


def test_several_contracts_without_a_price_are_left_to_the_model(drawn: Frames) -> None:
    X, y = drawn
    several = X.head(3).assign(n_contracts_running=2, contract_second_days_to_payment=15.0)
    several = several.assign(contract_largest_payment=[0.0, 10.0, 10.0], days_to_largest_payment=15.0)
    several = several.assign(contract_second_payment=[0.0, 0.0, 10.0], contract_second_periods=1.0)
    several = several.assign(contract_second_period_days=30.0, contract_largest_period_days=30.0)
    several = several.assign(contract_largest_periods=1.0, contract_second_plan="trial")
    clv = (
        ContractModel(parameters={"trees": 0})
        .fit(X, y)
        .predict(several.assign(contract_largest_plan="paying"))
        .clv
    )
    assert np.isnan(clv[0])
    assert clv[2] > 1.4 * clv[1] > 0


def test_rates_survive_storage_and_are_nothing_where_none_were_stored(model: ContractModel) -> None:
    described, trees = model.to_parts()
    again = ContractModel.from_parts(json.loads(json.dumps(described)), trees)
    assert again.unpaid_ == model.unpaid_
    del described["unpaid"]
    older = ContractModel.from_parts(described, trees).unpaid_
    assert older.gain(np.array(["trial"]), np.array([0])).tolist() == [0.0]


def test_what_such_contracts_cost_is_told_too() -> None:
    unpaid = Unpaid.fit(np.array(["free"] * 40), np.full(40, 2), np.full(40, -3.0))
    assert unpaid.gain(np.array(["free"]), np.array([1])).tolist() == [-1.5]


def test_without_any_such_contract_nothing_is_learned() -> None:
    unpaid = Unpaid.fit(np.array([], dtype=object), np.array([], dtype=np.int64), np.array([]))
    assert unpaid.gain(np.array(["free"]), np.array([0])).tolist() == [0.0]
