"""Why a contract holder is predicted as they are: what a model of renewals says belongs to the contract."""

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.reasons import contributions
from goodwill.modeling.served import ServedModel

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def renewed() -> Frames:
    """Monthly contracts, one in three of which ends with the period at hand; the last customer holds none."""
    n = 300
    X = pd.DataFrame({"customer_id": range(n), "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 20})
    X = X.assign(
        n_contracts_running=[1] * (n - 1) + [0], n_periods=1 + np.arange(n) % 7, n_visits=np.arange(n) % 5
    )
    X = X.assign(contract_price_total=30.0, contract_period_days=30.0, days_to_next_payment=10.0)
    ends = np.arange(n) % 3 == 0
    days = np.where(ends, 10.0, 20.0)
    return X, pd.DataFrame({"churned": ends, "value": np.where(ends, 0.0, 30.0), "contract_days": days})


def test_points_and_money_add_up_for_holders_and_others(renewed: Frames) -> None:
    X, y = renewed
    model = ServedModel(served_by={"churn": "hazard", "clv": "hazard"}, parameters={"trees": 3}).fit(X, y, X)
    why, said = contributions(model, X), model.predict(X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, atol=1e-4)
    others = [i for i, theme in enumerate(why.themes) if theme != "contract"]
    assert not why.points[:-1, others].any()


def test_a_target_of_the_model_keeps_its_themes(renewed: Frames) -> None:
    X, y = renewed
    model = ServedModel(served_by={"churn": "hazard"}, parameters={"trees": 3}).fit(X, y, X)
    plain = contributions(ServedModel(parameters={"trees": 3}).fit(X, y, X), X)
    np.testing.assert_allclose(contributions(model, X).money.sum(axis=1), plain.money.sum(axis=1))
