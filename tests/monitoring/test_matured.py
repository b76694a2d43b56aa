"""Matured scores against the backtest's promise."""

import numpy as np
import pandas as pd
import pytest

from goodwill.monitoring.matured import matured_performance, performance_evidence
from goodwill.monitoring.verdict import verdict_of

PROMISED = {"churn": {"roc_auc": 0.9, "ece": 0.02}, "clv": {"ngini": 0.8, "bias": -0.1}}


def world(n: int = 2_000, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores that are true, and what came of them."""
    rng = np.random.default_rng(seed)
    p_churn, spend = rng.beta(0.5, 0.5, n), rng.gamma(2, 50, n)
    churned = rng.random(n) < p_churn
    value = np.where(churned, 0.0, spend * rng.gamma(4, 0.25, n))
    clv = (1 - p_churn) * spend
    scores = pd.DataFrame({"p_churn": p_churn, "clv": clv, "clv_low": 0.0, "clv_high": 2.2 * spend})
    return scores, pd.DataFrame({"churned": churned, "value": value})


def verdict(scores: pd.DataFrame, y: pd.DataFrame) -> str:
    return verdict_of(performance_evidence(matured_performance(scores, y), PROMISED))


def test_scores_that_are_true_are_fine() -> None:
    assert verdict(*world()) == "fine"


def test_what_chance_alone_makes_of_few_customers_is_no_level_that_is_off() -> None:
    found = matured_performance(*world(150, seed=2))
    judged = {one.name: one for one in performance_evidence(found, PROMISED)}
    assert 0.05 < found["churn"]["ece"] < found["ece_by_chance"]
    assert not judged["ece"].is_alarm
    assert judged["ece"].text.endswith(f"at most {found['ece_by_chance']:.4g} is asked.")


def test_scores_of_others_have_lost_the_ranking() -> None:
    scores, y = world()
    assert verdict(scores.sample(frac=1, random_state=0), y) == "re_train"


def test_a_level_that_is_off_asks_for_a_new_fit() -> None:
    scores, y = world()
    money = ["clv", "clv_low", "clv_high"]
    assert verdict(scores.assign(**{name: scores[name] * 2 for name in money}), y) == "re_fit"


def test_an_interval_that_does_not_hold_asks_for_a_new_fit() -> None:
    scores, y = world()
    assert verdict(scores.assign(clv_low=scores["clv"], clv_high=scores["clv"] + 1), y) == "re_fit"


def test_without_a_promise_nothing_is_lost() -> None:
    found = matured_performance(*world())
    ranking = [one for one in performance_evidence(found, {}) if one.cause == "ranking"]
    assert [one.is_alarm for one in ranking] == [False, False]


def test_the_top_tenth_by_hand() -> None:
    scores = pd.DataFrame({"p_churn": 0.5, "clv": range(10), "clv_low": 0.0, "clv_high": 100.0})
    y = pd.DataFrame({"churned": [True] + [False] * 9, "value": [0.0] + [10.0] * 8 + [20.0]})
    assert matured_performance(scores, y)["clv"]["top_decile_share"] == pytest.approx(0.2)


def test_no_value_has_no_top_tenth() -> None:
    scores, y = world(50)
    found = matured_performance(scores, y.assign(churned=True, value=0.0))
    assert found["clv"]["top_decile_share"] is None
    assert verdict_of(performance_evidence(found, PROMISED)) in {"fine", "re_fit"}
