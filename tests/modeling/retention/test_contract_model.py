"""Churn and value of contract holders: levels, the horizon, notices, storage and what is refused."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError, UsageError
from goodwill.modeling.retention import ContractModel, contract_model, judged

Frames = tuple[pd.DataFrame, pd.DataFrame]
Draw = Callable[..., Frames]


@pytest.fixture(scope="module")
def model(seen: Frames) -> ContractModel:
    return ContractModel().fit(*seen)


@pytest.fixture(scope="module")
def later(drawn: Draw) -> Frames:
    return drawn(9, day="2024-09-01", n=20_000)


def test_churn_and_value_hit_the_level_of_each_plan(model: ContractModel, later: Frames) -> None:
    X, y = later
    said = model.predict(X)
    found = pd.DataFrame({"plan": X["plan"], "p": said.p_churn, "clv": said.clv, **y})
    means = found.groupby("plan")[["p", "churned", "clv", "value"]].mean()
    np.testing.assert_allclose(means["p"], means["churned"], atol=0.03)
    np.testing.assert_allclose(means["clv"], means["value"], rtol=0.03)


def test_payments_before_the_end_are_the_value_of_those_who_end(model: ContractModel, later: Frames) -> None:
    X, y = later
    said = model.predict(X)
    ended = float(y["value"][y["churned"]].mean())
    assert np.average(said.clv_if_churned, weights=said.p_churn) == pytest.approx(ended, abs=0.4)


def test_value_is_that_of_both_outcomes(model: ContractModel, later: Frames) -> None:
    said = model.predict(later[0])
    all_paid = (said.clv - said.p_churn * said.clv_if_churned) / (1 - said.p_churn)
    schedule_total = np.ceil((100 - later[0]["days_to_next_payment"]) / 30) * 10
    np.testing.assert_allclose(
        all_paid, model.worth_.of(schedule_total, 0 * schedule_total, 100.0), atol=0.02
    )


def test_survival_falls_and_value_rises_with_the_horizon(model: ContractModel, later: Frames) -> None:
    X = later[0].head(200)
    alive = model.survival(X, [10, 40, 70, 100])
    assert (np.diff(alive, axis=1) <= 1e-12).all()
    paid = [model.predict(X.assign(horizon_days=day)).clv + 0.01 * day for day in (10, 40, 70, 100)]
    assert (np.diff(paid, axis=0) >= -0.02).all()


def test_the_next_renewal_is_likelier_the_later_no_notice_came(model: ContractModel, drawn: Draw) -> None:
    X = drawn(3, n=2)[0].assign(plan="basic", n_contracts_cancelled=0, days_to_end=np.nan, n_periods=3)
    early, late = model.predict(X.assign(days_to_next_payment=[29.0, 3.0])).p_renewal
    assert early == pytest.approx(0.85, abs=0.04)
    assert late > 0.95


def test_the_next_renewal_is_foreseen_beyond_the_horizon(model: ContractModel, drawn: Draw) -> None:
    X = drawn(3, n=2)[0].assign(plan="basic", n_contracts_cancelled=0, days_to_end=np.nan, n_periods=3)
    near, far = (
        model.predict(X.assign(days_to_next_payment=20.0, horizon_days=h)).p_renewal for h in (60, 10)
    )
    np.testing.assert_allclose(near, far, atol=0.02)
    assert far.max() < 0.95


def test_who_gave_notice_ends_on_the_day(model: ContractModel, drawn: Draw) -> None:
    X = drawn(3, n=2)[0].assign(n_contracts_cancelled=1, days_to_next_payment=20.0, days_to_end=[20.0, 100.0])
    said = model.predict(X)
    assert said.p_churn[0] > 0.99
    assert said.p_churn[1] < 0.01
    assert said.p_renewal[1] == 1.0


def test_blocks_say_what_one_block_says(
    model: ContractModel, later: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = later[0].head(50)
    whole = model.predict(X)
    monkeypatch.setattr(
        contract_model, "blocks", lambda counts: [slice(i, i + 7) for i in range(0, len(counts), 7)]
    )
    np.testing.assert_allclose(model.predict(X).clv, whole.clv)


def test_no_row_is_said_nothing_of(model: ContractModel, later: Frames) -> None:
    assert model.predict(later[0].head(0)).clv.shape == (0,)


def test_nothing_is_said_without_a_contract(model: ContractModel, drawn: Draw) -> None:
    X = drawn(3, n=2)[0].assign(n_contracts_running=[1, 0])
    said = model.predict(X)
    assert np.isnan(said.p_churn).tolist() == [False, True]


def test_trees_are_grown_where_they_help(seen: Frames) -> None:
    X, y = seen
    is_angry = (y["churned"] ^ (np.random.default_rng(0).random(len(y)) < 0.1)).astype(float)
    told = ContractModel(parameters={"trees": 40}).fit(X.assign(n_complaints=is_angry), y)
    assert told.hazard_ is not None
    calm, angry = (
        told.predict(X.head(1).assign(n_complaints=0.0)),
        told.predict(X.head(1).assign(n_complaints=1.0)),
    )
    assert calm.p_churn[0] < angry.p_churn[0]


def test_a_stored_model_is_the_same(seen: Frames) -> None:
    X, y = seen
    told = ContractModel(parameters={"trees": 10}).fit(X.assign(n_complaints=y["churned"] * 1.0), y)
    described, trees = told.to_parts()
    again = ContractModel.from_parts(json.loads(json.dumps(described)), trees)
    asked = X.head(40).assign(n_complaints=1.0)
    np.testing.assert_array_equal(again.predict(asked).clv, told.predict(asked).clv)


def test_no_more_renewals_are_learned_from_than_there_may_be(
    seen: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged, "MAX_PERIODS", 2_000)
    few = ContractModel(parameters={"trees": 0}).fit(*seen)
    assert few.predict(seen[0]).p_churn.mean() == pytest.approx(seen[1]["churned"].mean(), abs=0.05)


def test_without_judged_contracts_there_is_nothing_to_learn(seen: Frames) -> None:
    X, y = seen
    with pytest.raises(FitError, match=r"none of 3000 rows is of a running contract"):
        ContractModel().fit(X, y.drop(columns="contract_days"))


def test_without_a_renewal_due_there_is_nothing_to_learn(seen: Frames) -> None:
    X, y = seen
    with pytest.raises(FitError, match="No renewal fell due"):
        ContractModel().fit(X.assign(horizon_days=0), y)


def test_what_contracts_cannot_be_learned_from_is_told(seen: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    X, y = seen
    with pytest.raises(UsageError, match="Lengths differ"):
        ContractModel().fit(X, y.head(3))
    with pytest.raises(UsageError, match="kind: 'magic' is none of"):
        ContractModel(kind="magic").fit(X, y)


@pytest.mark.parametrize("lacking", ["n_periods", "contract_price_total", "n_contracts_running"])
def test_what_tells_of_renewals_is_asked_for_when_it_is_absent(
    model: ContractModel, later: Frames, lacking: str
) -> None:
    with pytest.raises(UsageError, match=f"X: lacks {lacking}, which the model learned from"):
        model.predict(later[0].drop(columns=lacking))


def test_notices_may_be_absent(model: ContractModel, later: Frames) -> None:
    said = model.predict(later[0].head(50).drop(columns=["n_contracts_cancelled", "days_to_end", "plan"]))
    assert np.isfinite(said.clv).all()
