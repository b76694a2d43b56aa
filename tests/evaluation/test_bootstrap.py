import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.bootstrap import (
    Resampling,
    churn_intervals,
    clv_intervals,
    log_loss_per_customer,
    paired_bootstrap,
    tweedie_deviance_per_customer,
)
from goodwill.evaluation.metrics import churn_metrics, clv_metrics


@pytest.fixture(scope="module")
def shop() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    p = rng.beta(2, 2, 4_000)
    churned = rng.random(4_000) < p
    value = np.where(churned, 0.0, rng.gamma(1, 50, 4_000))
    return {"churned": churned, "p_churn": p, "value": value, "clv": (1 - p) * 50}


def test_every_interval_holds_its_metric(shop: dict[str, np.ndarray]) -> None:
    found = churn_metrics(shop["churned"], shop["p_churn"])
    intervals = churn_intervals(shop["churned"], shop["p_churn"])
    assert intervals.keys() == found.keys()
    assert all(low <= found[name] <= high for name, (low, high) in intervals.items())


def test_width_is_that_of_theory(shop: dict[str, np.ndarray]) -> None:
    low, high = clv_intervals(shop["value"], shop["clv"], resampling=Resampling(1_000))["mae"]
    errors = np.abs(shop["value"] - shop["clv"])
    assert high - low == pytest.approx(2 * 1.645 * errors.std() / np.sqrt(4_000), rel=0.1)


def test_a_resampled_part_keeps_the_width_of_the_whole(shop: dict[str, np.ndarray]) -> None:
    whole = churn_intervals(shop["churned"], shop["p_churn"], Resampling(600))["roc_auc"]
    part = churn_intervals(shop["churned"], shop["p_churn"], Resampling(600, max_customers=1_000))["roc_auc"]
    assert part[1] - part[0] == pytest.approx(whole[1] - whole[0], rel=0.2)


def test_interval_bounds_are_resampled_with_their_customers(shop: dict[str, np.ndarray]) -> None:
    bounds = (shop["value"] - 1, shop["value"] + 1)
    intervals = clv_intervals(
        shop["value"], shop["clv"], *bounds, resampling=Resampling(20, max_customers=500)
    )
    assert intervals["coverage"] == [1.0, 1.0]
    assert intervals["interval_width"] == pytest.approx([2.0, 2.0])
    assert intervals.keys() == clv_metrics(shop["value"], shop["clv"], *bounds).keys()


def test_same_seed_same_interval(shop: dict[str, np.ndarray]) -> None:
    first, again = (clv_intervals(shop["value"], shop["clv"], resampling=Resampling(30)) for _ in range(2))
    other = clv_intervals(shop["value"], shop["clv"], resampling=Resampling(30, seed=1))
    assert first == again != other


def test_undefined_metrics_have_no_interval() -> None:
    assert churn_intervals([1, 1], [0.5, 0.9])["roc_auc"] is None
    assert set(clv_intervals([], []).values()) == {None}


def test_a_metric_no_replicate_can_compute_has_no_interval() -> None:
    found = churn_intervals([1, 0], [0.9, 0.1], Resampling(replicates=0))
    assert found["roc_auc"] is None


def test_paired_difference_excludes_zero_for_a_better_model(shop: dict[str, np.ndarray]) -> None:
    good = log_loss_per_customer(shop["churned"], shop["p_churn"])
    bad = log_loss_per_customer(shop["churned"], np.full(4_000, 0.5))
    found = paired_bootstrap(good, bad)
    assert found.low < found.mean < found.high < 0
    assert found.relative == pytest.approx(good.mean() / bad.mean() - 1)


def test_paired_interval_covers_zero_nine_times_in_ten_when_models_are_equal() -> None:
    rng = np.random.default_rng(3)
    pairs = [paired_bootstrap(rng.gamma(1, 1, 200), rng.gamma(1, 1, 200), replicates=200) for _ in range(200)]
    assert np.mean([found.low <= 0 <= found.high for found in pairs]) == pytest.approx(0.9, abs=0.05)


def test_many_customers_are_grouped_without_changing_the_width() -> None:
    losses = np.random.default_rng(4).gamma(0.3, 1, 50_000)
    found = paired_bootstrap(losses, np.zeros(50_000))
    assert found.high - found.low == pytest.approx(2 * 1.645 * losses.std() / np.sqrt(50_000), rel=0.1)
    assert found.relative is None


def test_comparison_of_nobody_is_refused() -> None:
    with pytest.raises(UsageError, match="hold no customers"):
        paired_bootstrap([], [])


def test_deviance_agrees_with_scikit_learn() -> None:
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    value, clv = np.array([0.0, 3.0, 50.0]), np.array([2.0, 4.0, 20.0])
    expected = sklearn_metrics.mean_tweedie_deviance(value, clv, power=1.5)
    assert tweedie_deviance_per_customer(value, clv).mean() == pytest.approx(expected)


def test_deviance_stays_finite_for_refunds_and_predictions_of_zero() -> None:
    assert tweedie_deviance_per_customer([-5.0, 10.0], [0.0, 0.0]) == pytest.approx(
        [0.28284, 540.67], rel=1e-3
    )
    assert np.isfinite(tweedie_deviance_per_customer([0.0, 0.0], [0.0, 1.0])).all()
    assert tweedie_deviance_per_customer([], []).tolist() == []
