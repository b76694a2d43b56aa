from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.judging import baseline_predictions, evaluate


def scores_of(test: Snapshot) -> pd.DataFrame:
    """Return scores that know the future, half-heartedly."""
    value = test.y["value"].to_numpy(float)
    return test.X[["customer_id", "status"]].assign(
        p_churn=np.where(test.y["churned"], 0.7, 0.3), clv=value + 5, clv_low=value - 1, clv_high=value + 20
    )


@pytest.fixture(scope="module")
def report(shop_test: Snapshot, shop_train: Snapshot) -> dict[str, dict[str, object]]:
    return evaluate(scores_of(shop_test), shop_test, train=shop_train)


def test_the_metrics_are_those_of_the_scores(
    report: dict[str, dict[str, object]], shop_test: Snapshot
) -> None:
    scores, y = scores_of(shop_test), shop_test.y
    churn, clv = churn_metrics(y["churned"], scores["p_churn"]), clv_metrics(y["value"], scores["clv"])
    assert {name: report["churn"][name] for name in churn} == churn
    assert {name: report["clv"][name] for name in clv if name in ("mae", "rmse", "bias", "ngini")} == {
        name: clv[name] for name in ("mae", "rmse", "bias", "ngini")
    }
    assert report["churn"]["roc_auc"] == 1
    assert report["clv"]["mae"] == pytest.approx(5)


def test_every_interval_holds_its_metric(report: dict[str, dict[str, object]]) -> None:
    low, high = report["clv"]["ci"]["bias"]
    assert low <= report["clv"]["bias"] <= high
    assert list(report["churn"]["ci"]["roc_auc"]) == [1, 1]


def test_each_target_stands_beside_its_baselines(report: dict[str, dict[str, object]]) -> None:
    assert sorted(report["churn"]["baselines"]) == ["bgnbd_gg", "pareto_nbd_gg", "recency_rule"]
    assert sorted(report["clv"]["baselines"]) == ["bgnbd_gg", "pareto_nbd_gg", "past_window"]
    assert report["churn"]["baselines"]["recency_rule"]["roc_auc"] > 0.6
    assert report["clv"]["not_fitted"] == {}


def test_the_past_window_is_judged_by_hand(report: dict[str, dict[str, object]], shop_test: Snapshot) -> None:
    said = shop_test.X["value_past_window"].clip(lower=0)
    mae = (said - shop_test.y["value"]).abs().mean()
    assert report["clv"]["baselines"]["past_window"]["mae"] == pytest.approx(mae)


def test_without_training_snapshots_the_recency_rule_is_left_out(shop_test: Snapshot) -> None:
    said, not_fitted = baseline_predictions(shop_test)
    assert "recency_rule" not in said
    assert not_fitted == {"recency_rule": "it learns from training snapshots; pass them as `train`."}


def test_the_same_seed_gives_the_same_intervals(
    report: dict[str, dict[str, object]], shop_test: Snapshot, shop_train: Snapshot
) -> None:
    again = evaluate(scores_of(shop_test), shop_test, train=shop_train)
    assert again["clv"]["ci"] == report["clv"]["ci"]


def test_only_scored_customers_are_judged(shop_test: Snapshot) -> None:
    status = np.where(np.arange(len(shop_test.X)) < 40, "prospect", "scored")
    some = replace(shop_test, X=shop_test.X.assign(status=status), now=shop_test.X.assign(status=status))
    unknown = scores_of(some).assign(p_churn=lambda scores: scores["p_churn"].where(status == "scored"))
    judged = evaluate(unknown, some)
    assert judged["clv"]["mae"] == pytest.approx(5)
    assert judged["churn"]["roc_auc"] == 1


def test_scores_in_another_order_are_refused(shop_test: Snapshot) -> None:
    with pytest.raises(UsageError, match=r"250 scored customers do not match the 250 .* keep its order"):
        evaluate(scores_of(shop_test).iloc[::-1], shop_test)


def test_scores_of_fewer_customers_are_refused(shop_test: Snapshot) -> None:
    with pytest.raises(UsageError, match="249 scored customers do not match the 250"):
        evaluate(scores_of(shop_test).head(249), shop_test)


def test_a_column_that_scores_lack_is_named(shop_test: Snapshot) -> None:
    with pytest.raises(UsageError, match="scores: status, clv_low missing"):
        evaluate(scores_of(shop_test).drop(columns=["status", "clv_low"]), shop_test)


def test_scores_are_judged_by_snapshots(shop_test: Snapshot) -> None:
    with pytest.raises(UsageError, match="test is a DataFrame"):
        evaluate(scores_of(shop_test), shop_test.X)
    with pytest.raises(UsageError, match="train is a DataFrame"):
        evaluate(scores_of(shop_test), shop_test, train=shop_test.X)
