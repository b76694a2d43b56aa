import numpy as np
import pandas as pd
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.calibration import Calibration
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.reasons import Contributions, contributions
from goodwill.modeling.served import ServedModel


@pytest.fixture(scope="module")
def learned(shop_model: CustomerValueModel) -> ServedModel:
    model = ServedModel()
    model.learned = shop_model
    return model


def part(why: Contributions, theme: str) -> np.ndarray:
    return why.points[:, why.themes.index(theme)]


@pytest.mark.parametrize("approximate", [False, True])
def test_contributions_add_up_to_the_distance_from_the_typical_customer(
    learned: ServedModel, shop_test: Snapshot, *, approximate: bool
) -> None:
    why, said = contributions(learned, shop_test.X, approximate=approximate), learned.predict(shop_test.X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, rtol=1e-4, atol=1e-3)


def test_contributions_add_up_to_calibrated_probabilities_too(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    model = ServedModel()
    model.learned, model.calibration = shop_model, Calibration("platt", weights=(0.5, 0.4, 0.4))
    why, said = contributions(model, shop_test.X), model.predict(shop_test.X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)


def test_every_horizon_has_a_typical_customer_of_its_own(learned: ServedModel, shop_test: Snapshot) -> None:
    both = pd.concat([shop_test.X, shop_test.X.assign(horizon_days=30)], ignore_index=True)
    why, said = contributions(learned, both), learned.predict(both)
    assert len(np.unique(why.typical_p_churn)) == 2
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    alone = contributions(learned, shop_test.X)
    np.testing.assert_allclose(alone.points, why.points[: len(shop_test.X)], atol=1e-9)


def test_long_silence_counts_against_a_customer(learned: ServedModel, shop_test: Snapshot) -> None:
    rhythm = part(contributions(learned, shop_test.X), "rhythm")
    idle = shop_test.X["days_since_last_order"].to_numpy()
    assert rhythm[idle > np.quantile(idle, 0.8)].mean() > 0 > rhythm[idle < np.quantile(idle, 0.2)].mean()


def test_more_spend_adds_money(learned: ServedModel, shop_test: Snapshot) -> None:
    why = contributions(learned, shop_test.X)
    money = why.money[:, why.themes.index("spend")]
    assert np.corrcoef(money, np.log(shop_test.X["spend_mean"]))[0, 1] > 0.3


@pytest.mark.parametrize("rule", ["recency_rule", "bgnbd_gg"])
def test_a_plain_model_of_churn_has_one_reason(shop_train: Snapshot, shop_test: Snapshot, rule: str) -> None:
    served = ServedModel(served_by={"churn": rule}, parameters={"trees": 3})
    model = served.fit(shop_train.X, shop_train.y, shop_train.now)
    why, said = contributions(model, shop_test.X), model.predict(shop_test.X)
    np.testing.assert_allclose(part(why, "rhythm"), said.p_churn - said.p_churn.mean(), atol=1e-9)
    assert np.abs(why.points).sum() == pytest.approx(np.abs(part(why, "rhythm")).sum())


@pytest.mark.parametrize("rule", ["past_window", "pareto_nbd_gg"])
def test_a_plain_model_of_value_is_told_by_what_it_reads(
    shop_train: Snapshot, shop_test: Snapshot, rule: str
) -> None:
    served = ServedModel(served_by={"clv": rule}, parameters={"trees": 3})
    model = served.fit(shop_train.X, shop_train.y, shop_train.now)
    why, said = contributions(model, shop_test.X), model.predict(shop_test.X)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, rtol=1e-6, atol=1e-6)
    read = {theme for theme, money in zip(why.themes, why.money.T, strict=True) if money.any()}
    assert read == ({"spend"} if rule == "past_window" else {"rhythm", "spend"})
