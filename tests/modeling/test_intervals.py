from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Self

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.intervals import OutOfSample, ValueIntervals, out_of_sample
from goodwill.modeling.payments_ahead import PaymentsAhead
from goodwill.modeling.value_distribution import ValueDistribution
from goodwill.modeling.value_ratio import Churned, Ratio, Shape, squeeze, stretch

World = tuple[pd.DataFrame, pd.DataFrame, OutOfSample]
NORMAL = Shape(np.array([-3.0, 3.0]), np.array([-3.0, 3.0]) / 1.2815515655446004)


def drawn(n: int, seed: int, refunds: float = 0.0) -> World:
    """Draw customers who churn as predicted, or bring a lognormal value around what is predicted."""
    rng = np.random.default_rng(seed)
    p_churn, mean = rng.uniform(0.02, 0.98, n), rng.lognormal(3, 1, n)
    spread = rng.choice([0.3, 1.0], n)
    value = mean * np.exp(spread * rng.standard_normal(n) - spread**2 / 2)
    churned = rng.random(n) < p_churn
    late = -rng.exponential(3.0, n) * (rng.random(n) < refunds)
    X = pd.DataFrame(
        {
            "customer_id": np.arange(n) // 2,
            "as_of": np.arange(n) % 5,
            "horizon_days": 90,
            "n_order_days": 3,
            "days_since_last_order": 20.0,
            "days_since_first_order": 200.0,
            "spend_log_std": spread,
        }
    )
    y = pd.DataFrame({"churned": churned, "value": np.where(churned, late, value)})
    predicted = OutOfSample(np.arange(n), p_churn, (1 - p_churn) * mean, np.zeros(n))
    return X, y, predicted


def flat(n: int, seed: int) -> World:
    """Draw customers who bring what they always do, but for a few who bring another amount."""
    X, y, predicted = drawn(n, seed)
    rng = np.random.default_rng(seed)
    is_flat = rng.random(n) < 0.6
    usual = predicted.clv_if_active * np.where(is_flat, rng.uniform(0.97, 1.0, n), 0.8)
    other = rng.choice([0.5, 2.0], n)
    value = usual * np.where(rng.random(n) < np.where(is_flat, 0.04, 0.3), other, 1.0)
    X = X.assign(spend_log_std=np.where(is_flat, 0.0, 0.4))
    return X, y.assign(value=np.where(y["churned"], 0.0, value)), predicted


def box(n: int, seed: int) -> World:
    """Draw customers of whom nearly all bring two boxes at a price, one if they stop in between."""
    X, _, _ = drawn(n, seed)
    rng = np.random.default_rng(seed)
    stops = rng.uniform(0.02, 0.12, n)
    mean = 30.0 * (2 - stops) * np.exp(rng.normal(0.0, 0.02, n))
    boxes = np.where(rng.random(n) < stops, 1, 2)
    churned = rng.random(n) < stops
    X = X.assign(n_order_days=rng.integers(1, 9, n), spend_log_std=0.0)
    y = pd.DataFrame({"churned": churned, "value": np.where(churned, 0.0, 30.0 * boxes)})
    return X, y, OutOfSample(np.arange(n), stops, (1 - stops) * mean, np.zeros(n))


@pytest.fixture(scope="module")
def intervals() -> ValueIntervals:
    X, y, predicted = drawn(20_000, seed=0)
    return ValueIntervals().fit(X, y, predicted)


@pytest.fixture
def values() -> ValueDistribution:
    """Return the distribution of a customer who churns with 20 %, else brings 10 in the median."""
    median = squeeze(np.ones(1))
    return ValueDistribution(
        np.array([0.2]), np.array([10.0]), Ratio(median, np.ones(1), np.ones(1), NORMAL), nothing()
    )


def nothing() -> Churned:
    return Churned(1.0, np.empty(0), np.empty(0))


def test_the_mass_at_zero_is_exact(values: ValueDistribution) -> None:
    zero = np.zeros(1)
    assert values.cdf(zero)[0] - values.below(zero)[0] == pytest.approx(0.2)
    assert values.quantile(0.15)[0] == 0.0
    assert values.quantile(0.6)[0] == pytest.approx(10.0)


@pytest.mark.parametrize("p", [0.25, 0.3, 0.5, 0.9, 0.999])
def test_quantiles_undo_the_distribution_function(values: ValueDistribution, p: float) -> None:
    assert values.cdf(values.quantile(p))[0] == pytest.approx(p, abs=1e-6)


def test_what_churned_customers_bring_is_part_of_the_distribution(values: ValueDistribution) -> None:
    late = Churned.fit(squeeze(np.repeat([0.0, -0.1, -0.3], 100)))
    mixed = replace(values, churned=late)
    assert late.zero_share == pytest.approx(1 / 3)
    assert mixed.below(np.full(1, -0.5))[0] == pytest.approx(0.2 * 2 / 3, abs=0.02)
    assert mixed.quantile(0.05)[0] < 0.0 == mixed.quantile(0.17)[0] < mixed.quantile(0.6)[0]
    assert mixed.cdf(mixed.quantile(0.8))[0] == pytest.approx(0.8, abs=1e-6)


def test_squeezing_can_be_undone_for_either_sign() -> None:
    ratios = np.array([-30.0, -0.01, 0.0, 1.0, 500.0])
    np.testing.assert_allclose(stretch(squeeze(ratios)), ratios)


def test_draws_follow_the_distribution(values: ValueDistribution) -> None:
    many = ValueDistribution(
        np.full(20_000, 0.2),
        np.full(20_000, 10.0),
        Ratio(*(np.repeat(part, 20_000) for part in (values.ratio.median, np.ones(1), np.ones(1))), NORMAL),
        nothing(),
    )
    sample = many.sample(seed=1)
    assert (sample == 0).mean() == pytest.approx(0.2, abs=0.01)
    assert np.median(sample[sample > 0]) == pytest.approx(10.0, rel=0.05)
    np.testing.assert_array_equal(sample, many.sample(seed=1))


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_central_ranges_cover_later_customers(intervals: ValueIntervals, level: float) -> None:
    X, y, predicted = drawn(8_000, seed=1)
    pit = intervals.distribution(X, predicted).pit(y["value"].to_numpy())
    covered = np.abs(pit - 0.5) < level / 2
    assert covered.mean() == pytest.approx(level, abs=0.015)
    for spread in (0.3, 1.0):
        assert covered[X["spend_log_std"] == spread].mean() == pytest.approx(level, abs=0.02)


def test_bounds_beat_three_times_the_expected_value(intervals: ValueIntervals) -> None:
    X, y, predicted = drawn(8_000, seed=2)
    value = y["value"].to_numpy()
    own = interval_score(value, *intervals.bounds(X, predicted, 0.8))
    assert own < 0.95 * interval_score(value, np.zeros(len(X)), 3 * predicted.clv)


def interval_score(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    return float(np.mean(high - low + 10 * (np.maximum(low - value, 0) + np.maximum(value - high, 0))))


def test_who_is_sure_to_churn_is_given_nothing_and_who_is_not_a_low_bound(intervals: ValueIntervals) -> None:
    X, _, _ = drawn(3, seed=3)
    predicted = OutOfSample(
        np.arange(3), np.array([0.97, 0.5, 0.01]), np.array([0.6, 10.0, 20.0]), np.zeros(3)
    )
    low, high = intervals.bounds(X, predicted, 0.8)
    assert (low[:2] == 0).all()
    assert low[2] > 0
    assert 0 == high[0] < high[1] < high[2]


def test_wider_levels_hold_narrower_ones(intervals: ValueIntervals) -> None:
    X, _, predicted = drawn(500, seed=4)
    bounds = [intervals.bounds(X, predicted, level) for level in (0.5, 0.8, 0.9, 0.99)]
    for (low, high), (outer_low, outer_high) in pairwise(bounds):
        assert (outer_low <= low).all()
        assert (high <= outer_high).all()


def test_who_brings_the_same_amount_time_and_again_lies_within() -> None:
    told = ValueIntervals().fit(*box(8_000, seed=0))
    X, y, predicted = box(4_000, seed=1)
    low, high = told.bounds(X, predicted, 0.8)
    covered = (low <= y["value"]) & (y["value"] <= high)
    assert covered.mean() == pytest.approx(0.8, abs=0.05)


def test_stored_intervals_of_the_same_amount_time_and_again_are_the_same() -> None:
    told = ValueIntervals().fit(*box(4_000, seed=0))
    X, _, predicted = box(300, seed=1)
    bounds = ValueIntervals.from_parts(*told.to_parts()).bounds(X, predicted, 0.8)
    np.testing.assert_array_equal(bounds, told.bounds(X, predicted, 0.8))


@pytest.mark.parametrize("level", [0.4, 0.999, float("nan")])
def test_levels_that_cannot_be_measured_are_refused(intervals: ValueIntervals, level: float) -> None:
    X, _, predicted = drawn(2, seed=5)
    with pytest.raises(UsageError, match=r"outside 0\.5 to 0\.99"):
        intervals.bounds(X, predicted, level)


def test_stored_intervals_give_the_same_bounds(intervals: ValueIntervals) -> None:
    X, _, predicted = drawn(50, seed=6)
    again = ValueIntervals.from_parts(*intervals.to_parts())
    np.testing.assert_array_equal(again.bounds(X, predicted, 0.9), intervals.bounds(X, predicted, 0.9))
    assert again.drift_share_ == intervals.drift_share_


def test_same_seed_same_intervals() -> None:
    X, y, predicted = drawn(500, seed=7)
    one, two = (ValueIntervals().fit(X, y, predicted, seed=3).bounds(X, predicted, 0.8) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_refunds_of_churned_customers_lie_below_zero() -> None:
    X, y, predicted = drawn(4_000, seed=8, refunds=0.5)
    low, _ = ValueIntervals().fit(X, y, predicted).bounds(X, predicted, 0.8)
    sure = predicted.p_churn > 0.9
    assert (low[sure] < 0).all()
    assert (y["value"].to_numpy()[sure] < low[sure]).mean() == pytest.approx(0.1, abs=0.04)


def test_windows_that_differ_in_level_are_told() -> None:
    X, y, predicted = drawn(20_000, seed=9)
    level = np.exp(0.5 * np.array([-1, 1, -1, 1, 0]))[X["as_of"]]
    shifted = y.assign(value=y["value"] * level)
    assert ValueIntervals().fit(X, y, predicted).drift_share_ < 0.05
    assert ValueIntervals().fit(X, shifted, predicted).drift_share_ == pytest.approx(0.5, abs=0.1)


def test_what_is_known_of_totals_moves_all_customers_together() -> None:
    X, y, predicted = drawn(4_000, seed=9)
    plain = ValueIntervals().fit(X, y, predicted)
    told = ValueIntervals().fit(X, y, predicted, level_error=0.3, missed=0.4)
    assert told.level_share_ == 0.3
    assert told.drift_share_ == pytest.approx(np.hypot(plain.drift_share_, 0.4))
    assert told.common_share == pytest.approx(np.hypot(0.3, told.drift_share_))


def test_what_a_nearly_sure_contract_is_expected_to_bring_lies_in_its_interval() -> None:
    n, p_stays = 2000, np.where(np.arange(2000) % 2, 0.97, 0.5)
    stays = np.random.default_rng(0).random(n) < p_stays
    X = pd.DataFrame({"customer_id": range(n), "as_of": np.arange(n) % 5, "horizon_days": 30})
    X["n_contracts_running"] = 1
    y = pd.DataFrame({"churned": ~stays, "value": 100.0 * stays})
    ahead = PaymentsAhead(np.zeros(n), np.arange(n), p_stays, np.full(n, 100.0))
    predicted = OutOfSample(np.arange(n), 1 - p_stays, 100.0 * p_stays, np.zeros(n), ahead)
    low, high = ValueIntervals().fit(X, y, predicted).bounds(X, predicted, 0.8)
    assert low[:2].tolist() == pytest.approx([0.0, 97.0])
    assert high[:2].tolist() == pytest.approx([100.0, 100.0])


@pytest.mark.parametrize("columns", [["customer_id"], ["customer_id", "as_of", "horizon_days"]])
def test_few_columns_and_few_customers_will_do(columns: list[str]) -> None:
    X, y, predicted = drawn(6, seed=10)
    y = y.assign(churned=[False, True] * 3, value=[5.0, 0.0] * 3)
    low, high = ValueIntervals().fit(X[columns], y, predicted).bounds(X[columns], predicted, 0.8)
    assert np.isfinite(low).all()
    assert (low <= high).all()


class Recording:
    """Predicts 1 and remembers who it was fitted on."""

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:
        del y, now
        self.seen = set(X["customer_id"])
        return self

    def predict(self, X: pd.DataFrame) -> OutOfSample:
        assert not self.seen & set(X["customer_id"])
        ones = np.ones(len(X))
        return OutOfSample(np.arange(len(X)), 0.5 * ones, ones, 0 * ones)


@pytest.mark.parametrize("folds", [2, 3])
def test_no_model_speaks_of_a_customer_it_has_seen(folds: int) -> None:
    X, y, _ = drawn(40, seed=11)
    said = out_of_sample(Recording, X, y, X, folds=folds)
    np.testing.assert_array_equal(said.rows, np.arange(40))
    np.testing.assert_allclose(said.clv_if_active, 2.0)


def test_many_rows_are_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodwill.modeling.out_of_sample.MAX_ROWS", 10)
    X, y, _ = drawn(40, seed=12)
    said = out_of_sample(Recording, X, y, X)
    assert len(said.rows) == len(set(said.rows)) == 10


def test_a_value_model_is_a_factory_of_models() -> None:
    factory: Callable[[], Recording] = Recording
    X, y, _ = drawn(4, seed=13)
    assert len(out_of_sample(factory, X, y, X).clv) == 4


def test_the_mean_is_what_the_point_model_expects(intervals: ValueIntervals) -> None:
    X, _, predicted = drawn(300, seed=14)
    values = intervals.distribution(X, predicted)
    np.testing.assert_allclose(values.scale * values.ratio.mean(), predicted.clv_if_active)
    total = np.mean([values.sample(seed).sum() for seed in range(200)])
    assert total == pytest.approx(predicted.clv.sum(), rel=0.03)


def test_nobody_is_given_less_than_was_ever_seen(intervals: ValueIntervals) -> None:
    X, y, predicted = drawn(4_000, seed=15)
    low, _ = intervals.bounds(X, predicted, 0.99)
    assert low.min() == 0.0
    returned = y.assign(value=np.where(np.arange(len(y)) % 50 == 0, -0.5 * y["value"], y["value"]))
    low, _ = ValueIntervals().fit(X, returned, predicted).bounds(X, predicted, 0.99)
    assert -20 < (low / predicted.clv_if_active).min() < 0


def test_spreads_hold_where_most_bring_the_same_amount_time_and_again() -> None:
    later, y, said = flat(4_000, seed=17)
    fitted = ValueIntervals().fit(*flat(8_000, seed=16))
    values = fitted.distribution(later, said)
    np.testing.assert_allclose(values.scale * values.ratio.mean(), said.clv_if_active)
    low, high = fitted.bounds(later, said, 0.8)
    varies = ~y["churned"] & (later["spend_log_std"] > 0)
    assert y["value"].between(low, high)[varies].mean() > 0.6
