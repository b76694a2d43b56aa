"""Several contracts of one customer: told apart, learned from, and foreseen payment by payment."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.modeling.retention import ContractModel
from goodwill.modeling.retention.apart import apart
from goodwill.modeling.served import ServedModel

Frames = tuple[pd.DataFrame, pd.DataFrame]
CONTRACTS = {"largest": (300.0, 365, 0.3), "second": (20.0, 30, 0.1)}


def pairs(seed: int, n: int = 3000, horizon_days: int = 40) -> Frames:
    """Draw customers with a yearly and a monthly contract, each with a payment due 10 days ahead."""
    draw = np.random.default_rng(seed)
    days = {name: np.where(draw.random(n) < hazard, 10.0, 40.0) for name, (*_, hazard) in CONTRACTS.items()}
    paid = 300.0 * (days["largest"] > 10) + 20.0 * (days["second"] > 10)
    X = pd.DataFrame({"customer_id": np.arange(n), "as_of": pd.Timestamp("2024-01-01")})
    X = X.assign(horizon_days=horizon_days, n_contracts_running=2, contract_price_total=20 + 300 * 30 / 365)
    X = X.assign(contract_largest_payment=300.0, days_to_largest_payment=10.0, days_to_next_payment=10.0)
    X = X.assign(contract_second_payment=20.0, contract_second_days_to_payment=10.0, contract_period_days=365)
    for name, (_, period, _) in CONTRACTS.items():
        X = X.assign(**{f"contract_{name}_period_days": period, f"contract_{name}_periods": 1.0})
    y = pd.DataFrame({f"{name}_contract_days": each for name, each in days.items()})
    last = np.maximum(*days.values())
    return X, y.assign(contract_days=last, churned=last < horizon_days, value=0.5 * paid)


def test_more_than_two_contracts_leave_others_that_are_paid_by_the_month() -> None:
    X = pairs(0, n=2)[0].assign(n_contracts_running=[2, 3])
    X["contract_price_total"] += [0.0, 7.0]
    rows, others = apart(X)[2]
    assert rows.tolist() == [1]
    told = others[["n_contracts_running", "contract_price_total", "contract_period_days"]]
    assert told.iloc[0].tolist() == pytest.approx([1, 7, 30])


def test_each_of_several_contracts_has_its_own_chances() -> None:
    ahead = ContractModel().fit(*pairs(0)).predict(pairs(1)[0]).ahead
    assert np.bincount(ahead.row).tolist() == [2] * 3000
    np.testing.assert_allclose(ahead.probability[:2], [0.7, 0.9], atol=0.03)
    np.testing.assert_allclose(ahead.gain[:2], [150, 10], rtol=0.02)
    # Sums of 0, 10, 150 and 160 with about .03, .27, .07 and .63.
    assert [round(float(ahead.quantile(p)[0]), -1) for p in (0.2, 0.9)] == [10, 160]


def test_what_comes_beside_payments_is_told_of_each_kind_of_customer() -> None:
    X, y = pairs(0)
    alone = X.assign(
        n_contracts_running=1, contract_second_payment=np.nan, contract_price_total=300 * 30 / 365
    )
    one = y.assign(contract_days=y["largest_contract_days"], churned=y["largest_contract_days"] < 40)
    one["value"] = 150.0 * (one["contract_days"] > 10) + 30
    model = ContractModel(parameters={"trees": 0}).fit(
        pd.concat([X, alone], ignore_index=True), pd.concat([y, one], ignore_index=True)
    )
    asked = pd.concat([X.head(1), alone.head(1)], ignore_index=True)
    mean = model.predict(asked).ahead.mean
    np.testing.assert_allclose(mean, [y["value"].mean(), one["value"].mean()], rtol=0.05)


def test_several_contracts_are_worth_what_their_payments_add_up_to() -> None:
    said = ContractModel(parameters={"trees": 0}).fit(*pairs(0)).predict(pairs(1)[0])
    np.testing.assert_array_equal(said.clv, said.ahead.mean)
    assert said.clv.mean() == pytest.approx(pairs(1)[1]["value"].mean(), rel=0.05)
    assert said.payments.mean() == pytest.approx(0.7 * 300 + 0.9 * 20, rel=0.05)
    assert np.isnan(said.p_churn).all()


def test_value_of_several_contracts_served_by_the_hazard_is_that_of_both_outcomes() -> None:
    X, y = pairs(0)
    model = ServedModel(served_by={"clv": "hazard"}, parameters={"trees": 3}).fit(X, y, X)
    said = model.predict(X)
    assert said.payments is not None
    np.testing.assert_allclose(said.clv, said.payments.mean)
    whole = (1 - said.p_churn) * said.clv_if_active + said.p_churn * said.clv_if_churned
    np.testing.assert_allclose(whole, said.clv)
    assert (said.clv_if_active >= said.clv_if_churned).all()


def test_contracts_that_are_not_all_told_apart_do_not_tell_what_a_payment_is_worth() -> None:
    X, y = pairs(0, n=300)
    with pytest.raises(FitError, match="each of 300 rows that were judged holds more than 2"):
        ContractModel().fit(X.assign(n_contracts_running=3), y)


def test_a_model_stored_before_several_were_told_apart_has_one_worth() -> None:
    model = ContractModel(parameters={"trees": 0}).fit(*pairs(0, n=300))
    described, trees = model.to_parts()
    del described["worth_of_several"]
    assert ContractModel.from_parts(described, trees).worth_of_several_ == model.worth_


def test_several_contracts_go_on_each_for_itself_beyond_the_horizon() -> None:
    X, y = pairs(0)
    model = ContractModel(parameters={"trees": 0}).fit(X, y)
    within_a_year = model.beyond(X.head(1), np.array([0.03]), years=1.0, annual_discount_rate=0.0)
    # The yearly one renews on day 375, the monthly one from day 40 on, 90 % each time.
    assert within_a_year[0] == pytest.approx(10 * sum(0.9**k for k in range(2, 13)), rel=0.2)
