import numpy as np
import pytest

from goodwill.decisions.qini import contributions, gain_curve, qini, qini_area

RNG = np.random.default_rng(0)
N = 3_000
NEED = RNG.normal(size=N)
LOT = RNG.random(N) < 0.4
SPEND = 5 + 2 * NEED + (1 + NEED) * LOT + RNG.normal(size=N)


def test_contributions_average_to_the_effect_of_any_group() -> None:
    effect = contributions(SPEND, LOT, np.full(N, 0.4), (5 + 2 * NEED, 6 + 3 * NEED))
    assert effect.mean() == pytest.approx(1.0, abs=0.1)
    assert effect[NEED > 0].mean() == pytest.approx(1 + NEED[NEED > 0].mean(), abs=0.15)


def test_expected_outcomes_take_noise_away() -> None:
    plain = contributions(SPEND, LOT, np.full(N, 0.4))
    assert contributions(SPEND, LOT, np.full(N, 0.4), (5 + 2 * NEED, 6 + 3 * NEED)).std() < plain.std() / 3


def test_a_constant_score_gains_what_chance_does_whatever_the_row_order() -> None:
    effect = RNG.normal(size=N)
    assert qini_area(np.ones(N), effect) == pytest.approx(0.0, abs=1e-12)
    assert qini_area(np.ones(N), np.sort(effect)) == pytest.approx(0.0, abs=1e-12)


def test_ties_are_divided_pro_rata() -> None:
    gains = gain_curve(np.array([1.0, 1.0, 0.0, 0.0]), np.array([4.0, 0.0, 2.0, 0.0]), [0.25, 0.5, 0.75])
    assert gains.tolist() == [0.5, 1.0, 1.25]


def test_the_best_order_is_that_of_the_effect_itself() -> None:
    effect = RNG.normal(size=N)
    best = qini_area(effect, effect)
    assert all(qini_area(RNG.normal(size=N), effect) < best / 4 for _ in range(5))
    assert qini_area(-effect, effect) == pytest.approx(-best)


def test_summary_agrees_with_its_parts() -> None:
    found = qini(NEED, 1 + NEED, replicates=50)
    assert found.qini.estimate == pytest.approx(qini_area(NEED, 1 + NEED))
    assert found.auuc.estimate == pytest.approx(found.qini.estimate + found.random_auuc)
    assert found.uplift_at[0.1].estimate == pytest.approx((1 + NEED)[np.argsort(-NEED)[:300]].mean())
    assert found.mean_effect.low < 1 + NEED.mean() < found.mean_effect.high


def test_a_score_of_chance_has_an_interval_around_nothing() -> None:
    found = qini(RNG.normal(size=N), 1 + NEED, replicates=100)
    assert found.qini.low < 0 < found.qini.high
