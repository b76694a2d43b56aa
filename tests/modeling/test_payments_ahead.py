"""What each contract may bring: quantiles and variance beside draws, parts, and intervals that hold."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.payment_bounds import PaymentBounds
from goodwill.modeling.payments_ahead import PaymentsAhead
from goodwill.modeling.retention.person_periods import repeated


def drawn(n: int, seed: int = 0) -> tuple[PaymentsAhead, np.ndarray]:
    """Contracts with up to 6 payments ahead, and what each of them brought in one future."""
    draw = np.random.default_rng(seed)
    counts = draw.integers(0, 7, n)
    row, step = repeated(counts)
    hazard, price = draw.beta(1, 8, n), draw.choice([5.0, 12.99, 99.0], n)
    ahead = PaymentsAhead(np.zeros(n), row, (1 - hazard[row]) ** (step + 1), price[row])
    lived = draw.geometric(hazard) - 1
    return ahead, np.minimum(lived, counts) * price


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.9])
def test_a_quantile_is_the_least_amount_that_is_not_exceeded(p: float) -> None:
    ahead = PaymentsAhead(np.full(2, -1.0), np.array([0, 0, 1]), np.array([0.95, 0.6, 0.4]), np.full(3, 10.0))
    amounts, chances = [[-1, 9, 19], [-1, 9]], [[0.05, 0.4, 1.0], [0.6, 1.0]]
    least = [
        next(v for v, upto in zip(*pair, strict=True) if upto >= p)
        for pair in zip(amounts, chances, strict=True)
    ]
    assert ahead.quantile(p).tolist() == least


def test_mean_and_variance_are_those_of_draws() -> None:
    hazards, draw = np.array([0.05, 0.3]), np.random.default_rng(0)
    row, step = repeated([4, 3])
    ahead = PaymentsAhead(np.array([-2.0, 0.0]), row, (1 - hazards[row]) ** (step + 1), np.full(7, 10.0))
    kept = np.minimum(draw.geometric(hazards, (200_000, 2)) - 1, [4, 3])
    brought = 10.0 * kept - [2.0, 0.0]
    np.testing.assert_allclose(ahead.mean, brought.mean(axis=0), rtol=0.005)
    np.testing.assert_allclose(ahead.variance, brought.var(axis=0), rtol=0.02)


def test_parts_are_taken_and_joined_in_any_order() -> None:
    ahead, _ = drawn(40)
    order = np.random.default_rng(1).permutation(40)
    parts = [ahead.taken(order[:15]), ahead.taken(order[15:])]
    for name in ("mean", "variance", "most"):
        np.testing.assert_allclose(getattr(PaymentsAhead.joined(parts), name), getattr(ahead, name)[order])
    assert len(PaymentsAhead.joined([])) == 0


def two_contracts() -> PaymentsAhead:
    """Customers with 20 paid once (.8) and 10 paid twice (.9, .6), with the latter alone, and with none."""
    none = PaymentsAhead(
        np.array([np.nan, 0.0, np.nan]), np.array([1, 1]), np.array([0.9, 0.6]), np.full(2, 10.0)
    )
    large = PaymentsAhead(np.zeros(1), np.array([0]), np.array([0.8]), np.array([20.0]))
    small = PaymentsAhead(np.zeros(1), np.array([0, 0]), np.array([0.9, 0.6]), np.full(2, 10.0))
    return none.beside([(np.array([0]), large), (np.array([0]), small)])


@pytest.mark.parametrize(("p", "least"), [(0.01, 0.0), (0.05, 10.0), (0.25, 20.0), (0.4, 30.0), (0.6, 40.0)])
def test_contracts_of_one_customer_end_each_for_itself(p: float, least: float) -> None:
    # Sums 0, 10, 20, 30 and 40 with .02, .06, .2, .24 and .48.
    assert two_contracts().quantile(p)[0] == least


def test_moments_of_several_contracts_add_up() -> None:
    both = two_contracts()
    assert both.mean[:2].tolist() == pytest.approx([16 + 15, 15])
    assert both.variance[:2].tolist() == pytest.approx([400 * 0.16 + 45, 45])
    assert both.p_nothing[:2].tolist() == pytest.approx([0.02, 0.1])
    again = PaymentsAhead.joined([both.taken(np.array([2, 0])), both.taken(np.array([1]))])
    assert again.quantile(0.4)[1:].tolist() == both.quantile(0.4)[:2].tolist()
    assert again.is_known.tolist() == [False, True, True]


def features(n: int, horizon: object = 90, n_running: object = 1) -> pd.DataFrame:
    return pd.DataFrame({"horizon_days": horizon, "n_contracts_running": n_running}, index=range(n))


def test_an_interval_ends_at_amounts_that_are_paid() -> None:
    seen, value = drawn(4000)
    bounds = PaymentBounds.fit(seen, features(4000), value, seen.mean)
    later, came = drawn(4000, seed=1)
    low, high = bounds.of(later, features(4000), 0.8)
    assert np.mean((low <= came) & (came <= high)) > 0.85
    price = np.zeros(4000)
    price[later.row] = later.gain
    pays = price > 0
    share = high[pays] / price[pays]
    np.testing.assert_allclose(share, np.round(share), atol=1e-6)
    assert bounds.variance_share == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("horizon", [30, 90])
def test_costs_widen_intervals_by_what_they_are_in_each_horizon(horizon: int) -> None:
    n = 6000
    horizons = np.where(np.arange(n) % 2, 30, 90)
    seen, value = drawn(n)
    costs = np.random.default_rng(2).poisson(horizons / 60) * 4.0
    bounds = PaymentBounds.fit(seen, features(n, horizons), value - costs, seen.mean)
    later, came = drawn(n, seed=3)
    came = came - np.random.default_rng(4).poisson(horizon / 60, n) * 4.0
    low, high = bounds.of(later, features(n, horizon), 0.8)
    assert np.mean((low <= came) & (came <= high)) == pytest.approx(0.9, abs=0.08)


def test_an_interval_reaches_below_nothing_only_where_values_did() -> None:
    seen, value = drawn(4000)
    averaged = replace(seen, nothing=np.full(4000, 3.0))  # what new contracts bring, on average
    extra = np.where(np.random.default_rng(6).random(4000) < 0.03, 100.0, 0.0)
    bounds = PaymentBounds.fit(averaged, features(4000), value + extra, averaged.mean)
    assert bounds.of(averaged, features(4000), 0.8)[0].min() == 0
    bounds = PaymentBounds.fit(averaged, features(4000), value - 4.0, averaged.mean)
    assert bounds.of(averaged, features(4000), 0.8)[0].min() == pytest.approx(-4)


def test_new_contracts_widen_by_what_they_bring_not_by_what_runs() -> None:
    seen, value = drawn(4000)
    extra = np.where(np.random.default_rng(7).random(4000) < 0.25, 100.0, 0.0)
    bounds = PaymentBounds.fit(seen, features(4000), value + extra, seen.mean)
    _, high = bounds.of(seen, features(4000), 0.8)
    assert (high - seen.most).max() <= 100 + 1e-6
    assert np.mean(value + extra <= high) >= 0.9


def test_what_is_next_to_nothing_is_told_as_nothing() -> None:
    seen, value = drawn(4000)
    noisy = replace(seen, nothing=np.full(4000, -9e-12))
    low, _ = PaymentBounds.fit(noisy, features(4000), value, noisy.mean).of(noisy, features(4000), 0.8)
    assert low.min() == 0


def test_bounds_stored_before_they_had_a_least_value_are_read() -> None:
    seen, value = drawn(300)
    bounds = PaymentBounds.fit(seen, features(300), value - 1.0, seen.mean)
    stored = bounds.to_dict()
    del stored["money"]
    stored["widening"] = (bounds.widening[..., :2] + 0.1).tolist()
    low, high = PaymentBounds.from_dict(stored).of(seen, features(300), 0.9)
    scale = np.maximum(seen.most, bounds.typical)
    np.testing.assert_array_less(seen.quantile(0.95), high)
    np.testing.assert_array_less(low, seen.quantile(0.05) - 0.09 * scale)


def test_several_contracts_err_by_themselves() -> None:
    seen, value = drawn(4000)
    has_several = np.arange(4000) % 4 == 0
    n_running = np.where(has_several, 2, 1)
    value = value + np.where(has_several, np.random.default_rng(5).normal(0, 50, 4000), 0.0)
    bounds = PaymentBounds.fit(seen, features(4000, 90, n_running), value, seen.mean)
    low, high = bounds.of(seen, features(4000, 90, n_running), 0.8)
    inside = (low <= value) & (value <= high)
    assert inside[has_several].mean() >= 0.8
    one, several = ((high - low)[kind].mean() for kind in (~has_several, has_several))
    assert several > one + 50


def test_who_holds_more_than_two_contracts_errs_by_himself_and_moves_nobody_with_two() -> None:
    seen, value = drawn(4000)
    has_more = np.arange(4000) % 4 == 0
    X = features(4000, 90, np.where(has_more, 3, 2))
    missed = value + np.where(has_more, np.random.default_rng(5).normal(0, 50, 4000), 0.0)
    low, high = PaymentBounds.fit(seen, X, missed, seen.mean).of(seen, X, 0.8)
    assert ((low <= missed) & (missed <= high))[has_more].mean() >= 0.8
    rows = np.flatnonzero(~has_more)
    two = seen.taken(rows)
    alone = PaymentBounds.fit(two, X.iloc[rows], value[rows], two.mean).of(two, X.iloc[rows], 0.8)[1]
    np.testing.assert_allclose(high[rows], alone, rtol=1e-6)


def test_bounds_stored_for_two_kinds_tell_the_third_as_the_second() -> None:
    seen, value = drawn(4000)
    n_running = 1 + np.arange(4000) % 2
    stored = PaymentBounds.fit(seen, features(4000, 90, n_running), value - n_running, seen.mean).to_dict()
    for name in ("widening", "money", "variance_share"):
        stored[name] = stored[name][:2]
    bounds = PaymentBounds.from_dict(stored)
    two, three = (bounds.of(seen, features(4000, 90, n), 0.8) for n in (2, 3))
    np.testing.assert_array_equal(three, two)


def test_stored_bounds_say_the_same() -> None:
    seen, value = drawn(300)
    bounds = PaymentBounds.fit(seen, features(300), value - 1.0, seen.mean)
    again = PaymentBounds.from_dict(json.loads(json.dumps(bounds.to_dict())))
    np.testing.assert_array_equal(again.of(seen, features(300), 0.9), bounds.of(seen, features(300), 0.9))
