"""The backtest of contracts: the hazard model competes, and serves what it predicts best."""

import numpy as np
import pandas as pd
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.judging import evaluate
from goodwill.modeling.lessons import Grown, Teaching
from goodwill.monitoring.forecasts import Forecast
from goodwill.pipeline.backtest import Backtest, contract_forecasts, run_backtest
from goodwill.predictor import CustomerValuePredictor


def holders(day: str, seed: int, n: int = 400) -> Snapshot:
    """Draw contracts that end with the month at hand, at 0.2; the due day alone says how many can."""
    draw = np.random.default_rng(seed)
    first, lives = draw.integers(1, 31, n), draw.geometric(0.2, n) - 1
    end = np.minimum(first + 30 * lives, 45.0)
    X = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(n)], "as_of": pd.Timestamp(day), "horizon_days": 45,
        "status": "scored", "value_past_window": 15.0, "n_contracts_running": 1,
        "n_periods": draw.integers(1, 9, n), "contract_price_total": 10.0, "contract_period_days": 30.0,
        "days_to_next_payment": first * 1.0, "noise": draw.random(n),
    })  # fmt: skip
    paid = np.ceil((end - first) / 30).clip(0)
    y = pd.DataFrame({"churned": end < 45, "n_orders": 0, "value": 10.0 * paid, "contract_days": end})
    return Snapshot(X, y, X)


@pytest.fixture(scope="module")
def train() -> Snapshot:
    early, late = holders("2024-01-01", 1), holders("2024-03-01", 2)
    X, y = (
        pd.concat(parts, ignore_index=True)
        for parts in zip((early.X, early.y), (late.X, late.y), strict=True)
    )
    return Snapshot(X, y, late.X)


@pytest.fixture(scope="module")
def backtest(train: Snapshot) -> Backtest:
    predictor = CustomerValuePredictor(parameters={"trees": 10})
    return run_backtest(predictor, train, holders("2024-05-01", 3))


def test_the_hazard_serves_what_it_predicts_best(backtest: Backtest) -> None:
    assert backtest.served_by["clv"] in {"hazard", "shifted_beta_geometric"}
    assert "model" not in backtest.served_by.values()


def test_trees_are_grown_once_whatever_serves(train: Snapshot, backtest: Backtest) -> None:
    asked: list[Teaching] = []

    def grow(teaching: Teaching) -> Grown:
        asked.append(teaching)
        examples = teaching.examples(train.X, train.y)
        fitted = {name: examples.booster(lesson) for name, lesson in teaching.lessons.items()}
        return Grown(fitted, len(train.X))

    predictor = CustomerValuePredictor(parameters={"trees": 10})
    again = run_backtest(predictor, train, holders("2024-05-01", 3), grow)
    assert len(asked) == 1
    assert again.served_by == backtest.served_by
    pd.testing.assert_frame_equal(again.scores, backtest.scores)


def test_the_candidates_stand_in_the_report(backtest: Backtest) -> None:
    candidates = backtest.report["clv"]["candidates"]
    assert sorted(candidates) == ["hazard", "model"]
    assert sorted(backtest.report["churn"]["candidates"]) == ["hazard", "model"]


def test_the_identity_of_value_holds(backtest: Backtest) -> None:
    scores = backtest.scores
    lost = scores["p_churn"] * scores["clv_if_active"] - scores["value_at_risk"]
    np.testing.assert_allclose(
        scores["clv"], (1 - scores["p_churn"]) * scores["clv_if_active"] + lost, atol=1e-9
    )


def test_beside_orders_the_hazard_speaks_of_churn_alone(train: Snapshot) -> None:
    X = train.X.assign(n_orders=1, n_contracts_running=[0] + [1] * (len(train.X) - 1))
    mixed = Snapshot(X, train.y, X)
    learned = Forecast(np.full(len(X), 0.123), np.zeros(len(X)), "model")
    (said,) = contract_forecasts(mixed, mixed, learned)
    assert said.clv is None
    assert np.asarray(said.p_churn)[0] == 0.123


def test_without_contracts_there_is_no_further_candidate(train: Snapshot) -> None:
    plain = Snapshot(train.X, train.y.drop(columns="contract_days"), train.now)
    assert contract_forecasts(plain, plain, Forecast(None, None)) == []


def test_the_retention_curve_is_a_baseline(backtest: Backtest) -> None:
    report = evaluate(backtest.scores, backtest.test, train=backtest.train)
    assert "shifted_beta_geometric" in report["churn"]["baselines"]


def test_a_window_unlike_what_was_said_of_it_is_told(train: Snapshot, backtest: Backtest) -> None:
    later = holders("2024-05-01", 3)
    later.y["value"] *= 4
    predictor = CustomerValuePredictor(parameters={"trees": 5})
    missed = run_backtest(predictor, train, later).missed
    assert backtest.missed < 0.3 < missed
    assert predictor.fit(train, missed=missed).intervals_.drift_share_ >= missed
