from random import Random

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from goodwill.errors import UsageError
from goodwill.evaluation.bootstrap import Resampling, clv_intervals
from goodwill.evaluation.metrics import (
    churn_metrics,
    clv_metrics,
    undefined_churn_metrics,
    undefined_clv_metrics,
)
from goodwill.evaluation.samples import churn_sample, clv_sample

TIED = st.integers(0, 5)


def test_churn_metrics_of_a_table_checked_by_hand() -> None:
    found = churn_metrics([1, 0, 1, 0], [0.9, 0.6, 0.6, 0.1])
    assert found["roc_auc"] == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert found["brier"] == pytest.approx((0.01 + 0.36 + 0.16 + 0.01) / 4)
    assert found["lift_10"] == pytest.approx(2.0)


def test_churn_metrics_agree_with_scikit_learn_on_ties() -> None:
    rng = np.random.default_rng(0)
    p = rng.integers(1, 10, 500) / 10
    y = rng.random(500) < p
    found = churn_metrics(y, p)
    assert found["roc_auc"] == pytest.approx(roc_auc_score(y, p))
    assert found["average_precision"] == pytest.approx(average_precision_score(y, p))
    assert found["log_loss"] == pytest.approx(log_loss(y, p))
    assert found["brier"] == pytest.approx(brier_score_loss(y, p))


def test_ece_is_the_gap_of_ten_equal_bins() -> None:
    p = np.repeat(np.arange(10) / 10, 10)
    churned = np.tile(np.arange(10) < 5, 10)
    assert churn_metrics(churned, p)["ece"] == pytest.approx(np.abs(np.arange(10) / 10 - 0.5).mean())


@given(st.lists(st.tuples(st.booleans(), TIED), min_size=1, max_size=30), st.randoms())
@settings(deadline=None, max_examples=50)
def test_row_order_never_changes_a_churn_metric(rows: list[tuple[bool, int]], shuffler: Random) -> None:
    shuffled = shuffler.sample(rows, len(rows))
    plain, moved = (churn_metrics(*_columns(table, 0.2)) for table in (rows, shuffled))
    assert plain == pytest.approx(moved)


@given(st.lists(st.tuples(st.integers(-3, 5), TIED), min_size=1, max_size=30), st.randoms())
@settings(deadline=None, max_examples=50)
def test_row_order_never_changes_a_value_metric(rows: list[tuple[int, int]], shuffler: Random) -> None:
    shuffled = shuffler.sample(rows, len(rows))
    plain, moved = (clv_metrics(*_columns(table, 1.0)) for table in (rows, shuffled))
    assert plain == pytest.approx(moved, abs=1e-9)


@given(st.lists(st.tuples(st.booleans(), TIED, st.integers(0, 3)), min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_a_weight_is_a_repeated_customer(rows: list[tuple[bool, int, int]]) -> None:
    y, p, counts = (np.array(column) for column in zip(*rows, strict=True))
    weighted = churn_sample(y, p / 5).metrics(counts.astype(float))
    repeated = churn_sample(np.repeat(y, counts), np.repeat(p / 5, counts)).metrics(np.ones(counts.sum()))
    assert weighted == pytest.approx(repeated, nan_ok=True)


@given(st.lists(st.tuples(st.integers(-2, 9), TIED, st.integers(0, 3)), min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_a_weight_is_a_repeated_customer_for_value_too(rows: list[tuple[int, int, int]]) -> None:
    y, p, counts = (np.array(column) for column in zip(*rows, strict=True))
    weighted = clv_sample(y, p).metrics(counts.astype(float))
    repeated = clv_sample(np.repeat(y, counts), np.repeat(p, counts)).metrics(np.ones(counts.sum()))
    assert weighted == pytest.approx(repeated, nan_ok=True, abs=1e-9)


def test_constant_prediction_has_ngini_zero_whatever_the_order() -> None:
    value = np.arange(10.0)
    assert clv_metrics(value, np.full(10, 3.0))["ngini"] == pytest.approx(0)
    assert clv_metrics(value[::-1], np.full(10, 3.0))["ngini"] == pytest.approx(0)


def test_ngini_is_one_for_perfect_and_minus_one_for_reversed_order_also_with_refunds() -> None:
    value = np.array([-30.0, 0.0, 0.0, 10.0, 20.0])
    assert clv_metrics(value, value * 2 + 5)["ngini"] == pytest.approx(1)
    assert clv_metrics(value, -value)["ngini"] == pytest.approx(-1)


def test_value_metrics_of_a_table_checked_by_hand() -> None:
    found = clv_metrics([0, 10, 20], [5, 5, 20], [0, 6, 0], [8, 8, 25], level=0.8)
    assert found["mae"] == pytest.approx(10 / 3)
    assert found["rmse"] == pytest.approx(np.sqrt(50 / 3))
    assert found["bias"] == pytest.approx(0)
    assert found["coverage"] == pytest.approx(2 / 3)
    assert found["interval_width"] == pytest.approx((8 + 2 + 25) / 3)
    assert found["interval_score"] == pytest.approx((8 + 2 + 25 + 10 * 2) / 3)


def test_spearman_agrees_with_scipy_on_ties() -> None:
    rng = np.random.default_rng(1)
    value, clv = rng.integers(0, 4, 300), rng.integers(0, 9, 300)
    assert clv_metrics(value, clv)["spearman"] == pytest.approx(spearmanr(value, clv)[0])


def test_decile_mape_compares_totals_of_ten_groups() -> None:
    value = np.arange(1.0, 21.0)
    assert clv_metrics(value, value * 1.1)["decile_mape"] == pytest.approx(0.1)


def test_a_decile_that_brought_nothing_has_no_share_by_which_it_is_off() -> None:
    rng = np.random.default_rng(0)
    value, clv = np.where(rng.random(30) < 0.27, 0.0, rng.lognormal(11, 1, 30)), rng.lognormal(11, 1, 30)
    bounds = clv_intervals(value, clv, None, None, 0.8, Resampling(replicates=200))["decile_mape"]
    assert bounds is None or bounds[1] < 100


def test_share_of_the_top_percent_shows_an_exploding_prediction() -> None:
    value = np.ones(200)
    clv = np.append(np.ones(198), [401.0, 401.0])
    found = clv_metrics(value, clv)
    assert found["top_1_share"] == pytest.approx(0.01)
    assert found["top_1_share_predicted"] == pytest.approx(0.802)


def test_one_class_leaves_ranking_undefined_with_a_reason() -> None:
    found = churn_metrics([True, True], [0.5, 0.9])
    assert found["roc_auc"] is None
    assert found["lift_10"] == pytest.approx(1)
    assert undefined_churn_metrics([1, 1], [0.5, 0.9]) == {"roc_auc": "all of the 2 customers churned"}
    reasons = undefined_churn_metrics([0, 0], [0.5, 0.9])
    assert list(reasons) == ["roc_auc", "average_precision", "lift_10"]


def test_equal_values_leave_ranking_undefined_with_a_reason() -> None:
    reasons = undefined_clv_metrics([2.0, 2.0], [1.0, 3.0])
    assert reasons == dict.fromkeys(("ngini", "spearman"), "all 2 values are equal")
    assert undefined_clv_metrics([1.0, 3.0], [2.0, 2.0]) == {"spearman": "all 2 predictions are equal"}


def test_negative_total_leaves_bias_undefined_but_not_ngini() -> None:
    found = clv_metrics([-5.0, 1.0], [0.0, 2.0])
    assert (found["bias"], found["decile_mape"], found["ngini"]) == (None, None, 1.0)
    assert "add up to -4, not above zero" in undefined_clv_metrics([-5.0, 1.0], [0.0, 2.0])["bias"]


def test_nobody_means_nothing_is_defined() -> None:
    assert set(churn_metrics([], []).values()) == {None}
    assert set(clv_metrics([], [], [], []).values()) == {None}
    assert set(undefined_churn_metrics([], []).values()) == {"no customers"}
    assert set(undefined_clv_metrics([], []).values()) == {"no customers"}


def test_amounts_of_any_size_are_judged_alike() -> None:
    value = np.random.default_rng(2).gamma(1, 1, 100)
    tiny, huge = (clv_metrics(value * s, (value + 1) * s)["ngini"] for s in (1e-9, 1e12))
    assert tiny == pytest.approx(huge)


def test_what_is_not_a_probability_is_refused() -> None:
    with pytest.raises(UsageError, match="1 of 2 values lie outside 0 to 1"):
        churn_metrics([0, 1], [0.2, 1.2])


def test_what_is_not_an_outcome_is_refused() -> None:
    with pytest.raises(UsageError, match="churned: 1 of 2 values are neither true nor false"):
        churn_metrics([0, 0.5], [0.2, 0.2])


def test_missing_predictions_are_refused() -> None:
    with pytest.raises(UsageError, match="clv: 1 of 2 values are missing or infinite"):
        clv_metrics([0, 1], [np.nan, 1])


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(UsageError, match="different lengths"):
        clv_metrics([0, 1], [1])


def test_crossed_bounds_are_refused() -> None:
    with pytest.raises(UsageError, match="clv_low lies above clv_high for 1 of 1"):
        clv_metrics([1], [1], [3], [2])


def test_impossible_level_is_refused() -> None:
    with pytest.raises(UsageError, match="level: 80 must lie between 0 and 1"):
        clv_metrics([1], [1], [0], [2], level=80)


def test_who_brought_nothing_or_less_is_counted() -> None:
    assert clv_metrics([0, -3, 1, 2], [1, 1, 1, 1])["zero_share"] == 0.5


def _columns(rows: list[tuple[float, int]], scale: float) -> tuple[list[float], list[float]]:
    return [row[0] for row in rows], [row[1] * scale for row in rows]


@pytest.mark.parametrize("column", [["yes", "no"], pd.to_datetime(["2024-01-01"] * 2), [{}, 1]])
def test_what_is_no_number_is_named(column: npt.ArrayLike) -> None:
    with pytest.raises(UsageError, match="churned holds text or times among its 2 values"):
        churn_metrics(column, [0.1, 0.2])
    with pytest.raises(UsageError, match="clv holds text or times among its 2 values"):
        clv_metrics([1.0, 2.0], column)
