"""Forecasts beside what came true: which is the best, and which is to serve."""

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.monitoring.forecasts import Forecast, Outcome, best_of, serving, strongest

CHURNED, VALUE = np.array([True, False] * 50), np.array([0.0, 40.0, 0.0, 90.0] * 25)
P, MEAN = np.where(CHURNED, 0.9, 0.1), VALUE + 5
SEEN, TRUTH = Outcome(CHURNED, VALUE), Forecast(P, MEAN)
DULL = Forecast(np.full(100, 0.5), np.full(100, VALUE.mean()))


def test_the_strongest_baseline_is_found_target_by_target() -> None:
    baselines = {"recency_rule": Forecast(P, None), "past_window": Forecast(None, MEAN), "bgnbd_gg": DULL}
    best = strongest(SEEN, baselines)
    assert best.name == "best baseline (recency_rule, past_window)"
    assert best.p_churn is P
    assert best.clv is MEAN


def test_one_baseline_may_be_strongest_for_both() -> None:
    assert strongest(SEEN, {"bgnbd_gg": TRUTH, "dull": DULL}).name == "best baseline (bgnbd_gg)"
    assert strongest(Outcome(CHURNED, None), {"bgnbd_gg": TRUTH}).clv is None


def test_a_first_version_needs_a_baseline() -> None:
    with pytest.raises(UsageError, match="No baseline predicts value"):
        strongest(Outcome(None, VALUE), {"recency_rule": Forecast(P, None)})


def test_a_plain_model_serves_only_where_it_wins_beyond_chance() -> None:
    outcome, learned = Outcome(np.arange(400) % 2 == 0, None), {"model": Forecast(np.full(400, 0.5), None)}
    p_churn = np.full(400, 0.5)
    p_churn[:2] = 0.7, 0.6  # right about the first customer, and less wrong about the second
    silent = {"past_window": Forecast(None, np.ones(400))}
    rivals = {"recency_rule": Forecast(p_churn, None), **silent}
    assert best_of(outcome, {**learned, **rivals}) == {"churn": "recency_rule"}
    assert serving(outcome, learned, rivals) == {"churn": "model"}
    p_churn[:] = np.where(outcome.churned, 0.503, 0.497)  # surely better, and by less than 1 %
    assert serving(outcome, learned, rivals) == {"churn": "model"}
    p_churn[:] = np.where(outcome.churned, 0.51, 0.49)
    assert serving(outcome, learned, rivals) == {"churn": "recency_rule"}
    assert serving(outcome, learned, silent) == {"churn": "model"}
