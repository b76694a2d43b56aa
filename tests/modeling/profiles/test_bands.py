import numpy as np
import pytest

from goodwill.modeling.profiles.bands import Bands


def test_fresh_values_are_covered_as_often_as_asked() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(10, 1000, 20_000)
    value = said * rng.gamma(4, 1 / 4, 20_000)
    bands = Bands.fit(value[:5000], said[:5000], level=0.8, is_signed=False)
    low, high = bands.bounds(said[5000:])
    inside = (low <= value[5000:]) & (value[5000:] <= high)
    assert inside.mean() == pytest.approx(0.8, abs=0.02)
    by_size = [inside[part].mean() for part in np.array_split(np.argsort(said[5000:]), 5)]
    assert np.ptp(by_size) < 0.06


def test_where_enough_values_are_zero_the_interval_holds_zero() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(1, 5, 1000)
    value = np.where(rng.random(1000) < 0.3, 0.0, said * 2)
    low, _ = Bands.fit(value, said, level=0.8, is_signed=False).bounds(said)
    assert (low == 0).all()


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_where_values_are_zero_no_more_is_covered_than_asked(level: float) -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(10, 1000, 20_000)
    value = np.where(rng.random(20_000) < 0.3, 0.0, said * rng.gamma(2, 1 / 1.4, 20_000))
    bands = Bands.fit(value[:5000], said[:5000], level=level, is_signed=False)
    low, high = bands.bounds(said[5000:])
    inside = (low <= value[5000:]) & (value[5000:] <= high)
    assert level <= inside.mean() < level + 0.3 * (1 - level)


def test_bands_stored_without_a_bound_above_zero_keep_the_upper_one() -> None:
    value, said = np.repeat([0.0, 1.0, 9.0], 30), np.full(90, 3.0)
    stored = Bands.fit(value, said, level=0.5, is_signed=False).to_dict()
    stored.pop("high_above_zero")
    assert Bands.from_dict(stored).bounds(np.array([3.0]))[1].tolist() == [9.0]


def test_intervals_of_losses_reach_below_zero() -> None:
    rng = np.random.default_rng(0)
    said = rng.normal(size=500)
    low, high = Bands.fit(said + rng.normal(size=500), said, level=0.8, is_signed=True).bounds(said)
    assert low.min() < 0 < high.max()
    assert ((low <= said) & (said <= high)).all()


def test_few_rows_give_their_extremes() -> None:
    bands = Bands.fit(np.array([1.0, 2.0, 6.0]), np.array([2.0, 2.0, 2.0]), level=0.8, is_signed=True)
    low, high = bands.bounds(np.array([2.0]))
    assert (low.tolist(), high.tolist()) == ([1.0], [6.0])


def test_stored_bands_answer_the_same() -> None:
    bands = Bands.fit(np.arange(9.0), np.full(9, 4.0), level=0.5, is_signed=False)
    assert Bands.from_dict(bands.to_dict()) == bands
