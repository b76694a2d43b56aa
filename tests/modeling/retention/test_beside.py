"""What comes beside payments: of whom who signs further contracts, of everybody where nothing tells."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.reasons import contributions
from goodwill.modeling.retention import ContractModel
from goodwill.modeling.retention.beside import Beside
from goodwill.modeling.served import ServedModel

Frames = tuple[pd.DataFrame, pd.DataFrame]


@cache
def holders(n: int = 3000) -> Frames:
    """Draw holders of one contract of 10 a month, of whom every fifth of the new ones signs one of 100."""
    draw, is_new = np.random.default_rng(0), np.arange(n) % 2 == 0
    stays = draw.random(n) < 0.8
    X = pd.DataFrame({"customer_id": np.arange(n), "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 25})
    X = X.assign(n_contracts_running=1, contract_period_days=30.0, n_periods=np.where(is_new, 2, 20))
    X = X.assign(days_to_next_payment=15.0, contract_price_total=10.0)
    signed = 100.0 * (is_new & (draw.random(n) < 0.2))
    y = pd.DataFrame({"churned": ~stays, "contract_days": np.where(stays, 25.0, 15.0)})
    return X, y.assign(value=10.0 * stays + signed)


@pytest.fixture(scope="module")
def model() -> ContractModel:
    return ContractModel(parameters={"trees": 2}).fit(*holders())


def test_who_signs_further_contracts_is_worth_more_and_the_others_are_not(model: ContractModel) -> None:
    X, y = holders()
    said, is_new = model.predict(X), (X["n_periods"] == 2).to_numpy()
    for kind in (is_new, ~is_new):
        assert said.clv[kind].mean() == pytest.approx(y["value"][kind].mean(), abs=1.5)
    np.testing.assert_allclose(said.ahead.mean, said.clv)


def test_what_nothing_tells_is_spread_over_everybody() -> None:
    X, y = holders()
    by_chance = y.assign(value=10.0 * ~y["churned"] + np.where(np.arange(len(X)) % 10 < 1, 100.0, 0.0))
    model = ContractModel(parameters={"trees": 2}).fit(X.assign(n_periods=5), by_chance)
    assert model.beside_ is None
    assert model.predict(X).clv.mean() == pytest.approx(by_chance["value"].mean(), rel=0.05)


def test_the_value_of_both_outcomes_adds_up_and_no_less_comes_of_who_stays(model: ContractModel) -> None:
    said = model.predict(holders()[0])
    active = (said.clv - said.p_churn * said.clv_if_churned) / (1 - said.p_churn)
    assert (active >= said.clv_if_churned).all()


def test_a_stored_model_says_the_same_and_one_stored_before_spreads_evenly(model: ContractModel) -> None:
    X, (described, trees) = holders()[0], model.to_parts()
    again = ContractModel.from_parts(json.loads(json.dumps(described)), trees)
    np.testing.assert_allclose(again.predict(X).clv, model.predict(X).clv)
    del described["beside"]
    assert ContractModel.from_parts(described, trees).beside_ is None


def test_reasons_tell_who_signs_further_contracts() -> None:
    X, y = holders()
    served = ServedModel(served_by={"clv": "hazard"}, parameters={"trees": 3}).fit(X, y, X)
    why, said = contributions(served, X), served.predict(X)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, atol=1e-4)
    tenure = why.money[:, why.themes.index("tenure")]
    assert tenure[X["n_periods"] == 2].min() > tenure[X["n_periods"] == 20].max()


def test_nobody_is_told_apart_by_a_few_windows() -> None:
    known = pd.DataFrame({"noise": np.arange(30.0)})
    X = pd.DataFrame({"customer_id": range(30), "horizon_days": 30})
    assert Beside.fit(known, np.where(np.arange(30) == 3, 50.0, 0.0), X) is None
    assert Beside.fit(known, np.zeros(30), X) is None
