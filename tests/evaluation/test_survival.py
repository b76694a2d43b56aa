"""Censoring weights, Brier scores, concordance and the median time, by hand and by definition."""

from collections.abc import Callable

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.survival import (
    brier_scores,
    censoring_survival,
    concordance,
    concordance_ipcw,
    integrated_brier_score,
    time_to_churn,
)

Draw = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def lives() -> Draw:
    """Exponential lives of a known rate, lost from sight by chance."""
    draw = np.random.default_rng(0)
    rate = draw.gamma(2.0, 0.05, 4000)
    life, watched = draw.exponential(1 / rate), draw.uniform(0, 30, 4000)
    return np.minimum(life, watched), life <= watched, rate


def test_who_ends_with_a_loss_is_not_at_risk_of_it() -> None:
    found = censoring_survival([2, 2, 4, 4], [True, False, False, True], at=[2, 3, 4, 5])
    np.testing.assert_allclose(found, [1, 2 / 3, 2 / 3, 0])


def test_without_losses_the_brier_score_is_the_mean_square() -> None:
    said = np.array([[0.9, 0.2], [0.6, 0.5], [0.3, 0.3]])
    found = brier_scores([1, 2, 3], [True, True, True], said, at=[1, 2])
    plain = [((said[:, 0] - [0, 1, 1]) ** 2).mean(), ((said[:, 1] - [0, 0, 1]) ** 2).mean()]
    np.testing.assert_allclose(found, plain)


def test_weights_make_up_for_who_was_lost(lives: Draw) -> None:
    time, ended, rate = lives
    at = np.array([2.0, 5.0, 10.0])
    said = np.exp(-rate[:, None] * at)
    expected = (said * (1 - said)).mean(axis=0)
    np.testing.assert_allclose(brier_scores(time, ended, said, at), expected, atol=0.012)


def test_the_truth_scores_best(lives: Draw) -> None:
    time, ended, rate = lives
    at = np.arange(1.0, 15.0)
    truth = np.exp(-rate[:, None] * at)
    flat = np.tile(truth.mean(axis=0), (len(time), 1))
    scores = [integrated_brier_score(time, ended, said, at) for said in (truth, flat, truth**2)]
    assert scores[0] < min(scores[1:])


def test_a_perfect_order_is_1_and_a_constant_one_half(lives: Draw) -> None:
    time, ended, _ = lives
    assert concordance(time, ended, -time) == 1.0
    assert concordance(time, ended, np.zeros(len(time))) == 0.5


def test_concordance_is_that_of_counting_pairs() -> None:
    draw = np.random.default_rng(1)
    time, ended, risk = draw.integers(1, 6, 60), draw.random(60) < 0.6, draw.integers(0, 4, 60)
    first, second = np.meshgrid(np.arange(60), np.arange(60), indexing="ij")
    is_pair = ended[first] & ((time[first] < time[second]) | ((time[first] == time[second]) & ~ended[second]))
    right = (risk[first] > risk[second]) + 0.5 * (risk[first] == risk[second])
    assert concordance(time, ended, risk) == pytest.approx(right[is_pair].mean())


def test_uno_s_concordance_does_not_depend_on_who_was_lost(lives: Draw) -> None:
    time, ended, rate = lives
    life = np.random.default_rng(5).exponential(1 / rate)
    whole = concordance(np.minimum(life, 15), life < 15, rate)
    assert concordance_ipcw(time, ended, rate, until=15) == pytest.approx(whole, abs=0.02)


def test_without_a_comparable_pair_there_is_no_concordance() -> None:
    assert np.isnan(concordance([1, 2], [False, False], [0.1, 0.2]))


def test_the_median_lies_between_the_days() -> None:
    found = time_to_churn([[0.5, 0.4], [0.9, 0.7], [0.0, 0.0]], days=[10, 20])
    np.testing.assert_allclose(found, [10.0, np.nan, 5.0])


@pytest.mark.parametrize(
    ("days", "told"),
    [([20, 10], "do not ascend"), ([0, 10], "do not ascend"), ([10], r"shape \(1, 2\) and days \(1,\)")],
)
def test_a_course_needs_a_column_per_day_in_order(days: list[float], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        time_to_churn([[0.5, 0.4]], days=days)


def test_survival_needs_a_column_per_time() -> None:
    with pytest.raises(UsageError, match="a row per customer and a column per time"):
        brier_scores([1, 2], [True, True], [[0.5], [0.5]], at=[1, 1.5])


def test_nobody_can_be_judged_where_nobody_is_watched() -> None:
    with pytest.raises(UsageError, match="nobody is watched beyond 5"):
        brier_scores([1, 2], [True, True], [[0.5], [0.5]], at=[5])


@pytest.mark.parametrize("at", [[1.0], [2.0, 1.0]])
def test_a_span_has_two_ends(at: list[float]) -> None:
    with pytest.raises(UsageError, match="a span takes two or more, ascending"):
        integrated_brier_score([1, 3], [True, True], np.zeros((2, len(at))), at)


def test_times_are_finite() -> None:
    with pytest.raises(UsageError, match="as long and finite"):
        concordance([1, np.nan], [True, True], [0.1, 0.2])


@pytest.mark.parametrize("score", [concordance, concordance_ipcw])
@pytest.mark.parametrize("risk", [[0.1], [0.1, 0.2, 0.3], [0.1, np.nan], [[0.1, 0.2]]])
def test_a_risk_is_a_number_for_each_customer(score: Callable[..., float], risk: list) -> None:
    with pytest.raises(UsageError, match=r"missing values beside 2 customers\. Give one number for each"):
        score([1, 2], [True, True], risk)


@pytest.mark.parametrize("ended", [["True", "False"], [True, np.nan], [True, None]])
def test_an_end_is_true_or_false(ended: list) -> None:
    with pytest.raises(UsageError, match=r"has_ended holds text or missing values\. Say True or False"):
        concordance([1, 2], ended, [0.1, 0.2])


def test_a_time_in_words_is_named() -> None:
    with pytest.raises(UsageError, match="time holds text or times"):
        concordance(["soon", "late"], [True, True], [0.1, 0.2])
