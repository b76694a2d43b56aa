import json

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.baselines import (
    PastWindow,
    RecencyRule,
    fitted_baselines,
    stored_baseline,
)
from goodwill.modeling.buy_till_you_die import BTYD_KINDS, BuyTillYouDie

IDLE = pd.DataFrame({"days_since_last_order": [10, 20, 60, 80], "horizon_days": [10, 20, 30, 20]})
CHURNED = pd.DataFrame({"churned": [False, True, False, True]})


def test_the_past_window_carries_its_value_forward() -> None:
    X = pd.DataFrame({"value_past_window": [12.0, 0.0, -3.0]})
    assert PastWindow().fit(X, X, X).predict(X)["clv"].tolist() == [12, 0, 0]


def test_the_recency_rule_counts_idle_time_in_horizons() -> None:
    X = pd.DataFrame({"days_since_last_order": [10, 20, 80, 120], "horizon_days": [10, 20, 20, 30]})
    rule = RecencyRule().fit(pd.concat([X] * 2), pd.DataFrame({"churned": [False, False, True, True] * 2}), X)
    later = pd.DataFrame({"days_since_last_order": [1, 100, 250, 9000], "horizon_days": 100})
    assert rule.predict(later)["p_churn"].tolist() == pytest.approx([0.2, 0.2, 0.5, 0.8])


def test_the_recency_rule_is_never_certain() -> None:
    X = pd.DataFrame({"days_since_last_order": range(100), "horizon_days": 10})
    y = pd.DataFrame({"churned": X["days_since_last_order"] >= 50})
    p_churn = RecencyRule().fit(X, y, X).predict(X)["p_churn"]
    assert [p_churn[0], p_churn[-1]] == pytest.approx([1 / 51, 50 / 51])


def test_churn_by_recency_never_falls_with_idle_time(shop_train: Snapshot) -> None:
    rule = RecencyRule().fit(shop_train.X, shop_train.y, shop_train.now)
    idle = pd.DataFrame({"days_since_last_order": np.arange(400), "horizon_days": 90})
    p_churn = rule.predict(idle)["p_churn"]
    assert (np.diff(p_churn) >= 0).all()
    assert p_churn[-1] > p_churn[0] + 0.3


def test_the_recency_rule_gives_the_average_to_who_never_ordered() -> None:
    gaps = IDLE.assign(days_since_last_order=[np.nan, 20, 60, 80])
    rule = RecencyRule().fit(gaps, CHURNED, gaps)
    assert rule.predict(gaps)["p_churn"].tolist() == pytest.approx([0.5, 0.6, 0.6, 0.6])


@pytest.mark.parametrize("X", [IDLE[["horizon_days"]], IDLE.assign(days_since_last_order=np.nan)])
@pytest.mark.parametrize("baseline", [RecencyRule(), BuyTillYouDie("bgnbd_gg")])
def test_without_an_order_there_is_nothing_to_learn(
    baseline: RecencyRule | BuyTillYouDie, X: pd.DataFrame
) -> None:
    with pytest.raises(FitError, match=r"No order among 4 rows.*Map transactions"):
        baseline.fit(X, CHURNED, X)


@pytest.fixture(scope="module", params=sorted(BTYD_KINDS))
def btyd(request: pytest.FixtureRequest, shop_train: Snapshot) -> BuyTillYouDie:
    return BuyTillYouDie(request.param).fit(shop_train.X, shop_train.y, shop_train.now)


def test_buy_till_you_die_is_near_what_came_true(btyd: BuyTillYouDie, shop_test: Snapshot) -> None:
    said, y = btyd.predict(shop_test.X), shop_test.y
    assert said["p_churn"].mean() == pytest.approx(y["churned"].mean(), abs=0.12)
    assert said["clv"].sum() == pytest.approx(y["value"].sum(), rel=0.4)


def test_buy_till_you_die_expects_more_of_longer_horizons(btyd: BuyTillYouDie, shop_test: Snapshot) -> None:
    short, long = (btyd.predict(shop_test.X.assign(horizon_days=days)) for days in (30, 90))
    assert (long["p_churn"] <= short["p_churn"]).all()
    assert (long["clv"] >= short["clv"]).all()


def test_margins_scale_what_buy_till_you_die_expects(shop_train: Snapshot) -> None:
    now = shop_train.now
    whole, half = (
        BuyTillYouDie("bgnbd_gg").fit(
            now, now, now.assign(value_past_window=share * now["spend_past_window"])
        )
        for share in (1.0, 0.5)
    )
    np.testing.assert_allclose(half.predict(now)["clv"], whole.predict(now)["clv"] / 2)


def equal_spend(X: pd.DataFrame) -> pd.DataFrame:
    return X.assign(spend_mean=20.0, spend_first=20.0)


def test_equal_spend_leaves_the_mean(shop_train: Snapshot) -> None:
    now = equal_spend(shop_train.now).assign(value_past_window=1.0, spend_past_window=1.0)
    fit = BuyTillYouDie("bgnbd_gg").fit(now, now, now)
    again = BuyTillYouDie.from_dict(json.loads(json.dumps(fit.to_dict())))
    assert fit.to_dict()["spend"] is None
    np.testing.assert_array_equal(again.predict(now)["clv"], fit.predict(now)["clv"])


def test_every_baseline_is_fitted_to_a_shop_and_stored(shop_train: Snapshot, shop_test: Snapshot) -> None:
    fitted, failed = fitted_baselines(shop_train.X, shop_train.y, shop_train.now)
    assert sorted(fitted) == ["bgnbd_gg", "pareto_nbd_gg", "past_window", "recency_rule"]
    assert failed == {}
    for name, baseline in fitted.items():
        again = stored_baseline(name, json.loads(json.dumps(baseline.to_dict())))
        said, before = again.predict(shop_test.X), baseline.predict(shop_test.X)
        assert (again.name, tuple(said)) == (name, baseline.targets)
        np.testing.assert_array_equal(np.stack(list(said.values())), np.stack(list(before.values())))


def test_one_time_buyers_alone_leave_the_two_naive_baselines(shop_train: Snapshot) -> None:
    now = shop_train.now.assign(n_orders=1, n_order_days=1)
    now = now.assign(days_since_last_order=now["days_since_first_order"], spend_mean=now["spend_first"])
    fitted, failed = fitted_baselines(shop_train.X, shop_train.y, now)
    assert sorted(fitted) == ["past_window", "recency_rule"]
    assert "no rate can be learned" in failed["bgnbd_gg"]
    assert sorted(failed) == sorted(BTYD_KINDS)


def test_contracts_alone_leave_the_past_window(contracts_train: Snapshot) -> None:
    fitted, failed = fitted_baselines(contracts_train.X, contracts_train.y, contracts_train.now)
    assert list(fitted) == ["past_window"]
    assert "No order among 150 rows" in failed["pareto_nbd_gg"]
