import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.profiles.if_churned import IfChurned
from goodwill.modeling.profiles.model import ProfileModel

RNG = np.random.default_rng(0)
P = RNG.beta(1, 2, 8_000)
CHURNED = (RNG.random(8_000) < P).astype(float)
IF_ACTIVE = RNG.gamma(4, 25, 8_000)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_a_share_of_what_the_same_customer_brings_if_active_is_found(share: float) -> None:
    if_churned = share * IF_ACTIVE
    clv = (1 - P) * IF_ACTIVE + P * if_churned
    value = np.where(CHURNED > 0, if_churned, IF_ACTIVE)
    found = IfChurned.fit(P, clv, churned=CHURNED, value=value, is_signed=False)
    assert found.kept_share == pytest.approx(share, abs=1e-6)
    np.testing.assert_allclose(found.of(P, clv), if_churned, atol=1e-4)


def test_money_that_leaves_with_a_churner_is_found_where_values_may_be_negative() -> None:
    if_active = IF_ACTIVE - 100
    clv = if_active - 40 * P
    value = if_active - 40 * CHURNED
    found = IfChurned.fit(P, clv, churned=CHURNED, value=value, is_signed=True)
    assert found.lost == pytest.approx(40, rel=1e-6)
    np.testing.assert_allclose(found.of(P, clv), if_active - 40)


@pytest.mark.parametrize("is_signed", [False, True])
def test_of_nobody_who_churned_nothing_is_known(*, is_signed: bool) -> None:
    found = IfChurned.fit(P, P, churned=np.zeros(8_000), value=P, is_signed=is_signed)
    assert found == IfChurned(lost=0.0 if is_signed else None)


def test_a_cent_below_zero_changes_no_value_at_risk() -> None:
    n = 600
    X = pd.DataFrame({"months": RNG.integers(1, 60, n), "fee": RNG.gamma(4, 5, n)})
    churned = RNG.random(n) < 12 / (12 + X["months"])
    value = 20 * X["fee"] * np.where(churned, 0.8, 1.0)
    y = pd.DataFrame({"churned": churned, "value": value})
    model, few = ProfileModel(parameters={"clv": {"trees": 30}, "churn": {"trees": 30}}), y.copy()
    few.loc[0, "value"] = -0.01
    whole, cent = (model.unfitted().fit(X, labels).predict(X) for labels in (y, few))
    assert cent.value_at_risk.sum() == pytest.approx(whole.value_at_risk.sum(), rel=0.1)
    assert whole.value_at_risk.sum() == pytest.approx(float(whole.p_churn @ (4 * X["fee"])), rel=0.2)
