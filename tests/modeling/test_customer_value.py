import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError, UsageError
from goodwill.features.snapshot import Snapshot
from goodwill.modeling import steady_fits
from goodwill.modeling.blend import Blend, Predicted
from goodwill.modeling.customer_value import CustomerValueModel

FEW = {"trees": 5}


def fitted(train: Snapshot, X: pd.DataFrame | None = None, seed: int = 0) -> CustomerValueModel:
    return CustomerValueModel(parameters=FEW, seed=seed).fit(train.X if X is None else X, train.y, train.now)


def said(predicted: Predicted) -> np.ndarray:
    return np.stack([predicted.p_churn, predicted.clv, predicted.clv_if_active])


def over_horizons(model: CustomerValueModel, X: pd.DataFrame) -> np.ndarray:
    """Return (3, n_horizons, n) predictions of the same rows over five horizons."""
    horizons = (30, 37, 52, 75, 90)
    return np.stack([said(model.predict(X.assign(horizon_days=days))) for days in horizons], axis=1)


def test_the_shop_sends_goods_back(shop_test: Snapshot) -> None:
    assert (shop_test.X["spend_90d"] < shop_test.X["spend_30d"] - 1).any()


def test_churn_falls_and_value_rises_with_the_horizon(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    p_churn, clv, _ = over_horizons(shop_model, shop_test.X)
    assert (np.diff(p_churn, axis=0) <= 0).all()
    assert (np.diff(clv, axis=0) >= 0).all()
    assert (p_churn[0] - p_churn[-1]).mean() > 0.1


def test_a_share_of_the_horizon_is_predicted_as_that_horizon(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    X = shop_test.X
    whole, third = shop_model.predict_over(X, [1.0, 1 / 3])
    np.testing.assert_allclose(said(whole), said(shop_model.predict(X)), rtol=1e-14)
    again = shop_model.predict(X.assign(horizon_days=X["horizon_days"] / 3))
    np.testing.assert_allclose(said(third), said(again), rtol=1e-12)


def test_value_is_made_of_the_two_ways_a_customer_may_go(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    p = shop_model.predict(shop_test.X)
    whole = (1 - p.p_churn) * p.clv_if_active + p.p_churn * p.clv_if_churned
    np.testing.assert_allclose(whole, p.clv, rtol=0, atol=1e-9)
    assert (p.p_churn > 0).all()
    assert (p.p_churn < 1).all()


def test_late_refunds_are_what_a_churned_customer_costs(
    shop_model: CustomerValueModel, shop_train: Snapshot
) -> None:
    lost = shop_train.y.loc[shop_train.y["churned"], "value"]
    assert shop_model.accruals_.mean == pytest.approx(lost.mean())
    assert shop_model.accruals_.mean < 0


def test_contacts_cost_each_churned_customer_what_they_are_wont_to(
    shop_train: Snapshot, shop_test: Snapshot
) -> None:
    X, y = shop_train.X, shop_train.y
    often = shop_test.X["customer_id"].str[-1].isin(list("02468"))
    costs = {
        "n_interactions_costly": lambda frame: 20 * frame["customer_id"].str[-1].isin(list("02468")),
        "interaction_cost_total": lambda frame: 2.0 * frame["n_interactions_costly"],
    }
    X, asked = X.assign(**costs), shop_test.X.assign(**costs)
    y = y.assign(value=y["value"] - 0.01 * X["n_interactions_costly"] * X["horizon_days"] / 30)
    model = CustomerValueModel(parameters={"trees": 3}).fit(X, y, X)
    again = CustomerValueModel.from_parts(*model.to_parts())
    p, later = again.predict(asked), again.predict(asked.assign(horizon_days=2 * asked["horizon_days"]))
    whole = (1 - p.p_churn) * p.clv_if_active + p.p_churn * p.clv_if_churned
    np.testing.assert_allclose(whole, p.clv, rtol=0, atol=1e-9)
    assert p.clv_if_churned[often].mean() < p.clv_if_churned[~often].mean() - 0.1
    assert (later.clv_if_churned <= p.clv_if_churned).all()


def test_active_customers_rank_and_total_better_than_chance(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    p, y = shop_model.predict(shop_test.X), shop_test.y
    assert np.corrcoef(p.p_churn, y["churned"])[0, 1] > 0.3
    assert p.clv.sum() == pytest.approx(y["value"].sum(), rel=0.5)


def test_stored_parts_predict_the_same(shop_model: CustomerValueModel, shop_test: Snapshot) -> None:
    described, trees = shop_model.to_parts()
    again = CustomerValueModel.from_parts(json.loads(json.dumps(described)), trees)
    np.testing.assert_array_equal(said(again.predict(shop_test.X)), said(shop_model.predict(shop_test.X)))


def test_same_seed_same_predictions(shop_train: Snapshot, shop_test: Snapshot) -> None:
    first, second, other = (said(fitted(shop_train, seed=seed).predict(shop_test.X)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_the_order_of_rows_does_not_change_a_customers_prediction(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    order = np.random.default_rng(0).permutation(len(shop_test.X))
    shuffled = said(shop_model.predict(shop_test.X.iloc[order]))
    np.testing.assert_allclose(shuffled, said(shop_model.predict(shop_test.X))[:, order], rtol=1e-12)


def test_a_level_never_seen_is_predicted_and_counted(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    new = shop_test.X.assign(channel_last="fax")
    assert np.isfinite(said(shop_model.predict(new))).all()
    assert shop_model.columns_.encoding.unseen(new) == {"channel_last": len(new)}


def test_an_optional_column_may_be_absent(shop_model: CustomerValueModel, shop_test: Snapshot) -> None:
    bare = shop_test.X.drop(columns=["n_visits", "channel_last", "gap_mean_days"])
    assert np.isfinite(said(shop_model.predict(bare))).all()


@pytest.mark.parametrize("column", ["horizon_days", "n_order_days", "spend_first"])
def test_a_column_that_prediction_needs_is_named(
    shop_model: CustomerValueModel, shop_test: Snapshot, column: str
) -> None:
    with pytest.raises(UsageError, match=f"X lacks {column}, which this model learned from"):
        shop_model.predict(shop_test.X.drop(columns=column))


def test_a_customer_without_an_order_is_predicted(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    X = shop_test.X.head(3).copy()
    counts = [name for name in X.columns[X.dtypes != "str"] if name.startswith(("n_", "spend_total"))]
    means = [name for name in X if name.startswith(("days_since_", "gap_", "spend_m", "spend_f"))]
    X = X.assign(**dict.fromkeys(counts, 0), **dict.fromkeys(means, np.nan))
    assert np.isfinite(said(shop_model.predict(X))).all()


@pytest.mark.parametrize(("churned", "found"), [(False, "nobody"), (True, "everybody")])
def test_one_kind_of_customer_teaches_nothing(shop_train: Snapshot, churned: bool, found: str) -> None:  # noqa: FBT001 - a parameter of the test
    y, n = shop_train.y.assign(churned=churned), shop_train.X["customer_id"].nunique()
    with pytest.raises(FitError, match=f"{found} of {n} customers .* churned.*another horizon_days"):
        CustomerValueModel().fit(shop_train.X, y, shop_train.now)


def once(X: pd.DataFrame) -> pd.DataFrame:
    gaps = [name for name in X if name.startswith("gap_")]
    orders = [name for name in X if name.startswith("n_orders_") and "decayed" not in name]
    idle = X["days_since_first_order"]
    return X.assign(
        n_orders=1, n_order_days=1, days_since_last_order=idle, spend_mean=X["spend_first"]
    ).assign(**dict.fromkeys(gaps, np.nan), **{name: X[name].clip(upper=1) for name in orders})


def equal_spend(X: pd.DataFrame) -> pd.DataFrame:
    alike = ("spend_mean", "spend_max", "spend_first", "spend_last")
    return X.assign(**dict.fromkeys(alike, 20.0), spend_log_mean=np.log(20.0), spend_log_std=0.0)


@pytest.mark.parametrize("kind", [once, equal_spend])
def test_without_buy_till_you_die_the_rest_is_fitted(
    shop_train: Snapshot, kind: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    X, now = kind(shop_train.X), kind(shop_train.now)
    model = CustomerValueModel(parameters=FEW).fit(X, shop_train.y, now)
    assert model.columns_.expectations is None
    assert not model.blend_.trusts_expected
    p_churn, clv, _ = over_horizons(model, now)
    assert (np.diff(p_churn, axis=0) <= 0).all()
    assert (np.diff(clv, axis=0) >= 0).all()


def test_without_buy_till_you_die_money_goes_on_beyond_any_in_training(shop_train: Snapshot) -> None:
    X, now = once(shop_train.X), once(shop_train.now)
    model = CustomerValueModel(parameters=FEW).fit(X, shop_train.y, now)
    spend = [name for name in now if name.startswith("spend_") and "log_std" not in name]
    rich = now.assign(**{name: now[name] * 30 for name in spend})
    rich = rich.assign(spend_log_mean=now["spend_log_mean"] + np.log(30))
    assert model.predict(rich).clv_if_active.max() > 2 * model.predict(now).clv_if_active.max()
    again = CustomerValueModel.from_parts(*model.to_parts())
    np.testing.assert_array_equal(said(again.predict(rich)), said(model.predict(rich)))


def test_the_blend_learns_from_customers_its_members_did_not_know(shop_train: Snapshot) -> None:
    few = shop_train.X["customer_id"].isin(shop_train.X["customer_id"].unique()[:20])
    X, y = shop_train.X[few].reset_index(drop=True), shop_train.y[few].reset_index(drop=True)
    small, large = CustomerValueModel(parameters=FEW).fit(X, y, shop_train.now), fitted(shop_train)
    trusts = small.blend_.trusts_expected
    n_customers = shop_train.now["customer_id"].nunique()
    assert small.blend_ == Blend.usual(n_customers, trusts_expected=trusts)
    assert large.blend_ != Blend.usual(n_customers, trusts_expected=large.blend_.trusts_expected)
    assert large.blend_.weights.sum() == pytest.approx(1)


def test_contracts_alone_are_enough_and_churn_more_in_longer_horizons(contracts_train: Snapshot) -> None:
    model = fitted(contracts_train)
    p_churn = over_horizons(model, contracts_train.now)[0]
    assert (model.sign_, model.columns_.expectations) == (-1, None)
    assert (np.diff(p_churn, axis=0) >= 0).all()
    assert np.corrcoef(p_churn[-1], contracts_train.now["n_payments"])[0, 1] < -0.3


def test_payments_before_the_end_add_up_with_the_days(contracts_train: Snapshot) -> None:
    predicted = fitted(contracts_train).predict(contracts_train.X)
    assert np.unique(predicted.clv_if_churned).tolist() == pytest.approx([5, 15], rel=0.05)


def test_late_refunds_do_not_grow_with_the_horizon(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    short, long = (shop_model.predict(shop_test.X.assign(horizon_days=days)) for days in (30, 90))
    np.testing.assert_array_equal(short.clv_if_churned, long.clv_if_churned)


def test_a_stored_model_of_contracts_predicts_the_same(contracts_train: Snapshot) -> None:
    model = fitted(contracts_train)
    again = CustomerValueModel.from_parts(*model.to_parts())
    X = contracts_train.now
    np.testing.assert_array_equal(said(again.predict(X)), said(model.predict(X)))


def test_more_rows_than_the_limit_are_drawn(
    shop_train: Snapshot, shop_test: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady_fits, "MAX_ROWS", 400)
    first, second = (said(fitted(shop_train).predict(shop_test.X)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    monkeypatch.undo()
    assert not np.array_equal(first, said(fitted(shop_train).predict(shop_test.X)))


def test_a_model_stored_before_contact_costs_were_told_says_what_it_said(
    shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    described, trees = shop_model.to_parts()
    del described["late_costs"]
    again = CustomerValueModel.from_parts(described, trees)
    np.testing.assert_array_equal(said(again.predict(shop_test.X)), said(shop_model.predict(shop_test.X)))
