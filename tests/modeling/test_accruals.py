"""What accrues beside new orders, as it is told now and as older goodwill stored it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.accruals import Accruals
from goodwill.modeling.btyd import GammaGamma, ParetoNBD
from goodwill.modeling.expectations import Expectations
from goodwill.modeling.late_costs import LateCosts
from goodwill.modeling.returned import LATELY, Returned

COSTS = LateCosts(None, (0.5,), Returned((0.3, 0.0, 0.0)), charges_active=True)
X = pd.DataFrame({name: [100.0, 0.0] for name in LATELY})
DAYS = np.full(2, 14.0)


@pytest.fixture
def known() -> Expectations:
    return Expectations(
        ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67),
        GammaGamma.from_params(p=6.25, q=3.74, v=15.44),
        margin_rate=1.0,
        later_over_first=1.0,
    )


def test_what_comes_back_is_charged_to_all_and_contacts_to_the_churned() -> None:
    accrued = Accruals(-3.0, 90.0, COSTS).of(X, DAYS)
    assert accrued.to_all == pytest.approx([-30 * (1 - np.exp(-1)), 0])
    assert accrued.to_churned.tolist() == [-0.5, -0.5]
    assert accrued.if_churned.tolist() == (accrued.to_all - 0.5).tolist()


def test_as_stored_before_what_comes_back_is_charged_to_the_churned_alone() -> None:
    stored = Accruals(-3.0, 90.0, COSTS).to_dict()
    del stored["late_costs"]["charges_active"]
    now, before = Accruals(-3.0, 90.0, COSTS), Accruals.from_dict(json.loads(json.dumps(stored)))
    assert before.of(X, DAYS).to_all.tolist() == [0, 0]
    assert before.of(X, DAYS).if_churned.tolist() == now.of(X, DAYS).if_churned.tolist()
    assert before.returned.parts == ()
    p_churn = np.full(2, 0.5)
    assert (2 * before.sent_back(X, p_churn, DAYS)).tolist() == now.sent_back(X, p_churn, DAYS).tolist()
    assert now.sent_back(X, p_churn, DAYS).tolist() == now.of(X, DAYS).to_all.tolist()


def test_stored_accruals_say_the_same() -> None:
    own = Accruals(-3.0, 90.0, COSTS)
    assert Accruals.from_dict(json.loads(json.dumps(own.to_dict()))) == own


def test_orders_bring_more_within_a_horizon_than_they_are_worth_in_the_end(known: Expectations) -> None:
    history = {"n_order_days": 3, "n_orders": 3, "days_since_first_order": 70, "days_since_last_order": 14}
    asked = pd.DataFrame({"horizon_days": [14, 1400], "spend_mean": 20.0, "spend_first": 10.0, **history})
    later = replace(known, margin_rate=0.7, returned=Returned((0.3, 0.0, 0.0)))
    more = np.exp(later.of(asked).log_value - replace(known, margin_rate=0.7).of(asked).log_value)
    assert more == pytest.approx(1 + 0.3 / 0.7 * np.array([1 - np.exp(-1), 0.01]), rel=1e-3)
    again = Expectations.from_dict(json.loads(json.dumps(later.to_dict())))
    assert again.returned == later.returned
