"""Contracts: the hazard that was asked for, ends known when decided, exact expectations."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import (
    Simulated,
    contract_survival,
    expected_contract_value,
    expected_value,
    simulate_frames,
    world_from,
)
from goodwill.errors import HistoryError

AS_OF = date(2024, 3, 1)


@pytest.fixture(scope="module")
def firm() -> Simulated:
    return simulate_frames(
        customers=9_000, seed=51, world=world_from({"purchases": None, "contracts": {}, "deposits": {}})
    )


def test_survival_is_that_of_the_lives_drawn(firm: Simulated) -> None:
    lived = firm.truth["contracts"]["n_periods"].to_numpy()
    drawn = [(lived > n).mean() for n in range(13)]
    np.testing.assert_allclose(contract_survival(firm.truth, 12).mean(axis=0), drawn, atol=0.015)


def test_an_average_customer_s_first_churn_is_the_plan_s() -> None:
    plan = {"name": "monthly", "share": 1, "period_days": 30, "price": 9, "first_churn": 0.2}
    flat = {
        "discontent_effect": 0,
        "age_effect": 0,
        "frailty_shape": 1e6,
        "duration_shape": 1.0,
        "plans": [plan],
    }
    truth = simulate_frames(customers=3, world=world_from({"contracts": flat})).truth
    np.testing.assert_allclose(contract_survival(truth, 2)[0], [1, 0.8, 0.64], rtol=0.01)


def test_expected_churn_and_payments_are_realised(firm: Simulated) -> None:
    expected = expected_contract_value(firm.truth, AS_OF, 365)
    lives = firm.truth["contracts"].set_index("customer_id").loc[expected["customer_id"]]
    begin = (AS_OF - date(2022, 7, 1)).days
    dues = (
        lives["start_day"].to_numpy()[:, None] + np.arange(1, 40) * lives["period_days"].to_numpy()[:, None]
    )
    is_paid = (dues >= begin) & (dues < begin + 365) & (dues < lives["end_day"].to_numpy()[:, None] - 0.5)
    paid = is_paid.sum(axis=1) * lives["price"].to_numpy()
    ended = lives["end_day"].to_numpy() < begin + 365
    assert expected["p_churn"].mean() == pytest.approx(ended.mean(), abs=0.015)
    assert expected["expected_payments"].sum() == pytest.approx(paid.sum(), rel=0.02)


def test_a_known_cancellation_ends_for_certain(firm: Simulated) -> None:
    expected = expected_contract_value(firm.truth, AS_OF, 365).set_index("customer_id")
    table = firm.tables["contracts"].set_index("customer_id").loc[expected.index]
    leaving = table["cancelled_at"] < pd.Timestamp(AS_OF)
    assert leaving.sum() > 50
    assert (expected["p_churn"][leaving] == 1).all()
    assert (expected["expected_payments"][leaving] == 0).all()


def test_ends_are_known_when_decided(firm: Simulated) -> None:
    table = firm.tables["contracts"]
    assert (table["end"].isna() == table["cancelled_at"].isna()).all()
    ended = table.dropna()
    assert (ended["cancelled_at"] <= ended["end"]).all()
    assert (ended["cancelled_at"] >= ended["end"] - pd.to_timedelta(ended["period_days"], "D")).all()
    assert ended["cancelled_at"].max() < pd.Timestamp("2025-07-01")


def test_contract_customers_stay_as_long_as_their_contract(firm: Simulated) -> None:
    both = firm.truth["contracts"].merge(firm.truth["customers"], on="customer_id")
    np.testing.assert_allclose(both["alive_until_day"], both["end_day"])


def test_discontent_shortens_contracts(firm: Simulated) -> None:
    both = firm.truth["contracts"].merge(firm.truth["customers"], on="customer_id")
    assert both[["hazard", "complaints_per_day"]].corr("spearman").iloc[0, 1] > 0.3


def test_questions_a_world_cannot_answer_are_errors(firm: Simulated) -> None:
    with pytest.raises(HistoryError, match=r"no purchases\. Ask `expected_contract_value`"):
        expected_value(firm.truth, AS_OF, 90)
    with pytest.raises(HistoryError, match=r"no contracts\. Simulate a world with `contracts`"):
        expected_contract_value(simulate_frames(customers=2).truth, AS_OF, 90)
    with pytest.raises(HistoryError, match="as_of 2022-07-01 must lie after the world's start"):
        expected_contract_value(firm.truth, date(2022, 7, 1), 90)
