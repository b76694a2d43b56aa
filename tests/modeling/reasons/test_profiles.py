from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.calibration import Calibration
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.reasons.columns import told
from goodwill.modeling.reasons.profiles import profile_contributions
from goodwill.modeling.reasons.words import as_it_stands

RNG = np.random.default_rng(0)
N = 400
X = pd.DataFrame({
    "tenure": RNG.integers(1, 60, N), "plan": RNG.choice(["basic", "gold"], N),
    "charges": np.where(RNG.random(N) < 0.1, np.nan, RNG.lognormal(3, 0.4, N)),
})  # fmt: skip
CHURNED = RNG.random(N) < 12 / (12 + X["tenure"])
MONEY = X["charges"].fillna(20.0) * (1 + (X["plan"] == "gold")) * RNG.lognormal(0, 0.3, N)


def fitted(target: str, build: str, value: pd.Series) -> ProfileModel:
    y = pd.DataFrame({"churned" if target == "churn" else "value": value})
    return ProfileModel(parameters={target: {"trees": 20}}, served_by={target: build}).fit(X, y)


@pytest.mark.parametrize("build", ["model", "logistic"])
@pytest.mark.parametrize("approximate", [False, True])
def test_points_add_up_to_the_distance_from_the_typical_customer(build: str, *, approximate: bool) -> None:
    model = fitted("churn", build, CHURNED)
    why, said = profile_contributions(model, X, approximate=approximate), model.predict(X)
    assert why.themes == ("tenure", "charges", "plan")
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    assert not why.money.any()


def test_points_add_up_to_a_calibrated_probability_too() -> None:
    model = fitted("churn", "model", CHURNED)
    model.churn_ = replace(model.churn_, calibration=Calibration("beta", weights=(0.3, 0.5, 1.5)))
    why, said = profile_contributions(model, X), model.predict(X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    described, trees = model.to_parts()
    np.testing.assert_array_equal(ProfileModel.from_parts(described, trees).predict(X).p_churn, said.p_churn)


@pytest.mark.parametrize("build", ["model", "linear"])
@pytest.mark.parametrize("shift", [0.0, -20.0])
def test_money_adds_up_whether_or_not_it_may_be_negative(build: str, shift: float) -> None:
    model = fitted("clv", build, MONEY + shift)
    why, said = profile_contributions(model, X), model.predict(X)
    assert said.clv is not None
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, rtol=1e-4, atol=1e-3)


def test_a_constant_has_no_reasons() -> None:
    why = profile_contributions(fitted("churn", "prior", CHURNED), X)
    assert not why.points.any()


def test_columns_are_told_as_they_stand_and_only_what_is_predicted() -> None:
    model = fitted("churn", "model", CHURNED)
    reasons = told(profile_contributions(model, X), X, "zh", say=as_it_stands)
    assert reasons["reason_1"].str.contains("tenure：").mean() > 0.8
    assert not reasons["reason_1"].str.contains("clv").any()
