import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from goodwill.errors import UsageError
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.baselines import RecencyRule
from goodwill.modeling.blend import Blend, Predicted
from goodwill.modeling.buy_till_you_die import BuyTillYouDie
from goodwill.modeling.calibration import Calibration
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.served import ServedModel

FEW = {"trees": 10}


def served(train: Snapshot, **served_by: str) -> ServedModel:
    return ServedModel(served_by=served_by, parameters=FEW).fit(train.X, train.y, train.now)


def said(predicted: Predicted) -> np.ndarray:
    return np.stack([predicted.p_churn, predicted.clv, predicted.clv_if_churned, predicted.clv_if_active])


def test_the_learned_model_serves_unless_told_otherwise(
    shop_train: Snapshot, shop_test: Snapshot, shop_model: CustomerValueModel
) -> None:
    learned = said(shop_model.predict(shop_test.X))
    np.testing.assert_array_equal(said(served(shop_train).predict(shop_test.X)), learned)
    told = served(shop_train, churn="model", clv="model")
    assert told.baselines == {}
    np.testing.assert_array_equal(said(told.predict(shop_test.X)), learned)


@pytest.mark.parametrize(
    ("target", "name", "reason"),
    [
        ("churn", "magic", "there is: model, hazard, recency_rule"),
        ("churn", "past_window", "there is: model, hazard, recency_rule"),
        ("clv", "recency_rule", "there is: model, hazard, past_window"),
        ("value", "model", "there is: churn and clv can be served"),
    ],
)
def test_what_cannot_serve_is_refused(shop_train: Snapshot, target: str, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"served_by: '{target}' by '{name}', but {reason}"):
        served(shop_train, **{target: name})


def test_each_target_comes_from_what_serves_it(shop_train: Snapshot, shop_test: Snapshot) -> None:
    model = served(shop_train, churn="recency_rule", clv="bgnbd_gg")
    rule, btyd = (
        baseline.fit(shop_train.X, shop_train.y, shop_train.now).predict(shop_test.X)
        for baseline in (RecencyRule(), BuyTillYouDie("bgnbd_gg"))
    )
    p = model.predict(shop_test.X)
    np.testing.assert_allclose(p.p_churn, rule["p_churn"], atol=1e-6)
    np.testing.assert_array_equal(p.clv, btyd["clv"])


def test_the_active_are_worth_what_the_model_of_their_value_says(
    shop_train: Snapshot, shop_test: Snapshot
) -> None:
    p = served(shop_train, churn="recency_rule", clv="bgnbd_gg").predict(shop_test.X)
    own = BuyTillYouDie("bgnbd_gg").fit(shop_train.X, shop_train.y, shop_train.now).predict(shop_test.X)
    is_surer = p.p_churn > own["p_churn"]
    active = own["clv"] / (1 - own["p_churn"])
    assert 0 < is_surer.sum() < len(active)
    np.testing.assert_allclose(p.clv_if_active[is_surer], active[is_surer], rtol=1e-6)
    np.testing.assert_allclose(p.clv_if_churned[~is_surer], 0, atol=1e-9)


def test_a_plain_model_of_one_target_leaves_the_other_alone(
    shop_train: Snapshot, shop_test: Snapshot, shop_model: CustomerValueModel
) -> None:
    p = served(shop_train, clv="past_window").predict(shop_test.X)
    np.testing.assert_array_equal(p.clv, shop_test.X["value_past_window"].clip(lower=0))
    np.testing.assert_array_equal(p.p_churn, shop_model.predict(shop_test.X).p_churn)


@pytest.mark.parametrize("churn", ["recency_rule", "pareto_nbd_gg", "model"])
def test_the_parts_make_the_whole_whoever_serves(
    shop_train: Snapshot, shop_test: Snapshot, churn: str
) -> None:
    p = served(shop_train, churn=churn, clv="pareto_nbd_gg").predict(shop_test.X)
    whole = (1 - p.p_churn) * p.clv_if_active + p.p_churn * p.clv_if_churned
    np.testing.assert_allclose(whole, p.clv, rtol=0, atol=1e-9)
    assert 0 < p.p_churn.min() <= p.p_churn.max() < 1


def test_stored_parts_serve_the_same(shop_train: Snapshot, shop_test: Snapshot) -> None:
    model = served(shop_train, churn="recency_rule", clv="pareto_nbd_gg")
    described, trees = model.to_parts()
    again = ServedModel.from_parts(json.loads(json.dumps(described)), trees)
    assert again.served_by == {"churn": "recency_rule", "clv": "pareto_nbd_gg"}
    np.testing.assert_array_equal(said(again.predict(shop_test.X)), said(model.predict(shop_test.X)))


@pytest.fixture(scope="module")
def renewed() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Monthly contracts, one in three of which ends with the period at hand; the last holds none."""
    n = 300
    X = pd.DataFrame({"customer_id": range(n), "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 20})
    X = X.assign(
        n_contracts_running=[1] * (n - 1) + [0], n_periods=1 + np.arange(n) % 7, noise=np.arange(n) % 5
    )
    X = X.assign(contract_price_total=30.0, contract_period_days=30.0, days_to_next_payment=10.0)
    ends = np.arange(n) % 3 == 0
    y = pd.DataFrame(
        {"churned": ends, "value": np.where(ends, 0.0, 30.0), "contract_days": np.where(ends, 10.0, 20.0)}
    )
    return X, y


@pytest.fixture(scope="module")
def by_hazard(renewed: tuple[pd.DataFrame, pd.DataFrame]) -> ServedModel:
    served_by = {"churn": "hazard", "clv": "hazard"}
    return ServedModel(served_by=served_by, parameters={"trees": 3}).fit(*renewed, renewed[0])


def test_contracts_are_served_by_the_hazard_and_others_by_the_model(
    by_hazard: ServedModel, renewed: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    X = renewed[0]
    said, learned = by_hazard.predict(X), by_hazard.learned.predict(X)
    assert said.p_churn[:-1].mean() == pytest.approx(1 / 3, abs=0.02)
    assert said.clv[:-1].mean() == pytest.approx(20.0, abs=0.5)
    assert said.p_churn[-1] == learned.p_churn[-1]


def test_a_target_that_the_hazard_does_not_serve_is_the_model_s(
    renewed: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    served = ServedModel(served_by={"churn": "hazard"}, parameters={"trees": 3}).fit(*renewed, renewed[0])
    said, learned = served.predict(renewed[0]), served.learned.predict(renewed[0])
    np.testing.assert_array_equal(said.clv, learned.clv)
    assert (said.p_churn != learned.p_churn).any()


def test_a_stored_hazard_serves_on(
    by_hazard: ServedModel, renewed: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    described, trees = by_hazard.to_parts()
    again = ServedModel.from_parts(json.loads(json.dumps(described)), trees)
    np.testing.assert_array_equal(again.predict(renewed[0]).clv, by_hazard.predict(renewed[0]).clv)


def test_the_retention_curve_may_serve(renewed: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    X, y = (frame.iloc[:-1] for frame in renewed)
    served = ServedModel(served_by={"churn": "shifted_beta_geometric"}, parameters={"trees": 3}).fit(X, y, X)
    assert served.predict(X).p_churn.mean() == pytest.approx(1 / 3, abs=0.02)


def test_a_busy_horizon_lasts_longer_than_its_days_where_the_season_is_known() -> None:
    busy_summer = SeasonClock(1 - 0.5 * np.cos(2 * np.pi * np.arange(26) / 26))
    X = pd.DataFrame({"as_of": pd.to_datetime(["2024-06-01", "2024-12-01"]), "horizon_days": 60})
    on_clock = ServedModel(clock=busy_summer).lasting(X)
    assert on_clock[0] > 80
    assert on_clock[1] < 40
    for plain in (ServedModel(), ServedModel(clock=busy_summer, served_by={"clv": "past_window"})):
        np.testing.assert_array_equal(plain.lasting(X), [60, 60])


def test_a_sure_end_makes_no_fortune_of_the_value_of_another_model(
    renewed: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    X, y = renewed
    told = X.assign(n_contracts_cancelled=np.arange(len(X)) % 3 == 0, days_to_end=10.0)
    served = ServedModel(served_by={"churn": "hazard"}, parameters={"trees": 3}).fit(told, y, told)
    said = served.predict(told)
    assert said.p_churn.max() > 0.9
    assert said.clv_if_active.max() < 100
    whole = (1 - said.p_churn) * said.clv_if_active + said.p_churn * said.clv_if_churned
    np.testing.assert_allclose(whole, said.clv)


def test_payments_are_told_one_by_one_where_contracts_alone_pay(
    renewed: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    X, y = renewed
    alone = ServedModel(parameters={"trees": 3}).fit(X, y, X)
    ahead = alone.predict(X).payments
    assert ahead is not None
    assert ahead.is_known.tolist() == [True] * (len(X) - 1) + [False]
    np.testing.assert_allclose(ahead.mean[:-1], 20.0, atol=0.5)
    beside = X.assign(n_orders=1)
    assert ServedModel(parameters={"trees": 3}).fit(beside, y, beside).predict(beside).payments is None


def test_contracts_live_on_beyond_the_horizon(
    by_hazard: ServedModel, renewed: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    X = renewed[0]
    stays = by_hazard.predict(X).p_churn
    value = by_hazard.beyond(X, stays, years=5.0, annual_discount_rate=0.0)
    assert value is not None
    assert np.isnan(value[-1])
    # One in three ends at each renewal: after the first, 30 * (4/9 + 8/27 + ...) is left.
    assert value[:-1].mean() == pytest.approx(40.0, rel=0.1)
    late = by_hazard.beyond(
        X.assign(days_to_next_payment=28.0), np.full(len(X), 1e-5), years=5.0, annual_discount_rate=0.0
    )
    assert late[:-1].mean() == pytest.approx(60.0, rel=0.1)
    nothing = by_hazard.beyond(X, stays, years=20 / 365.25, annual_discount_rate=0.0)
    assert nothing[:-1].tolist() == [0.0] * (len(X) - 1)


def test_who_drops_out_is_told_where_orders_pay_and_a_trusted_model_tells_it(
    shop_train: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, now = served(shop_train), shop_train.now
    told = {"years": 5.0, "annual_discount_rate": 0.1}
    later = model.dropping_out(now, **told)
    assert later is not None
    assert (later > 0).all()
    assert model.dropping_out(now.assign(n_contracts_running=1), **told) is None
    monkeypatch.setattr(model.learned, "blend_", Blend.usual(500, trusts_expected=False))
    assert model.dropping_out(now, **told) is None


def test_calibrated_churn_leaves_the_value_and_keeps_the_identity(
    shop_train: Snapshot, shop_test: Snapshot
) -> None:
    model = served(shop_train)
    before = model.predict(shop_test.X)
    model.calibration = Calibration("platt", weights=(1.0, 0.5, 0.5))
    after, stored = model.predict(shop_test.X), ServedModel.from_parts(*model.to_parts())
    np.testing.assert_allclose(after.p_churn, expit(1 + 0.5 * logit(before.p_churn)))
    np.testing.assert_array_equal(after.clv, before.clv)
    whole = (1 - after.p_churn) * after.clv_if_active + after.p_churn * after.clv_if_churned
    np.testing.assert_allclose(whole, after.clv, atol=1e-9)
    np.testing.assert_array_equal(stored.predict(shop_test.X).p_churn, after.p_churn)


def test_half_a_horizon_of_what_came_before_is_half_of_it(shop_train: Snapshot, shop_test: Snapshot) -> None:
    whole, half = served(shop_train, clv="past_window").predict_over(shop_test.X, [1.0, 0.5])
    assert whole.clv.sum() > 0
    np.testing.assert_allclose(half.clv, whole.clv / 2)
