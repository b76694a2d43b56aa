"""What calibrated probabilities promise."""

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.expected import expected_churn_metrics
from goodwill.evaluation.metrics import churn_metrics


def test_three_customers_by_hand() -> None:
    # Ordered pairs (churner, stayer): p of each times 1 - p of the other; 6 in all.
    p = [0.2, 0.5, 0.8]
    pairs = {(i, j): p[i] * (1 - p[j]) for i in range(3) for j in range(3) if i != j}
    by_hand = sum(weight for (i, j), weight in pairs.items() if i > j) / sum(pairs.values())
    assert expected_churn_metrics(p)["roc_auc"] == pytest.approx(by_hand)


def test_many_draws_average_to_the_expectation() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(0.7, 0.5, 1_000).round(1)
    drawn = [churn_metrics(rng.random(len(p)) < p, p) for _ in range(200)]
    expected = expected_churn_metrics(p)
    for name in ("roc_auc", "log_loss", "brier"):
        assert expected[name] == pytest.approx(np.mean([found[name] for found in drawn]), abs=2e-3)


def test_where_all_are_certain_there_is_no_pair() -> None:
    assert expected_churn_metrics([1.0, 1.0])["roc_auc"] is None


@pytest.mark.parametrize("p", [[], [0.5, np.nan], [1.5]])
def test_what_is_no_probability_is_refused(p: list[float]) -> None:
    with pytest.raises(UsageError, match=r"p_churn: \d values; each must lie within 0 and 1"):
        expected_churn_metrics(p)
